"""Births and parents: R6 an unattended birth to a woman without identity, R17 a child's parents, R25 another's name.

No rule here counts births: each asks about one mother or one child, whatever else the family has.
"""

from __future__ import annotations

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

UNATTENDED = Text(
    zh="{born}的一次出生{where}，没有产前保健记录{paper}；母亲{mother}没有可核实的身份。",
    en="A birth on {born} {where} has no antenatal record{paper}, and the mother, {mother}, has no verifiable identity.",
)


def unattended_birth(ask: Ask) -> str:
    """A child was born without antenatal care or without a certificate, to a woman whose identity nobody can verify."""
    where = (
        "CASE WHEN place_kind IS NULL THEN '' ELSE '（' || place_kind || '）' END",
        "CASE place_kind WHEN '医院' THEN 'in a hospital' WHEN '家中' THEN 'at home' ELSE 'elsewhere' END",
    )
    paper = (
        "CASE WHEN certified THEN '' ELSE '，也没有出生医学证明' END",
        "CASE WHEN certified THEN '' ELSE ' and no birth certificate' END",
    )
    columns = finding(
        key="person_id",
        person="person_id",
        text=UNATTENDED,
        facts={"born": "born_on", "where": where, "paper": paper, "mother": "mother"},
        sources="[row_ref(row_id)]",
        implicated=("unit_named(attendant, 'attended')", "person_known(father_id, father, 'kin')"),
    )
    return f"""
    WITH {_births()},
    cared AS (
        SELECT DISTINCT b.row_id, b.person_id
        FROM births b JOIN k_antenatal a ON a.subject_person = b.person_id
        WHERE coalesce(a.booked_on, a.due_on) BETWEEN b.born_on - {ask.days("antenatal_days")} AND b.born_on + 30
    )
    SELECT {columns}
    FROM births
    ANTI JOIN g_verified USING (person_id)
    ANTI JOIN g_namesake USING (person_id)
    ANTI JOIN cared USING (row_id, person_id)
    ANTI JOIN (SELECT person_id FROM g_known WHERE has_number) numbered USING (person_id)
    WHERE person_id IS NOT NULL AND born_on >= {ask.day} - {ask.days("look_back_days")}
    """


def _births() -> str:
    """Certificates, and late-entered children of a household in which a woman of that age has no identity.

    A file says nothing about the years before its first row, so absence counts only from then on.
    """
    return """
    files AS (
        SELECT (SELECT min(coalesce(booked_on, due_on)) FROM k_antenatal) AS antenatal_from,
               (SELECT min(child_birth) FROM k_birth) AS birth_from
    ),
    certified AS (
        SELECT row_id, mother_person AS person_id, mother_name AS mother, child_birth AS born_on, place_kind,
               filled(attendant) AS attendant, father_person AS father_id, father_name AS father, true AS certified
        FROM k_birth, files WHERE child_birth >= antenatal_from + 300
    ),
    uncertified AS (
        SELECT h.row_id, h.subject_person AS child_id, h.birth AS born_on, c.household_id
        FROM files, k_hukou h
        JOIN k_people c ON c.person_id = h.subject_person
        ANTI JOIN k_birth b ON b.child_person = h.subject_person
        WHERE h.birth >= greatest(birth_from, antenatal_from + 300) AND regexp_matches(h.entry_reason, '补录|其他')
    ),
    women AS (
        SELECT household_id, person_id, name, coalesce(p.birth_on, k.birth_on) AS born_on
        FROM k_people p JOIN g_known k USING (person_id) ANTI JOIN g_verified v USING (person_id)
        WHERE sex = 2 AND (k.adult_role OR date_sub('year', p.birth_on, DATE '2000-01-01') IS NOT NULL)
    ),
    entered_late AS (
        SELECT u.row_id, w.person_id, w.name AS mother, u.born_on, NULL AS place_kind, NULL AS attendant,
               NULL::BIGINT AS father_id, NULL AS father, false AS certified
        FROM uncertified u JOIN women w USING (household_id)
        WHERE w.born_on IS NULL OR date_sub('year', w.born_on, u.born_on) BETWEEN 14 AND 50
    ),
    births AS (SELECT * FROM certified UNION ALL SELECT * FROM entered_late)"""


LATE_CHILD = Text(
    zh="{name}（{born}出生）{entered}才以“{reason}”落户，没有出生医学证明，落户凭证为“{document}”。",
    en="{name}, born {born}, was entered into the household book only on {entered} (“{reason}”),"
    " with no birth certificate; document shown: “{document}”.",
)
SHARED_CERTIFICATE = Text(
    zh="编号{number}的出生医学证明同时用于{name}（{born}出生）和另一名儿童。",
    en="Birth certificate {number} is used for {name}, born {born}, and for another child.",
)


def parents_unproven(ask: Ask) -> str:
    """A child was registered late without a birth certificate, or shares a certificate with another child."""
    late = finding(
        key="concat_ws(':', person_id, 'late')",
        person="person_id",
        text=LATE_CHILD,
        facts={
            "name": "name",
            "born": "birth",
            "entered": "entered_on",
            "reason": "entry_reason",
            "document": (
                "coalesce(filled(origin_document), '无')",
                "coalesce(filled(origin_document), 'none')",
            ),
        },
        sources="[row_ref(row_id)]",
    )
    shared = finding(
        key="concat_ws(':', person_id, 'certificate')",
        person="person_id",
        text=SHARED_CERTIFICATE,
        facts={"number": "certificate_no", "name": "child_name", "born": "child_birth"},
        sources="[row_ref(row_id), row_ref(first_row), row_ref(last_row)]",
        implicated=("unit_named(issuer, 'issued')",),
    )
    return f"""
    WITH late AS (
        SELECT h.*, h.subject_person AS person_id
        FROM k_hukou h ANTI JOIN k_birth b ON b.child_person = h.subject_person
        WHERE date_sub('year', h.birth, {ask.day}) < 18
          AND h.birth >= (SELECT min(child_birth) FROM k_birth)
          AND h.entered_on - h.birth > {ask.days("late_days")}
          AND regexp_matches(h.entry_reason, '补录|其他|出生')
          AND NOT regexp_matches(coalesce(h.origin_document, ''), '出生医学证明|亲子鉴定|收养')
    ),
    doubled AS (
        SELECT filled(certificate_no) AS certificate_no, min(row_id) AS first_row, max(row_id) AS last_row
        FROM k_birth WHERE filled(certificate_no) IS NOT NULL AND child_person IS NOT NULL
        GROUP BY 1 HAVING min(child_person) <> max(child_person)
    ),
    shared AS (
        SELECT b.child_person AS person_id, d.certificate_no, b.child_name, b.child_birth, b.issuer, b.row_id, first_row, last_row
        FROM doubled d JOIN k_birth b ON filled(b.certificate_no) = d.certificate_no
    )
    SELECT {late} FROM late
    UNION ALL
    SELECT {shared} FROM shared
    """


IMPOSSIBLE_BIRTHS = Text(
    zh="登记在{name}名下的两次分娩（{first}与{second}）相隔仅{days}天。",
    en="Two deliveries are recorded under {name}, on {first} and {second}, only {days} days apart.",
)
STRANGER_IN_BED = Text(
    zh="{day}在{facility}以{name}的身份证号住院的人，登记为{said}、{age}岁，与其身份（{true_age}岁）不符。",
    en="On {day} somebody was admitted to {facility} under the identity number of {name} as {said}, aged {age};"
    " the person of that number is {true_age}.",
)
TWO_BEDS = Text(
    zh="{name}在{day}同一天在{facility}和{other}两处就医，记录不能同属一人。",
    en="On {day} {name} is recorded at both {facility} and {other}, in ways that cannot both be one person.",
)


def under_another_name(ask: Ask) -> str:
    """A delivery or a hospital stay cannot have been that of the person named."""
    births = finding(
        key="concat_ws(':', person_id, 'births')",
        person="person_id",
        text=IMPOSSIBLE_BIRTHS,
        facts={
            "name": "mother_name",
            "first": "before",
            "second": "child_birth",
            "days": "child_birth - before",
        },
        sources="[row_ref(row_id), row_ref(row_before)]",
        implicated=("unit_named(issuer, 'issued')",),
    )
    bed = finding(
        key="concat_ws(':', person_id, 'stay', visited_on)",
        person="person_id",
        text=STRANGER_IN_BED,
        facts={
            "day": "visited_on",
            "facility": "facility",
            "name": "true_name",
            "said": "name",
            "age": "age",
            "true_age": "true_age",
        },
        sources="[row_ref(row_id)]",
        implicated=("unit_named(facility, 'attended')", "person_known(NULL, companion, 'companion')"),
    )
    beds = finding(
        key="concat_ws(':', person_id, 'two', visited_on)",
        person="person_id",
        text=TWO_BEDS,
        facts={"name": "name", "day": "visited_on", "facility": "facility", "other": "other"},
        sources="[row_ref(row_id), row_ref(other_row)]",
        implicated=("unit_named(facility, 'attended')", "unit_named(other, 'attended')"),
    )
    return f"""
    WITH {_impossible_births(ask)}, {_stays(ask)}
    SELECT {births} FROM close_births
    UNION ALL
    SELECT {bed} FROM strangers
    UNION ALL
    SELECT {beds} FROM two_beds
    """


def _impossible_births(ask: Ask) -> str:
    # Twins lie days apart; a pregnancy carried to a living birth lasts months.
    return f"""
    ordered AS (
        SELECT *, mother_person AS person_id, lag(child_birth) OVER w AS before, lag(row_id) OVER w AS row_before
        FROM k_birth WHERE mother_person IS NOT NULL
        WINDOW w AS (PARTITION BY mother_person ORDER BY child_birth, row_id)
    ),
    close_births AS (
        SELECT * FROM ordered WHERE child_birth - before BETWEEN {ask.days("twin_days") + 1} AND {ask.days("pregnancy_days")}
    )"""


def _stays(ask: Ask) -> str:
    return f"""
    stays AS (
        SELECT c.* REPLACE (TRY_CAST(c.age AS INTEGER) AS age), c.subject_person AS person_id, p.name AS true_name,
               date_sub('year', p.birth_on, c.visited_on) AS true_age
        FROM k_clinic c JOIN k_people p ON p.person_id = c.subject_person
        WHERE c.visit_kind LIKE '%住院%'
    ),
    strangers AS (
        SELECT * FROM stays
        WHERE name <> true_name AND name[1] <> true_name[1] AND abs(age - true_age) >= {ask.limits.whole("age_apart")}
    ),
    days AS (
        SELECT row_id, subject_person AS person_id, name, visited_on, facility, visit_kind LIKE '%住院%' AS stay,
               TRY_CAST(age AS INTEGER) AS age, filled(sex) AS sex
        FROM k_clinic WHERE subject_person IS NOT NULL AND facility IS NOT NULL
    ),
    -- A patient sent on to another hospital stays one person: only two beds, or two descriptions, are a question.
    two_beds AS (
        SELECT a.*, b.facility AS other, b.row_id AS other_row
        FROM days a JOIN days b ON b.person_id = a.person_id AND b.visited_on = a.visited_on
        WHERE a.facility < b.facility
          AND ((a.stay AND b.stay) OR abs(a.age - b.age) >= {ask.limits.whole("ages_differ")} OR a.sex <> b.sex)
    )"""
