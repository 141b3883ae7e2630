"""Illness nobody treats: R8 impairment without service, R9 signs outside the file, R10 follow-ups that met nobody."""

from __future__ import annotations

from math import exp, lgamma, log

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

# The six diagnoses of the national file (severe mental disorder management rules).
SIX = "精神分裂|分裂情感|偏执性精神|双相|躁狂|癫痫所致精神|精神发育迟滞|智力发育障碍伴"
IMPAIRED = "智力(障碍|低下|残疾|发育)|智障|痴呆|精神(分裂|障碍|残疾|异常|失常)|(重度|极重度)(听力|视力|肢体|言语)(障碍|残疾)|听力障碍|双耳|聋|失语|瘫痪|偏瘫|截瘫|脑瘫|失明|双目|植物状态|卧床不起|不能自理"
CLUE = "精神(分裂|障碍|异常|失常|不正常|有问题|病)|疯(疯癫癫|了|女|子|癫)|胡言乱语|自言自语|乱喊乱叫|神志不清|说不清(自己|姓名|家)|痴呆|智障|傻"
NOT_CLUE = "没有精神(病|障碍|异常)|无精神|排除精神|精神(状态|面貌)?(很?好|良好|正常|饱满)|傻笑|装傻|傻眼"

UNSERVED = Text(
    zh="{name}的记录显示有功能障碍（{signs}），但不在残疾人、两项补贴、特困和严重精神障碍任何一份名册中。",
    en="Records show that {name} has an impairment ({signs}), but no file of disability, subsidies, destitute care or"
    " severe mental disorder holds this person.",
)
CLUE_OUTSIDE = Text(
    zh="{name}有精神障碍线索（{day}，{what}），但不在严重精神障碍名册中。",
    en="There is a sign of severe mental disorder about {name} ({day}: {what}), and the file does not hold this person.",
)
LOW_RATE = Text(
    zh="该乡镇{people}名居民中登记严重精神障碍患者{patients}人，按千分之{rate}应约{expected}人，偏低的偶然概率小于{chance}。",
    en="Of {people} residents of this town {patients} are in the severe mental disorder file; at {rate} per 1,000 about"
    " {expected} would be; the chance of so few is below {chance}.",
)
NEVER_MET = Text(
    zh="{name}自{since}以来有{times}次随访，没有一次见到本人；最近一次为{last}。",
    en="{name} had {times} follow-ups since {since} and the person was met at none; the last was on {last}.",
)
LOST = Text(
    zh="{name}最近连续{times}次随访均未访到（{reason}），最后一次为{last}。",
    en="The last {times} follow-ups of {name} in a row found nobody ({reason}); the last was on {last}.",
)

# A diagnosis is written in few ways by many clinics: each way is read once.
_SIGNS_OF_ILLNESS = f"""
    WITH written AS (
        SELECT diagnosis FROM (SELECT DISTINCT diagnosis FROM k_clinic) WHERE regexp_matches(diagnosis, '{IMPAIRED}|{SIX}')
    ),
    told AS MATERIALIZED (
        SELECT person_id, visit_id, what FROM (
            SELECT person_id, visit_id, regexp_replace(concat_ws('，', filled(need), filled(words)), '{NOT_CLUE}', '', 'g') AS what
            FROM k_sightings WHERE person_id IS NOT NULL AND (need IS NOT NULL OR words IS NOT NULL)
        ) WHERE regexp_matches(what, '{IMPAIRED}|{SIX}|{CLUE}')
    ),
    signs AS (
        SELECT subject_person AS person_id, row_ref(row_id) AS source, visited_on AS day, diagnosis AS what, diagnosis
        FROM k_clinic SEMI JOIN written USING (diagnosis)
        UNION ALL
        SELECT s.person_id, visit_ref(s.visit_id), CAST(v.started_at AS DATE), s.what, NULL
        FROM told s LEFT JOIN k_visits v USING (visit_id)
        UNION ALL
        SELECT subject_person, row_ref(row_id), received_on, regexp_replace(body, '{NOT_CLUE}', '', 'g'), NULL
        FROM k_hotline WHERE subject_person IS NOT NULL
        UNION ALL
        SELECT subject_person, row_ref(row_id), NULL, note, NULL FROM k_left_behind WHERE filled(note) IS NOT NULL
    )
    FROM signs WHERE person_id IS NOT NULL AND regexp_matches(what, '{IMPAIRED}|{SIX}|{CLUE}')"""


def impaired_without_service(ask: Ask) -> str:
    """An adult with signs of impairment is in none of the files through which help would come."""
    columns = finding(
        key="person_id",
        person="person_id",
        text=UNSERVED,
        facts={"name": "name", "signs": "signs"},
        sources="sources",
        implicated=(),
    )
    return f"""
    WITH served AS (
        SELECT subject_person AS person_id FROM k_disability UNION SELECT subject_person FROM k_subsidy
        UNION SELECT subject_person FROM k_tekun UNION SELECT subject_person FROM k_smd
    ),
    impaired AS (
        SELECT person_id, list(DISTINCT source) AS sources,
               string_agg(DISTINCT regexp_extract(what, '{IMPAIRED}'), '、' ORDER BY regexp_extract(what, '{IMPAIRED}')) AS signs
        FROM {ask.shared("signs", _SIGNS_OF_ILLNESS)} WHERE regexp_matches(what, '{IMPAIRED}') GROUP BY person_id
    )
    SELECT {columns}
    FROM impaired
    JOIN k_people p USING (person_id)
    ANTI JOIN served USING (person_id)
    WHERE (p.birth_on IS NULL OR date_sub('year', p.birth_on, {ask.day}) >= 18) AND (p.died_on IS NULL OR p.died_on > {ask.day})
    """


def clue_outside_the_file(ask: Ask) -> str:
    """Somebody is spoken of, or treated, as severely mentally ill and stands in no file that brings treatment."""
    columns = finding(
        key="person_id",
        person="person_id",
        text=CLUE_OUTSIDE,
        facts={"name": "name", "day": "day", "what": "words"},
        sources="sources",
    )
    return f"""
    WITH clues AS (
        SELECT person_id, min(day) AS day, list(DISTINCT source) AS sources,
               min(regexp_extract(what, '.{{0,6}}({SIX}|{CLUE}).{{0,6}}')) AS words
        FROM {ask.shared("signs", _SIGNS_OF_ILLNESS)}
        WHERE regexp_matches(diagnosis, '{SIX}') OR (diagnosis IS NULL AND regexp_matches(what, '{SIX}|{CLUE}'))
        GROUP BY person_id
    )
    SELECT {columns}
    FROM clues JOIN k_people p USING (person_id)
    ANTI JOIN k_smd f ON f.subject_person = p.person_id
    WHERE p.died_on IS NULL OR p.died_on > {ask.day}
    """


def town_rate_too_low(ask: Ask) -> str:
    """A town's file of severe mental disorder holds far fewer people than live with it anywhere."""
    rate, chance = ask.limits["per_thousand"], ask.limits["chance"]
    counted = ask.con.execute(
        """
        SELECT p.town, count(*) AS people, count(f.person_id) AS patients
        FROM k_people p LEFT JOIN (SELECT DISTINCT subject_person AS person_id FROM k_smd) f USING (person_id)
        WHERE p.town IS NOT NULL AND p.died_on IS NULL GROUP BY p.town ORDER BY p.town
        """
    ).fetchall()
    low = [row for row in counted if chance_of_so_few(row[2], row[1] * rate / 1000) < chance]
    rows = ", ".join(
        f"({town}, {people}, {patients}, {people * rate / 1000:.0f})" for town, people, patients in low
    )
    columns = finding(
        key="town",
        village="town",
        text=LOW_RATE,
        facts={
            "people": "people",
            "patients": "patients",
            "rate": f"{rate}",
            "expected": "expected",
            "chance": f"{chance}",
        },
        sources="[]",
    )
    values = f"VALUES {rows}" if rows else "SELECT 0, 0, 0, 0 WHERE false"
    return f"WITH low (town, people, patients, expected) AS ({values}) SELECT {columns} FROM low"


def chance_of_so_few(seen: int, expected: float) -> float:
    """Return the Poisson chance of at most `seen` where `expected` are to be expected."""
    if expected <= 0:
        return 1.0
    return sum(exp(count * log(expected) - expected - lgamma(count + 1)) for count in range(seen + 1))


def follow_ups_met_nobody(ask: Ask) -> str:
    """Follow-ups of a patient are on file, and at none of them was the patient met."""
    hands = (
        "unit_named(facility, 'managed')",
        "officer_named(doctor, 'managed')",
        "person_known(guardian_id, guardian_name, 'guardian')",
    )
    never = finding(
        key="person_id",
        person="person_id",
        text=NEVER_MET,
        facts={"name": "name", "since": "since", "times": "times", "last": "last"},
        sources="list_transform(rows, lambda x: row_ref(x))",
        implicated=hands,
    )
    lost = finding(
        key="person_id",
        person="person_id",
        text=LOST,
        facts={"name": "name", "times": "times", "reason": "reason", "last": "last"},
        sources="list_transform(rows, lambda x: row_ref(x))",
        implicated=hands,
    )
    return f"""
    WITH {_followed(ask)}
    SELECT {never} FROM never
    UNION ALL
    SELECT {lost} FROM lost ANTI JOIN never USING (person_id)
    """


def _followed(ask: Ask) -> str:
    """Follow-ups one a day: the same form delivered twice is one follow-up."""
    return f"""
    followed AS (
        SELECT subject_person AS person_id, followed_on, min(row_id) AS row_id, max(name) AS name,
               bool_or(met = '1') AS met_person, max(filled(lost_reason)) AS lost_reason,
               max(facility) AS facility, max(doctor) AS doctor
        FROM k_smd_followup
        WHERE subject_person IS NOT NULL AND followed_on BETWEEN {ask.day} - {ask.days("window_days")} AND {ask.day}
        GROUP BY subject_person, followed_on
    ),
    guardians AS (
        SELECT subject_person AS person_id, max(guardian_person) AS guardian_id, max(guardian_name) AS guardian_name
        FROM k_smd GROUP BY subject_person
    ),
    never AS (
        SELECT person_id, max(name) AS name, min(followed_on) AS since, max(followed_on) AS last, count(*) AS times,
               list(row_id) AS rows, arg_max(facility, followed_on) AS facility, arg_max(doctor, followed_on) AS doctor,
               max(guardian_id) AS guardian_id, max(guardian_name) AS guardian_name
        FROM followed LEFT JOIN guardians USING (person_id)
        GROUP BY person_id
        HAVING count(*) >= {ask.limits.whole("least_followups")} AND NOT bool_or(coalesce(met_person, false))
    ),
    latest AS (
        SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY followed_on DESC) AS ago FROM followed
    ),
    lost AS (
        SELECT person_id, max(name) AS name, count(*) AS times, max(followed_on) AS last, list(row_id) AS rows,
               arg_max(lost_reason, followed_on) AS reason, arg_max(facility, followed_on) AS facility,
               arg_max(doctor, followed_on) AS doctor, max(guardian_id) AS guardian_id, max(guardian_name) AS guardian_name
        FROM latest LEFT JOIN guardians USING (person_id)
        WHERE ago <= {ask.limits.whole("missed_in_a_row")}
        GROUP BY person_id
        HAVING count(lost_reason) >= {ask.limits.whole("missed_in_a_row")} AND NOT bool_or(coalesce(met_person, false))
    )"""
