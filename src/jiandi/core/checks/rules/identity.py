"""Who somebody is: R3 documents that disagree, R4 an adult without identity, R25 a stay or birth under another's name."""

from __future__ import annotations

from jiandi.core.checks.say import Fact, finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

DISAGREE = Text(
    zh="同一人在材料中身份不一：{first_kind}写作{first_name}（出生年份{first_born}），{second_kind}写作{second_name}（出生年份{second_born}）。",
    en="Papers disagree about one person: {first_name}, born {first_born}, in the {first_kind};"
    " {second_name}, born {second_born}, in the {second_kind}.",
)

KINDS = {
    "marriage": ("婚姻登记", "marriage file"),
    "birth": ("出生医学证明", "birth certificate"),
    "hukou": ("户籍", "household register"),
    "idcard": ("身份证签发", "identity card file"),
    "clinic": ("就诊记录", "clinic record"),
    "school": ("学籍家长栏", "school parent field"),
    "antenatal": ("孕产妇保健", "antenatal file"),
}


def _kind_said(column: str) -> tuple[str, str]:
    """Return the kind of document in words, in both languages, as DuckDB expressions."""
    cases = [" ".join(f"WHEN '{kind}' THEN '{names[i]}'" for kind, names in KINDS.items()) for i in (0, 1)]
    return (f"CASE {column} {cases[0]} ELSE {column} END", f"CASE {column} {cases[1]} ELSE {column} END")


def documents_disagree(ask: Ask) -> str:
    """Documents about one person, or about one place in a family, name two people. Compares papers, not faces."""
    years = ask.limits.whole("birth_years_apart")
    facts: dict[str, Fact] = {
        "first_kind": _kind_said("first_kind"),
        "second_kind": _kind_said("second_kind"),
        "first_name": "first_name",
        "second_name": "second_name",
        "first_born": "first_year",
        "second_born": "second_year",
    }
    columns = finding(
        key="person_id",
        person="person_id",
        text=DISAGREE,
        facts=facts,
        sources="[row_ref(first_row), row_ref(second_row)]",
        implicated=("person_known(spouse_id, spouse_name, 'spouse')",),
    )
    return f"""
    WITH {_WIFE_AND_MOTHER},
    {_one_person(ask)},
    {_one_number(ask)},
    pairs AS (SELECT * FROM wife_and_mother UNION ALL BY NAME SELECT * FROM wife_and_parent UNION ALL BY NAME SELECT * FROM wife_and_patient UNION ALL BY NAME SELECT * FROM one_person)
    SELECT {columns} FROM pairs
    WHERE first_name <> second_name
      AND (abs(first_year - second_year) >= {years} OR first_year IS NULL OR second_year IS NULL)
    UNION ALL
    SELECT {_number_columns()} FROM one_number
    """


# The wife of a man in the marriage file and the mother of his child: a remarriage has its own row, or its own number.
_WIFE_AND_MOTHER = """
    wives AS (
        SELECT row_id, husband_person AS man, husband_name, wife_person, wife_name, year(wife_birth) AS born, registered_on, village
        FROM k_marriage WHERE husband_person IS NOT NULL
    ),
    mothers AS (
        SELECT row_id, father_person AS man, mother_person, mother_name, year(mother_birth) AS born, child_birth
        FROM k_birth WHERE father_person IS NOT NULL AND mother_person IS NOT NULL
    ),
    strangers AS (
        SELECT m.* FROM mothers m ANTI JOIN wives w ON w.man = m.man AND w.wife_person = m.mother_person
    ),
    wife_and_mother AS (
        SELECT s.mother_person AS person_id, w.man AS spouse_id, w.husband_name AS spouse_name,
               'marriage' AS first_kind, w.wife_name AS first_name, w.born AS first_year, w.row_id AS first_row,
               'birth' AS second_kind, s.mother_name AS second_name, s.born AS second_year, s.row_id AS second_row
        FROM strangers s
        JOIN wives w ON w.man = s.man AND w.registered_on <= s.child_birth
        LEFT JOIN g_verified wv ON wv.person_id = w.wife_person
        LEFT JOIN g_verified mv ON mv.person_id = s.mother_person
        WHERE wv.person_id IS NULL OR mv.person_id IS NULL
    ),
    -- A school writes parents by name; only where neither name is anybody with proven identity is it a question.
    parents AS (
        SELECT row_id, guardian_person AS man, guardian2_person AS mother, guardian2_name AS name FROM k_school
        UNION ALL SELECT row_id, guardian2_person, guardian_person, guardian_name FROM k_school
    ),
    wife_and_parent AS (
        SELECT w.wife_person AS person_id, w.man AS spouse_id, w.husband_name AS spouse_name,
               'marriage' AS first_kind, w.wife_name AS first_name, w.born AS first_year, w.row_id AS first_row,
               'school' AS second_kind, s.name AS second_name, NULL::BIGINT AS second_year, s.row_id AS second_row
        FROM parents s JOIN wives w ON w.man = s.man AND w.wife_person <> s.mother
        ANTI JOIN g_verified wv ON wv.person_id = w.wife_person
        ANTI JOIN g_verified mv ON mv.person_id = s.mother
        ANTI JOIN g_namesake n ON n.person_id = w.wife_person
        ANTI JOIN g_namesake o ON o.person_id = s.mother
    ),
    -- A clinic writes who came along: a woman without a number whom a husband brought, and the wife of the man of that name.
    patients AS (
        SELECT c.row_id, c.subject_person AS patient, c.name, year(c.visited_on) - TRY_CAST(c.age AS INTEGER) AS born, c.village,
               regexp_extract(c.companion, '^(丈夫|配偶)[:： ]?([一-龥]{2,4})$', 2) AS man_name
        FROM k_clinic c
        WHERE c.subject_person IS NOT NULL AND (starts_with(c.companion, '丈夫') OR starts_with(c.companion, '配偶'))
    ),
    wife_and_patient AS (
        SELECT w.wife_person AS person_id, w.man AS spouse_id, w.husband_name AS spouse_name,
               'marriage' AS first_kind, w.wife_name AS first_name, w.born AS first_year, w.row_id AS first_row,
               'clinic' AS second_kind, p.name AS second_name, p.born AS second_year, p.row_id AS second_row
        FROM patients p JOIN wives w ON w.husband_name = p.man_name AND w.village = p.village AND w.wife_person <> p.patient
        ANTI JOIN g_verified wv ON wv.person_id = w.wife_person
        ANTI JOIN g_verified pv ON pv.person_id = p.patient
        ANTI JOIN g_namesake n ON n.person_id = w.wife_person
        ANTI JOIN g_namesake o ON o.person_id = p.patient
    )"""


# One number, two people of two households, both in papers of identity. A relative's number typed by mistake stands
# inside one household; a file of services copies numbers from others, so only the identity papers count.
def _one_number(ask: Ask) -> str:
    # Two papers of the police alone are no question, so a paper of a family is one of the two.
    doubled = ask.shared("doubled", """
        SELECT DISTINCT f.id18
        FROM (SELECT id18, person_id FROM k_records WHERE kind IN ('marriage', 'birth')) f
        JOIN (SELECT id18, person_id FROM k_records WHERE kind IN ('hukou', 'idcard', 'marriage', 'birth')) o
          ON o.id18 = f.id18 AND o.person_id <> f.person_id""")  # fmt: skip
    # In a table of their own, so that only these few are looked at closely.
    of_doubled = ask.shared("of_doubled", f"""
        SELECT id18, id_status, person_id, name, row_id, record_id, kind FROM k_records SEMI JOIN {doubled} USING (id18)
        WHERE kind IN ('hukou', 'idcard', 'marriage', 'birth')""")  # fmt: skip
    return f"""
    papered AS (SELECT * EXCLUDE (id_status) FROM {of_doubled} WHERE proven(id18, id_status) AND filled(name) IS NOT NULL),
    numbered AS (
        SELECT DISTINCT ON (r.id18, r.person_id) r.*, p.household_id
        FROM papered r JOIN k_people p USING (person_id)
        ORDER BY r.id18, r.person_id, r.kind NOT IN ('hukou', 'idcard'), r.record_id
    ),
    one_number AS (
        SELECT a.person_id, a.name AS first_name, a.kind AS first_kind, a.row_id AS first_row,
               b.name AS second_name, b.kind AS second_kind, b.row_id AS second_row
        FROM numbered a JOIN numbered b USING (id18)
        WHERE a.person_id <> b.person_id AND a.household_id IS DISTINCT FROM b.household_id
          AND a.name[1] <> b.name[1] AND a.name[2:] <> b.name[2:]
          -- Two household books with one number are an old slip the police put right by routine.
          AND (a.kind NOT IN ('hukou', 'idcard') OR b.kind NOT IN ('hukou', 'idcard'))
    )"""


SAME_NUMBER = Text(
    zh="同一身份证号用于两个人：{first_kind}中的{first_name}，{second_kind}中的{second_name}。",
    en="One identity number stands for two people: {first_name} in the {first_kind}, {second_name} in the {second_kind}.",
)


def _number_columns() -> str:
    return finding(
        key="concat_ws(':', person_id, 'number')",
        person="person_id",
        text=SAME_NUMBER,
        facts={
            "first_kind": _kind_said("first_kind"),
            "second_kind": _kind_said("second_kind"),
            "first_name": "first_name",
            "second_name": "second_name",
        },
        sources="[row_ref(first_row), row_ref(second_row)]",
    )


def _one_person(ask: Ask) -> str:
    """Records already judged to be one person whose identity papers carry two wholly different names."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    apart = ask.shared("apart", "SELECT person_id FROM g_known WHERE year(birth_on) <> year(last_birth_on)")
    papers = ask.shared("papers", f"""
        SELECT person_id, kind, name, year(birth_on) AS born, row_id, record_id
        FROM k_records SEMI JOIN {apart} USING (person_id) WHERE kind IN ({kinds}) AND birth_on IS NOT NULL""")  # fmt: skip
    return f"""
    papers AS (SELECT * FROM {papers} WHERE filled(name) IS NOT NULL),
    ends AS (
        SELECT person_id, arg_min(papers, (born, record_id)) AS a, arg_max(papers, (born, record_id)) AS b
        FROM papers GROUP BY person_id HAVING min(born) <> max(born)
    ),
    former AS (
        SELECT subject_person AS person_id, filled(former_name) AS former
        FROM k_hukou h SEMI JOIN ends e ON e.person_id = h.subject_person WHERE filled(former_name) IS NOT NULL
    ),
    one_person AS (
        SELECT e.person_id, NULL::BIGINT AS spouse_id, NULL::VARCHAR AS spouse_name,
               a.kind AS first_kind, a.name AS first_name, a.born AS first_year, a.row_id AS first_row,
               b.kind AS second_kind, b.name AS second_name, b.born AS second_year, b.row_id AS second_row
        FROM ends e
        ANTI JOIN former f ON f.person_id = e.person_id AND f.former IN (e.a.name, e.b.name)
        -- A slip of the pen leaves most of the name standing: ask only where surname and given name both differ.
        WHERE a.name[1] <> b.name[1] AND a.name[2:] <> b.name[2:]
    )"""


NO_IDENTITY = Text(
    zh="{name}约{age}岁，出现在{records}中，但没有任何名册载有其可核实的身份证号，户籍和身份证签发名册中没有此人{paper}。",
    en="{name}, about {age}, appears in {records}, yet no file carries a verifiable identity number"
    " and the household and identity card files do not hold this person{paper}.",
)
VILLAGE_CARD = Text(
    zh="{name}{day}首次领取身份证时已满{age}岁，申领依据只有“{basis}”。",
    en="{name} was given a first identity card on {day} at the age of {age}, on nothing but “{basis}”.",
)
NO_ORIGIN = Text(
    zh="{name}{entered}以“{reason}”落户（{kind}），当时已满{age}岁，没有登记任何落户凭证。",
    en="{name} was entered into a household book on {entered} (“{reason}”, {kind}) at the age of {age},"
    " and no document of origin is recorded.",
)


def adult_without_identity(ask: Ask) -> str:
    """An adult appears in the county's records and has no identity, or one that rests on no document."""
    return f"""
    WITH {_unknown_adults(ask)}, {_late_books()}
    SELECT {_no_identity_columns(ask)} FROM unknown
    UNION ALL
    SELECT {_no_origin_columns()} FROM late_books
    UNION ALL
    SELECT {_village_card_columns()} FROM village_cards
    """


def _unknown_adults(ask: Ask) -> str:
    """Two independent kinds of record, or one of a role only an adult holds, and absence from the police files."""
    grown = f"date_sub('day', born_on, {ask.day}) >= {ask.limits.whole('adult_age')} * 365.25 + {ask.days('card_grace_days')}"
    return f"""
    no_own_id AS (
        SELECT s.person_id, min(s.visit_id) AS visit_id FROM k_witnessed s
        WHERE s.own_id = 'no' AND s.person_id IS NOT NULL GROUP BY s.person_id
    ),
    seen AS (SELECT DISTINCT person_id FROM k_witnessed WHERE present = 'seen'),
    candidates AS (
        SELECT p.person_id, p.name, p.village, p.sex, coalesce(p.birth_on, k.birth_on) AS born_on, k.adult_role,
               bit_count(k.kinds) + CAST(s.person_id IS NOT NULL AS INTEGER) AS kinds, k.first_row, k.last_row, o.visit_id
        FROM k_people p
        JOIN g_known k USING (person_id)
        LEFT JOIN no_own_id o USING (person_id)
        LEFT JOIN seen s USING (person_id)
        WHERE NOT k.in_police_file AND NOT coalesce(k.verified, false) AND NOT coalesce(k.has_number, false)
          AND k.asked_without AND k.own_record AND (p.died_on IS NULL OR p.died_on > {ask.day})
    ),
    grown AS (
        SELECT * FROM candidates WHERE {grown} OR (born_on IS NULL AND adult_role)
    ),
    unknown AS (
        SELECT g.* FROM grown g
        -- A link not yet made is a question for the reviewers of links.
        ANTI JOIN g_namesake n ON n.person_id = g.person_id
        WHERE kinds >= {ask.limits.whole("kinds_of_record")} OR adult_role OR visit_id IS NOT NULL
    )"""


def _no_identity_columns(ask: Ask) -> str:
    records = ("kinds || '类记录'", "kinds || ' kind(s) of record'")
    paper = (
        "CASE WHEN visit_id IS NULL THEN '' ELSE '，走访时本人手中没有身份证' END",
        "CASE WHEN visit_id IS NULL THEN '' ELSE '; on a visit the person held no identity card' END",
    )
    visits = "CASE WHEN visit_id IS NULL THEN [] ELSE [visit_ref(visit_id)] END"
    return finding(
        key="person_id",
        person="person_id",
        village="village",
        text=NO_IDENTITY,
        facts={
            "name": "name",
            "age": f"date_sub('year', born_on, {ask.day})",
            "records": records,
            "paper": paper,
        },
        sources=f"list_concat([row_ref(first_row), row_ref(last_row)], {visits})",
    )


def _late_books() -> str:
    return """
    late_books AS (
        SELECT h.subject_person AS person_id, h.row_id, h.name, h.entered_on, h.entry_reason, h.hukou_kind,
               date_sub('year', h.birth, h.entered_on) AS age
        FROM k_hukou h SEMI JOIN g_doubtful d ON d.row_id = h.row_id
    ),
    village_cards AS (
        SELECT c.subject_person AS person_id, c.row_id, c.name, c.issued_on, c.basis, c.issuer,
               date_sub('year', c.birth, c.issued_on) AS age
        FROM k_idcard c SEMI JOIN g_doubtful d ON d.row_id = c.row_id
    )"""


def _village_card_columns() -> str:
    return finding(
        key="concat_ws(':', person_id, 'card')",
        person="person_id",
        text=VILLAGE_CARD,
        facts={"name": "name", "day": "issued_on", "age": "age", "basis": "basis"},
        sources="[row_ref(row_id)]",
        implicated=("unit_named(issuer, 'issued')",),
    )


def _no_origin_columns() -> str:
    return finding(
        key="concat_ws(':', person_id, 'origin')",
        person="person_id",
        text=NO_ORIGIN,
        facts={
            "name": "name",
            "entered": "entered_on",
            "reason": "entry_reason",
            "kind": "hukou_kind",
            "age": "age",
        },
        sources="[row_ref(row_id)]",
    )
