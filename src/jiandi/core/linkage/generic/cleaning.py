"""Stage 0 of the generic profile: cells as sent become values that can be compared. One pass in DuckDB.

DuckDB's string distances count bytes: names are brought to plain letters first, and a name that still holds anything but
ASCII (Cyrillic, Greek, Han) is compared for equality alone (its `_near` column stays empty).
"""

from __future__ import annotations

from importlib import resources

import duckdb

from jiandi.core.identity.number_sql import text_literal

FIELDS = (
    "first_name",
    "last_name",
    "name",
    "birth",
    "sex",
    "id_number",
    "phone",
    "email",
    "house",
    "street",
    "address",
    "place",
    "postcode",
    "region",
)
LONGEST = 60  # characters kept of a cell: an adversarial name must not cost more than a long one
_FILLERS = ("unknown", "na", "n a", "nan", "none", "null", "nil", "test", "anonymous", "not known", "x", "xx")
_HIS = ("mr", "sir", "lord", "master", "father", "fr")
_HERS = ("mrs", "ms", "miss", "dame", "lady", "sister")
_TITLES = (
    *_HIS, *_HERS, "dr", "doctor", "prof", "professor", "rev", "revd", "reverend", "the", "hon", "rt", "right", "honourable",
    "capt", "captain", "col", "colonel", "maj", "major", "gen", "general", "brig", "brigadier", "lt", "lieutenant",
    "sgt", "sergeant", "cpl", "corporal", "adm", "admiral",
)  # fmt: skip
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y")
_ALWAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y")


def _letters(cell: str) -> str:
    """Return SQL for a cell in small plain letters and digits, one space between words; a filler is no value."""
    plain = f"strip_accents(lower(nfc_normalize(left({cell}, {LONGEST}))))"
    joined = f"replace(replace({plain}, '''', ''), '’', '')"
    tidy = f"trim(regexp_replace({joined}, '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    fillers = ", ".join(text_literal(word) for word in _FILLERS)
    return f"case when {tidy} not in ('', {fillers}) then {tidy} end"


def _only(cell: str, kept: str) -> str:
    """Return SQL for the characters of a cell that are of use; fewer than three, or one repeated, are no value."""
    tight = f"regexp_replace(upper(left({cell}, {LONGEST})), '[^{kept}]', '', 'g')"
    return f"case when length({tight}) >= 3 and replace({tight}, {tight}[1], '') <> '' then {tight} end"


def _birth_sql(day_first: bool) -> str:
    """Return SQL for a date as eight digits. A date that no calendar has stays as digits: it may be one typing error away."""
    forms = [*_ALWAYS, *(_DAY_FIRST if day_first else _MONTH_FIRST)]
    forms += _MONTH_FIRST if day_first else _DAY_FIRST
    listed = ", ".join(text_literal(form) for form in forms)
    digits = "regexp_replace(b, '[^0-9]', '', 'g')"
    return f"""case when strftime(try_strptime(b, [{listed}]), '%Y%m%d') in ('19000101', '19010101', '19700101') then null
      else coalesce(strftime(try_strptime(b, [{listed}]), '%Y%m%d'),
        case when length({digits}) = 8 and {digits}[1:2] in ('15', '16', '17', '18', '19', '20') then {digits} end) end"""


def _nicknames_sql() -> str:
    """Return SQL for short(short, forms): the names a short form may stand for, one or several (Bert: Albert, Herbert ...)."""
    text = resources.files("jiandi.core.linkage.generic").joinpath("nicknames.csv").read_text("utf-8")
    forms: dict[str, list[str]] = {}
    for formal, *shorts in (line.split(",") for line in text.split()):
        for short in dict.fromkeys(shorts):
            forms.setdefault(short, []).append(formal)
    listed = ((short, ", ".join(text_literal(one) for one in known)) for short, known in forms.items())
    return f"(values {', '.join(f'({text_literal(short)}, [{known}])' for short, known in listed)}) nick(short, forms)"


def _parted_sql(raw: str, day_first: bool) -> str:
    """Return the SELECT that reads each cell by itself."""
    whole = "left(r.name, 200)"
    comma = f"contains({whole}, ',')"
    first = f"coalesce(r.first_name, case when {comma} then split_part({whole}, ',', 2) else regexp_extract({whole}, '^(.*) [^ ]+ *$', 1) end)"
    last = f"coalesce(r.last_name, case when {comma} then split_part({whole}, ',', 1) else regexp_extract({whole}, '([^ ]+) *$', 1) end)"
    road = "coalesce(r.street, r.address)"
    sex = "lower(left(trim(r.sex), 1))"
    # a rank before a name is no name, a rank alone may be one (Major Smith)
    bare = f"regexp_replace({_letters(first)}, '^(({'|'.join(_TITLES)}) )+', '')"
    his, hers = (f"regexp_matches({_letters(first)}, '^({'|'.join(words)})( |$)')" for words in (_HIS, _HERS))
    return f"""select record_id, roster_id, duplicate_free,
        case when not regexp_full_match({bare}, '{"|".join((*_HIS, *_HERS))}') then {bare} end as first_all, {_letters(last)} as last,
        {_birth_sql(day_first)} as birth, try_cast(regexp_extract(b, '(1[5-9]|20)[0-9]{{2}}') as integer) as stated_year,
        case when {sex} in ('m', '1') then 1 when {sex} in ('f', 'w', '2') then 2 when {his} then 1 when {hers} then 2 end as sex,
        {_only("r.id_number", "A-Z0-9")} as id, right({_only("r.phone", "0-9")}, 9) as phone, nullif(lower(trim(left(r.email, 80))), '') as email,
        nullif(coalesce(regexp_extract(r.house, '[0-9]+'), regexp_extract({road}, '[0-9]+')), '') as house,
        regexp_replace({_letters(road)}, '[0-9]+[a-z]?( |$)', '', 'g') as street,
        {_letters("r.place")} as place, {_only("r.postcode", "A-Z0-9")} as postcode, {_letters("r.region")} as region
      from (select *, trim(left(birth, 30)) as b from {raw}) r"""


def clean_generic(
    con: duckdb.DuckDBPyConnection, *, raw: str = "raw_records", into: str = "records", day_first: bool = True
) -> None:
    """Create the table `into` with one comparable record per row of `raw`.

    `raw` holds record_id, roster_id, duplicate_free (its list names nobody twice) and FIELDS as text. `day_first`: how to
    read 03/04/1980. Records hold first, first_all, last and their `_near` forms, birth (eight digits), birth_year, sex 1 or
    2, id, phone, email, house, street, place, postcode, region, and alike: a hash that equal rows share.
    """
    ascii_only = "regexp_full_match({0}, '[ -~]*')"
    con.execute(f"""create or replace table {into} as
      with parted as ({_parted_sql(raw, day_first)}),
      named as (select p.* , split_part(first_all, ' ', 1) as first_token, nullif(street, '') as road from parted p),
      known as (select n.*, coalesce(case when len(forms) = 1 then forms[1] end, first_token) as first_known,
          list_prepend(first_token, forms) as first_forms
        from named n left join {_nicknames_sql()} on short = first_token)
      select record_id, roster_id, duplicate_free, first_all, first_token as first, first_known, first_forms, last,
        case when {ascii_only.format("first_all")} then first_all end as first_near,
        case when {ascii_only.format("last")} then last end as last_near,
        birth, coalesce(try_cast(birth[1:4] as integer), stated_year) as birth_year, sex, id, phone, email, house,
        road as street, case when {ascii_only.format("road")} then road end as street_near, place, postcode, region,
        hash(first_all, last, birth, stated_year, sex, id, phone, email, house, road, place, postcode, region) as alike
      from known""")
