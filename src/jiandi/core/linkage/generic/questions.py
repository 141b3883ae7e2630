"""What the generic profile asks of two rows, and what an answer is worth before the data have spoken.

`DEFAULTS` gives for each answer how often true pairs give it (m) and how often chance pairs do (u). m is a plain guess at how
clerks err, the same for every data set; u is counted on the data (`models.learn`) and leans on the guess where data are few.
"""

from __future__ import annotations

from jiandi.core.linkage.comparisons import Level, Question, answered

_NEAR = "jaro_winkler_similarity({0}_near_l, {0}_near_r) >= {1}"
# No name holds a digit: it stands where a letter was mistyped or misread (r9bert), and never tells two people apart.
_DAMAGED = "(regexp_matches({0}_near_l || {0}_near_r, '[0-9]') and levenshtein({0}_near_l, {0}_near_r) <= 1)"
_YEARS = "birth_l[1:4] = birth_r[1:4]"
_MONTHS = "birth_l[5:6] = birth_r[5:6]"
_DAYS = "birth_l[7:8] = birth_r[7:8]"
_TURNED = f"({_YEARS} and birth_l[5:6] = birth_r[7:8] and birth_l[7:8] = birth_r[5:6])"
_CROSSED = "jaro_winkler_similarity({0}_near_l, {1}_near_r)"
_SWAPPED = (  # as written, or one of the two written right and the other nearly so
    f"((first_l = last_r or {_CROSSED.format('first', 'last')} >= 0.92) and (last_l = first_r or {_CROSSED.format('last', 'first')} >= 0.92)"
    " and (first_l = last_r or last_l = first_r))"
)
# Bert may be Albert or Herbert: a name in common only where no second such row stands beside (`linking._part_rivals`)
_MAY_BE = "list_contains(first_forms_l, first_r) or list_contains(first_forms_r, first_l)"
_TWO_PARTS = f"(({_YEARS})::integer + ({_MONTHS})::integer + ({_DAYS})::integer) = 2"

QUESTIONS: tuple[Question, ...] = (
    Question(
        "id",
        "id_l is null or id_r is null",
        (
            Level("same", "id_l = id_r"),
            Level("one_edit", "damerau_levenshtein(id_l, id_r) <= 1"),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "last",
        "last_l is null or last_r is null",
        (
            Level("same", "last_l = last_r", rarity="last"),
            Level("swapped", _SWAPPED),
            Level("close", f"{_NEAR.format('last', 0.92)} or {_DAMAGED.format('last')}"),
            Level("alike", _NEAR.format("last", 0.8)),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "first",
        "first_l is null or first_r is null",
        (
            Level("same", "first_all_l = first_all_r", rarity="first"),
            Level("swapped", _SWAPPED),
            Level("known_as", "first_known_l = first_known_r"),
            Level("may_be", _MAY_BE),
            Level("initial", "first_l[1] = first_r[1] and (length(first_l) = 1 or length(first_r) = 1)"),
            Level("close", f"{_NEAR.format('first', 0.92)} or {_DAMAGED.format('first')}"),
            Level("alike", _NEAR.format("first", 0.8)),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "birth",
        "birth_year_l is null or birth_year_r is null",
        (
            Level("same", "birth_l = birth_r", rarity="birth"),
            Level("year_alone", "(birth_l is null or birth_r is null) and birth_year_l = birth_year_r"),
            Level("one_edit", f"damerau_levenshtein(birth_l, birth_r) <= 1 or {_TURNED}"),
            Level("two_parts", _TWO_PARTS),
            Level("near_year", "abs(birth_year_l - birth_year_r) <= 2"),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "sex", "sex_l is null or sex_r is null", (Level("same", "sex_l = sex_r"), Level("else", "ELSE"))
    ),
    Question(
        "phone",
        "phone_l is null or phone_r is null",
        (Level("same", "phone_l = phone_r"), Level("else", "ELSE")),
    ),
    Question(
        "email",
        "email_l is null or email_r is null",
        (Level("same", "email_l = email_r"), Level("else", "ELSE")),
    ),
    Question(
        "street",
        "street_l is null or street_r is null",
        (
            Level("same_door", "street_l = street_r and house_l = house_r"),
            Level("same", "street_l = street_r"),
            Level("close", _NEAR.format("street", 0.9)),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "place",
        "(place_l is null or place_r is null) and (postcode_l is null or postcode_r is null)",
        (
            Level("same_postcode", "postcode_l = postcode_r"),
            Level("same", "place_l = place_r"),
            Level("one_edit", "damerau_levenshtein(postcode_l, postcode_r) <= 1"),
            Level("same_region", "region_l = region_r"),
            Level("else", "ELSE"),
        ),
    ),
)

DEFAULTS: dict[str, dict[str, tuple[float, float]]] = {
    "id": {"same": (0.88, 1e-6), "one_edit": (0.08, 1e-5), "else": (0.04, 0.99999)},
    "last": {"same": (0.80, 2e-3), "swapped": (0.01, 2e-6), "close": (0.10, 2e-3), "alike": (0.04, 5e-3), "else": (0.05, 0.991)},
    "first": {
        "same": (0.75, 6e-3), "swapped": (0.01, 0.01), "known_as": (0.05, 1e-3), "may_be": (0.01, 1e-3), "initial": (0.02, 2e-3),
        "close": (0.06, 3e-3), "alike": (0.04, 0.01), "else": (0.06, 0.977),
    },
    "birth": {
        "same": (0.82, 4e-5), "year_alone": (0.94, 0.015), "one_edit": (0.09, 6e-4), "two_parts": (0.04, 4e-3),
        "near_year": (0.02, 0.06), "else": (0.03, 0.935),
    },
    "sex": {"same": (0.98, 0.5), "else": (0.02, 0.5)},
    "phone": {"same": (0.70, 1e-5), "else": (0.30, 0.99999)},
    "email": {"same": (0.75, 1e-5), "else": (0.25, 0.99999)},
    "street": {"same_door": (0.60, 1e-4), "same": (0.12, 1e-3), "close": (0.13, 2e-3), "else": (0.15, 0.997)},
    "place": {
        "same_postcode": (0.75, 2e-3), "same": (0.08, 5e-3), "one_edit": (0.06, 5e-3), "same_region": (0.05, 0.15),
        "else": (0.06, 0.84),
    },
}  # fmt: skip
# Chance cannot be counted where it is rarer than the pairs drawn, and a household's shared door is not chance.
FIXED = ("id", "phone", "email")
WORDS = tuple(question.word for question in QUESTIONS)

COMPARED = (
    "record_id, id, first, first_all, first_known, first_forms, first_near, last, last_near, birth, birth_year, sex, phone, email,"
    " house, street, street_near, place, postcode, region"
)

# (columns of the one row, columns of the other): pairs that share one of these are compared
KEYS = tuple(
    (mine, theirs)
    for mine, theirs in (
        (("id",), ("id",)),
        (("last", "first"), ("last", "first")),
        (("last", "first"), ("first", "last")),
        (("last", "birth"), ("last", "birth")),
        (("first_known", "birth"), ("first_known", "birth")),
        (("last", "postcode"), ("last", "postcode")),
        (("first_known", "postcode"), ("first_known", "postcode")),
        (("birth", "postcode"), ("birth", "postcode")),
        (("birth", "place"), ("birth", "place")),
        (("street", "house"), ("street", "house")),
        (("phone",), ("phone",)),
        (("email",), ("email",)),
        (("last3", "first3", "birth_year"), ("last3", "first3", "birth_year")),
        (("last3", "first3", "place"), ("last3", "first3", "place")),
        (("last", "birth_year", "sex"), ("last", "birth_year", "sex")),
    )
)


def _said(question: str, *words: str) -> str:
    return answered(question, *words, questions=QUESTIONS)


_ID = _said("id", "same", "one_edit")
_BIRTH = _said("birth", "same", "one_edit")
_NAME = (  # a surname alone is a household's; with a birth date it is a person's
    f"({_said('last', 'same', 'swapped', 'close')} and"
    f" ({_said('first', 'same', 'swapped', 'known_as', 'may_be', 'initial', 'close')} or (gamma_first = -1 and {_BIRTH})))"
    f" or ({_said('last', 'alike')} and {_said('first', 'same', 'known_as', 'close')})"
)
_CONTACT = f"({_said('phone', 'same')} or {_said('email', 'same')} or {_said('street', 'same_door')})"
_PLACE = _said("place", "same_postcode", "same")
PILLARS = (_ID, _NAME, _BIRTH, _CONTACT, _PLACE)
MAY_BE = _said("first", "may_be")
# A surname changes at marriage; neither twin nor couple has first name and birth date in common.
_WED = f"({_said('first', 'same', 'known_as')} and {_said('birth', 'same')} and {_said('street', 'same_door', 'same', 'close')})"
# Twins and siblings share surname, birth and door; a couple door and telephone; father and son the whole name.
AGAINST = (
    f"(({_said('first', 'else')} and not {_ID})"
    f" or ({_said('sex', 'else')} and not {_said('first', 'same')} and not {_ID})"
    f" or ({_said('id', 'else')} and {_said('birth', 'near_year', 'else')})"
    f" or ({_said('birth', 'else')} and not {_ID})"
    f" or ({_said('last', 'else')} and {_said('birth', 'near_year')} and not {_ID}))"
)


def is_strong_sql(auto_weight: float) -> str:
    """Return SQL that is true where a pair is enough by itself: weight, two independent pillars, nothing against it."""
    counted = " + ".join(f"coalesce({pillar}, false)::integer" for pillar in PILLARS)
    who = f"coalesce({_NAME}, false) or coalesce({_ID}, false) or coalesce({_CONTACT} and {_BIRTH}, false) or coalesce({_WED}, false)"
    return (
        f"(match_weight >= {auto_weight} and {counted} >= 2 and ({who}) and not coalesce({AGAINST}, false))"
    )
