"""Papers of a marriage: R1 without identity, R2 dated backwards, R5 a spouse who left no trace, R7 too young."""

from __future__ import annotations

from jiandi.core.checks.say import Fact, finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

# Each row of the marriage file twice, once for each party; row_id * 8 + role finds the party's own record.
PARTIES = """
    parties AS (
        SELECT row_id, certificate_no, registered_on, entered_on, registration_kind, registry_office, certificate_issuer,
               wife_person AS person_id, wife_name AS name, wife_birth AS born_on, 2 AS sex, row_id * 8 + 2 AS record_id,
               filled(wife_documents) AS documents, husband_person AS spouse_id, husband_name AS spouse_name
        FROM k_marriage
        UNION ALL
        SELECT row_id, certificate_no, registered_on, entered_on, registration_kind, registry_office, certificate_issuer,
               husband_person, husband_name, husband_birth, 1, row_id * 8 + 1, NULL, wife_person, wife_name
        FROM k_marriage
    )"""

# The office that registered, whoever wrote the paper, the other party (domain 4b: village, registrar, spouse).
MARRIAGE_HANDS = (
    "unit_named(registry_office, 'registered')",
    "unit_named(certificate_issuer, 'certified')",
    "person_known(spouse_id, spouse_name, 'spouse')",
)

CERTIFICATE = "coalesce(filled(certificate_no), CAST(registered_on AS VARCHAR), 'undated')"

NO_PAPERS = Text(
    zh="{registered}在{office}登记的婚姻中，{name}的材料{fault}；户籍、身份证、医保、流动人口名册中也没有可核实的身份。",
    en="In the marriage registered on {registered} at {office}, the papers of {name} {fault};"
    " no household, identity card, insurance or residence file holds a verifiable identity either.",
)


def married_without_papers(ask: Ask) -> str:
    """A party to a marriage has no valid identity in its file, and in no other file."""
    fault = (
        "CASE fault WHEN 'none' THEN '没有身份证号' WHEN 'bad' THEN '所载身份证号不能通过校验' ELSE '只有“' || documents || '”' END",
        "CASE fault WHEN 'none' THEN 'carry no identity number' WHEN 'bad' THEN 'carry an identity number that fails its check'"
        " ELSE 'are only “' || documents || '”' END",
    )
    facts: dict[str, Fact] = {
        "registered": "registered_on",
        "office": "registry_office",
        "name": "name",
        "fault": fault,
    }
    columns = finding(
        key=f"concat_ws(':', person_id, {CERTIFICATE})",
        person="person_id",
        text=NO_PAPERS,
        facts=facts,
        sources="[row_ref(row_id)]",
        implicated=MARRIAGE_HANDS,
    )
    return f"""
    WITH {PARTIES},
    judged AS (
        SELECT p.*, s.household_id AS spouse_home,
               CASE WHEN r.id_status = 'invalid' THEN 'bad'
                    WHEN NOT coalesce(proven(r.id18, r.id_status), false) THEN 'none'
                    WHEN documents IS NOT NULL AND NOT regexp_matches(documents, '身份证|户口') THEN 'papers'
               END AS fault
        FROM parties p
        LEFT JOIN (SELECT record_id, id18, id_status FROM k_records WHERE kind = 'marriage') r ON r.record_id = p.record_id
        LEFT JOIN k_people s ON s.person_id = p.spouse_id
    ),
    -- Somebody of that sex and age with proven identity in the other party's household is most likely this party.
    faulty AS (
        SELECT * FROM judged ANTI JOIN g_verified USING (person_id) ANTI JOIN g_namesake USING (person_id) WHERE fault IS NOT NULL
    ),
    at_home AS (
        SELECT household_id, sex, year(birth_on) AS born
        FROM k_people p SEMI JOIN faulty f ON f.spouse_home = p.household_id SEMI JOIN g_verified v ON v.person_id = p.person_id
    )
    SELECT {columns}
    FROM faulty
    ANTI JOIN at_home h ON h.household_id = spouse_home AND h.sex = faulty.sex AND abs(h.born - year(born_on)) <= 1
    """


BACKDATED = Text(
    zh="婚姻登记日期写为{registered}，该卷在{entered}才归档，相差{days}天；登记种类为普通登记，不是补领或补办。",
    en="The marriage is dated {registered}, but its file was entered on {entered}, {days} days later; it is an ordinary"
    " registration, not a replacement or a late registration.",
)


def dated_backwards(ask: Ask) -> str:
    """A marriage is dated long before its file came into being, and the office was not re-entering its archive."""
    gap, bulk = ask.days("backdate_days"), ask.limits.whole("bulk_files")
    columns = finding(
        key=f"concat_ws(':', person_id, {CERTIFICATE})",
        person="person_id",
        text=BACKDATED,
        facts={"registered": "registered_on", "entered": "entered_on", "days": "gap"},
        sources="[row_ref(row_id)]",
        implicated=MARRIAGE_HANDS,
    )
    return f"""
    WITH {PARTIES},
    late AS (
        SELECT *, date_diff('day', registered_on, entered_on) AS gap
        FROM parties
        WHERE sex = 2 AND entered_on - registered_on > {gap}
          AND coalesce(registration_kind, '') NOT LIKE '补%'
    ),
    -- An archive typed in anew shows as many old files entered by one office on one day.
    counted AS (SELECT *, count(*) OVER (PARTITION BY registry_office, entered_on) AS same_day FROM late)
    SELECT {columns} FROM counted WHERE same_day < {bulk}
    """


NO_TRACE = Text(
    zh="{name}于{registered}登记结婚，登记材料没有可用的身份证号，{lives}；除婚姻、子女和户口材料外，任何名册都没有其记录，也没有联系电话。",
    en="{name} married on {registered}, the file holds no usable identity number, and {lives}; apart from the papers of the"
    " marriage, of children and of the household there is no trace in any file, and no telephone.",
)


# How a party to such a marriage is known to live here; the strongest sign by the alphabet of its word.
_SETTLED = """
    lives_here AS (
        SELECT mother_person AS person_id, 'child' AS how, row_ref(row_id) AS life FROM k_birth
        UNION ALL SELECT father_person, 'child', row_ref(row_id) FROM k_birth
        UNION ALL SELECT person_id, 'seen', visit_ref(visit_id) FROM k_witnessed WHERE present = 'seen'
        UNION ALL
        SELECT p.person_id, 'spouse', row_ref(NULL) FROM parties p SEMI JOIN g_verified v ON v.person_id = p.spouse_id
        JOIN k_people s ON s.person_id = p.spouse_id WHERE s.household_id IS NOT NULL AND s.died_on IS NULL
    ),
    settled AS (
        SELECT person_id, min(how) AS how, arg_min(life, (how, life.id)) AS life
        FROM lives_here SEMI JOIN unnumbered USING (person_id) GROUP BY person_id
    )"""


def spouse_without_trace(ask: Ask) -> str:
    """A spouse who lives here left no trace but in the papers of the family, and the marriage shows no number.

    Fires on missing papers and traces; where somebody comes from is neither read nor known to it.
    """
    lives = (
        "CASE how WHEN 'child' THEN '此后在本地有子女出生登记' WHEN 'seen' THEN '走访时在家中见到其人' ELSE '婚姻另一方在本地居住' END",
        "CASE how WHEN 'child' THEN 'a child was registered here since' WHEN 'seen' THEN 'was seen in the home on a visit'"
        " ELSE 'the other party lives here' END",
    )
    columns = finding(
        key="selves.person_id",
        person="selves.person_id",
        text=NO_TRACE,
        facts={"name": "name", "registered": "registered_on", "lives": lives},
        sources="list_filter([row_ref(row_id), life], lambda x: x.id IS NOT NULL)",
        implicated=MARRIAGE_HANDS,
    )
    return f"""
    WITH {PARTIES},
    numbered AS (SELECT record_id FROM k_records WHERE kind = 'marriage' AND proven(id18, id_status)),
    unnumbered AS (
        SELECT m.* FROM parties m ANTI JOIN numbered USING (record_id)
        WHERE registered_on <= {ask.day} - {ask.days("settled_days")}
    ),
    {_SETTLED},
    -- The party's household record may not be linked yet; then the traces of both are looked at together.
    selves AS (
        SELECT m.* REPLACE (coalesce(n.other_id, m.person_id) AS person_id), m.person_id AS party_id
        FROM unnumbered m LEFT JOIN g_namesake n USING (person_id)
    ),
    born_here AS (
        SELECT h.subject_person AS person_id FROM k_hukou h SEMI JOIN selves s ON s.person_id = h.subject_person
        WHERE h.entry_reason LIKE '%出生%'
    )
    SELECT {columns}
    FROM selves
    JOIN settled ON settled.person_id = selves.party_id
    JOIN g_known a ON a.person_id = selves.party_id
    JOIN g_known b ON b.person_id = selves.person_id
    ANTI JOIN born_here h ON h.person_id = selves.person_id
    WHERE NOT a.other_trace AND NOT a.has_phone AND NOT b.other_trace AND NOT b.has_phone
    """


TOO_YOUNG = Text(
    zh="{name}（{born}出生）按日期推算，{what}时只有{age}岁{now}。",
    en="By the dates, {name} (born {born}) was {age} years old {what}{now}.",
)


def too_young(ask: Ask) -> str:
    """By the dates, a person married or conceived below the age the law protects."""
    what = (
        "CASE what WHEN 'marriage' THEN '登记结婚' ELSE '受孕' END",
        "CASE what WHEN 'marriage' THEN 'when the marriage was registered' ELSE 'at conception' END",
    )
    now = (
        "CASE WHEN minor_now THEN '，现在仍未成年' ELSE '' END",
        "CASE WHEN minor_now THEN ', and is still a minor' ELSE '' END",
    )
    columns = finding(
        key="concat_ws(':', person_id, what)",
        person="person_id",
        text=TOO_YOUNG,
        facts={"name": "name", "born": "born_on", "what": what, "age": "age", "now": now},
        sources="[row_ref(row_id)]",
        implicated=("unit_named(unit, why)", "person_known(spouse_id, spouse_name, 'spouse')"),
    )
    return f"""
    WITH {PARTIES},
    dated AS (
        SELECT row_id, person_id, name, born_on, registered_on AS day, 'marriage' AS what, registry_office AS unit,
               'registered' AS why, spouse_id, spouse_name, {ask.limits.whole("marriage_age")} AS least
        FROM parties WHERE sex = 2 AND registered_on >= DATE '1981-01-01'
        UNION ALL
        SELECT row_id, mother_person, mother_name, mother_birth, child_birth - {ask.days("pregnancy_days")}, 'conception',
               issuer, 'issued', father_person, father_name, {ask.limits.whole("conception_age")}
        FROM k_birth
    ),
    aged AS (
        SELECT d.* REPLACE (coalesce(p.birth_on, d.born_on) AS born_on)
        FROM dated d LEFT JOIN k_people p USING (person_id)
    ),
    counted AS (
        SELECT *, date_sub('year', born_on, day) AS age, date_sub('year', born_on, {ask.day}) < 18 AS minor_now FROM aged
    )
    SELECT {columns} FROM counted
    WHERE age BETWEEN 8 AND least - 1 AND day >= {ask.day} - {ask.days("look_back_days")}
    """
