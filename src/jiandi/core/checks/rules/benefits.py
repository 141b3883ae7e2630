"""Benefits: R12 one hand holds person and money, R13 paid after death, R23 entitled and not served."""

from __future__ import annotations

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

ONE_HAND = Text(
    zh="{guardian}既是{name}的监护人或照料人，又代领其待遇；{days}天内没有任何记录单独见到{name}本人，情况由他人讲述或有他人在场（{told}次）。",
    en="{guardian} is guardian or carer of {name} and also draws the benefit; nobody has seen {name} alone for {days} days:"
    " others spoke in the person's place or stood by ({told} times).",
)


def drawn(*kinds: str) -> str:
    """Return who draws the benefits of whom, by these kinds of file."""
    rows = " UNION ALL ".join(
        f"SELECT subject_person AS person_id, guardian2_person AS payee_id, guardian2_name AS payee, row_id FROM k_{kind}"
        for kind in kinds
    )
    return f"drawn AS ({rows})"


# Of people cared for in a home, the home's head draws the allowance by law.
IN_A_HOME = """
    in_a_home AS (SELECT subject_person AS person_id FROM k_tekun WHERE support_kind LIKE '%集中%')"""
PAID = ("dibao", "subsidy", "elderly", "payment")

_GUARDED = """
    guarded AS (
        SELECT subject_person AS person_id, guardian_person AS guardian_id, guardian_name, row_id FROM k_smd
        UNION ALL SELECT subject_person, guardian_person, guardian_name, row_id FROM k_disability
        UNION ALL SELECT subject_person, guardian_person, guardian_name, row_id FROM k_tekun
        UNION ALL SELECT subject_person, guardian_person, guardian_name, row_id FROM k_orphan
    )"""


_VOICES = """
    voices AS (
        SELECT subject_person AS person_id, row_ref(row_id) AS source FROM k_smd_followup
        WHERE met IN ('2', '3') AND followed_on >= {since}
        UNION ALL
        SELECT s.person_id, visit_ref(s.visit_id) FROM k_witnessed s JOIN k_visits v USING (visit_id)
        WHERE (s.present <> 'seen' OR s.alone = false) AND v.started_at >= {since}
    ),
    -- Seen beside the guardian is not seen: the one who holds all must not be in the room.
    met_alone AS (
        SELECT s.person_id, max(CAST(v.started_at AS DATE)) AS seen_on FROM k_witnessed s JOIN k_visits v USING (visit_id)
        WHERE s.present = 'seen' AND s.alone IS DISTINCT FROM false GROUP BY s.person_id
        UNION ALL
        SELECT subject_person, max(followed_on) FROM k_smd_followup
        WHERE met = '1' AND coalesce(mode, '') <> '3' GROUP BY subject_person
        UNION ALL
        SELECT subject_person, max(class_checked_on) FROM k_school GROUP BY subject_person
    )"""


def one_hand_holds_all(ask: Ask) -> str:
    """One person is guardian, payee and the only voice, and nobody has seen the one they speak for."""
    columns = finding(
        key="concat_ws(':', person_id, guardian_id)",
        person="person_id",
        text=ONE_HAND,
        facts={
            "guardian": "guardian_name",
            "name": "name",
            "days": f"{ask.days('unseen_days')}",
            "told": "told",
        },
        sources="list_concat([row_ref(guard_row), row_ref(pay_row)], told_by)",
        implicated=(
            "person_known(guardian_id, guardian_name, 'guardian')",
            "person_known(guardian_id, guardian_name, 'payee')",
        ),
    )
    since = f"{ask.day} - {ask.days('unseen_days')}"
    return f"""
    WITH {_GUARDED},
    {drawn(*PAID)},
    held AS (
        SELECT g.person_id, g.guardian_id, max(g.guardian_name) AS guardian_name,
               min(g.row_id) AS guard_row, min(d.row_id) AS pay_row
        FROM guarded g JOIN drawn d ON d.person_id = g.person_id AND d.payee_id = g.guardian_id
        WHERE g.guardian_id <> g.person_id
        GROUP BY g.person_id, g.guardian_id
    ),
    {_VOICES.format(since=since)},
    spoken AS (
        SELECT person_id, count(DISTINCT source) AS told, list(DISTINCT source) AS told_by
        FROM voices SEMI JOIN held USING (person_id) GROUP BY person_id
    )
    SELECT {columns}
    FROM held
    JOIN spoken USING (person_id)
    JOIN k_people p USING (person_id)
    ANTI JOIN (SELECT person_id FROM met_alone WHERE seen_on >= {since}) s USING (person_id)
    WHERE (p.died_on IS NULL OR p.died_on > {ask.day})
      AND told >= {ask.limits.whole("least_voices")}
    """


MANY = Text(
    zh="{payee}代领{people}人的待遇，分属{households}个不同的户，均不是其家人；{name}是其中之一。",
    en="{payee} draws the benefits of {people} people of {households} households, none of them the payee's own; {name} is one.",
)


def payee_of_many(ask: Ask) -> str:
    """One person, not an institution, draws the benefits of many people who are not of the household."""
    columns = finding(
        key="concat_ws(':', person_id, payee_id)",
        person="person_id",
        text=MANY,
        facts={"payee": "payee", "people": "people", "households": "households", "name": "name"},
        sources="[row_ref(row_id)]",
        implicated=("person_known(payee_id, payee, 'payee')",),
    )
    return f"""
    WITH {drawn(*PAID)},
    {IN_A_HOME},
    strangers AS (
        SELECT d.person_id, d.payee_id, p.name, p.household_id, coalesce(max(d.payee), max(q.name)) AS payee, min(d.row_id) AS row_id
        FROM drawn d JOIN k_people p ON p.person_id = d.person_id LEFT JOIN k_people q ON q.person_id = d.payee_id
        WHERE d.payee_id <> d.person_id AND p.household_id IS DISTINCT FROM q.household_id
          AND d.person_id NOT IN (SELECT person_id FROM in_a_home WHERE person_id IS NOT NULL)
          AND NOT regexp_matches(coalesce(d.payee, ''), '委员会|敬老院|福利院|养老院|供养|服务中心|医院|公司')
        GROUP BY d.person_id, d.payee_id, p.name, p.household_id
    ),
    many AS (
        SELECT payee_id, count(*) AS people, count(DISTINCT household_id) AS households FROM strangers
        GROUP BY payee_id HAVING count(DISTINCT household_id) >= {ask.limits.whole("households")}
    )
    SELECT {columns} FROM strangers JOIN many USING (payee_id)
    """


AFTER_DEATH = Text(
    zh="{name}的死亡或注销日期为{died}，之后仍有记录：{day}{what}。",
    en="{name} is recorded as dead or struck off on {died}, and yet on {day} {what}.",
)


_LIFE: dict[str, tuple[str, str]] = {
    "paid": ("发放了待遇", "a benefit was paid"),
    "alive": ("通过了生存认证", "proof of life was recorded"),
    "treated": ("有就诊记录", "a clinic treated the person"),
    "carded": ("签发了身份证", "an identity card was issued"),
    "married": ("登记结婚", "a marriage was registered"),
    "seen": ("走访记为见到本人", "a visit says the person was seen"),
}


def after_death(ask: Ask) -> str:
    """A benefit was paid, life was certified or a visit saw the person, after the recorded death."""
    cases = [" ".join(f"WHEN '{code}' THEN '{words[i]}'" for code, words in _LIFE.items()) for i in (0, 1)]
    what = (
        f"CASE what {cases[0]} END || coalesce('（' || scheme || '）', '')",
        f"CASE what {cases[1]} END || coalesce(' (' || scheme || ')', '')",
    )
    columns = finding(
        key="concat_ws(':', person_id, what)",
        person="person_id",
        text=AFTER_DEATH,
        facts={"name": "name", "died": "died_on", "day": "day", "what": what},
        sources="list_filter([source, row_ref(death_row)], lambda x: x.id IS NOT NULL)",
        implicated=("person_known(payee_id, payee, 'payee')", "officer_known(officer_id, 'visited')"),
    )
    return f"""
    WITH died AS (
        SELECT subject_person AS person_id, min(coalesce(died_on, cancelled_on)) AS died_on, min(row_id) AS death_row
        FROM k_death WHERE subject_person IS NOT NULL GROUP BY subject_person
    ),
    dead AS (
        SELECT p.person_id, p.name, coalesce(d.died_on, p.died_on) AS died_on, d.death_row
        FROM k_people p LEFT JOIN died d USING (person_id) WHERE coalesce(d.died_on, p.died_on) IS NOT NULL
    ),
    signs_of_life AS (
        SELECT subject_person AS person_id, paid_on AS day, 'paid' AS what, scheme, row_ref(row_id) AS source,
               guardian2_person AS payee_id, guardian2_name AS payee, NULL::BIGINT AS officer_id
        FROM k_payment
        UNION ALL
        SELECT subject_person, last_seen_on, 'alive', NULL, row_ref(row_id), guardian2_person, guardian2_name, NULL FROM k_elderly
        UNION ALL
        SELECT subject_person, visited_on, 'treated', facility, row_ref(row_id), NULL, NULL, NULL FROM k_clinic
        UNION ALL
        SELECT subject_person, issued_on, 'carded', NULL, row_ref(row_id), NULL, NULL, NULL FROM k_idcard
        UNION ALL
        SELECT wife_person, registered_on, 'married', registry_office, row_ref(row_id), NULL, NULL, NULL FROM k_marriage
        UNION ALL
        SELECT husband_person, registered_on, 'married', registry_office, row_ref(row_id), NULL, NULL, NULL FROM k_marriage
        UNION ALL
        SELECT s.person_id, CAST(v.started_at AS DATE), 'seen', NULL, visit_ref(v.visit_id), NULL, NULL, v.officer_id
        FROM k_sightings s SEMI JOIN dead USING (person_id) JOIN k_visits v USING (visit_id) WHERE s.present = 'seen'
    ),
    late AS (
        SELECT l.*, d.name, d.died_on, d.death_row
        FROM signs_of_life l JOIN dead d USING (person_id)
        WHERE l.day > d.died_on + CASE WHEN what = 'paid' THEN {ask.days("lag_days")} ELSE 0 END
    )
    SELECT {columns} FROM late
    """


NO_CARE_SUBSIDY = Text(
    zh="{name}持{grade}级残疾证（{category}），不在两项补贴名册中。",
    en="{name} holds a disability certificate of grade {grade} ({category}) and is in no subsidy file.",
)
NO_LIVING_SUBSIDY = Text(
    zh="{name}持残疾证且在低保名册中，没有残疾人生活补贴。",
    en="{name} is certified disabled and draws the minimum living allowance, but not the living subsidy for the disabled.",
)


NO_DESTITUTE_CARE = Text(
    zh="{name}独自一户，{sign}，不在特困或低保名册中；村委会应当主动帮助申请。",
    en="{name} is alone in the household and {sign}, and is in neither the destitute nor the allowance file;"
    " the law asks the village to help apply.",
)

SUPPORTED = "(儿|女|子|孙|侄).{0,6}(给|供养|赡养|寄|接济|照顾|负担)|退休(金|工资|费)|养老金|有(工资|存款|房租|固定收入)"
"""What a list says of somebody who has an income or an able supporter (art. 14 again)."""

# Destitute care is owed to the old, the disabled and minors without labour, income and an able supporter (interim
# measures on social assistance, art. 14). Files show only part of that: alone in the household, and severely disabled
# or old and never married.
_DESTITUTE = f"""
    alone AS (
        SELECT p.person_id, p.name, p.birth_on FROM k_people p SEMI JOIN (
            SELECT max(person_id) AS person_id FROM k_people
            WHERE household_id IS NOT NULL AND died_on IS NULL GROUP BY household_id HAVING count(*) = 1
        ) USING (person_id)
    ),
    helped AS (
        SELECT subject_person AS person_id FROM k_tekun UNION SELECT subject_person FROM k_dibao
        UNION SELECT subject_person FROM k_orphan
        UNION SELECT subject_person FROM k_left_behind WHERE regexp_matches(note, '{SUPPORTED}')
    ),
    unmarried AS (SELECT subject_person AS person_id, min(row_id) AS row_id FROM k_hukou WHERE marital = '10' GROUP BY 1),
    severe AS (SELECT subject_person AS person_id, min(row_id) AS row_id FROM k_disability WHERE grade IN ('1', '2') GROUP BY 1),
    destitute AS (
        SELECT a.person_id, a.name, coalesce(s.row_id, u.row_id) AS row_id, s.row_id IS NOT NULL AS severe
        FROM alone a LEFT JOIN severe s USING (person_id) LEFT JOIN unmarried u USING (person_id)
        ANTI JOIN helped h ON h.person_id = a.person_id
        WHERE EXISTS (SELECT 1 FROM k_tekun) AND EXISTS (SELECT 1 FROM k_dibao)
          AND (s.row_id IS NOT NULL OR (u.row_id IS NOT NULL AND date_sub('year', a.birth_on, DAY) >= 60))
    )"""


def entitled_not_served(ask: Ask) -> str:
    """A person is entitled by the files to a subsidy or to destitute care and is in no file of it."""
    sign = (
        "CASE WHEN severe THEN '持一、二级残疾证' ELSE '年满60周岁、未婚' END",
        "CASE WHEN severe THEN 'severely disabled' ELSE 'over 60 and never married' END",
    )
    destitute = finding(
        key="concat_ws(':', person_id, 'destitute')",
        person="person_id",
        text=NO_DESTITUTE_CARE,
        facts={"name": "name", "sign": sign},
        sources="[row_ref(row_id)]",
    )
    care = finding(
        key="concat_ws(':', person_id, 'care')",
        person="person_id",
        text=NO_CARE_SUBSIDY,
        facts={"name": "name", "grade": "grade", "category": "category"},
        sources="[row_ref(row_id)]",
    )
    living = finding(
        key="concat_ws(':', person_id, 'living')",
        person="person_id",
        text=NO_LIVING_SUBSIDY,
        facts={"name": "name"},
        sources="[row_ref(row_id), row_ref(dibao_row)]",
    )
    return f"""
    WITH certified AS (
        SELECT d.*, d.subject_person AS person_id
        FROM k_disability d JOIN k_people p ON p.person_id = d.subject_person
        WHERE p.died_on IS NULL AND (d.issued_on IS NULL OR d.issued_on < {ask.day} - {ask.days("decision_days")})
    ),
    served AS (SELECT DISTINCT subject_person AS person_id FROM k_subsidy),
    living AS (SELECT DISTINCT subject_person AS person_id FROM k_subsidy WHERE subsidy_kind LIKE '%生活%'),
    poor AS (SELECT subject_person AS person_id, min(row_id) AS dibao_row FROM k_dibao GROUP BY subject_person),
    {_DESTITUTE.replace("DAY", ask.day)}
    SELECT {destitute} FROM destitute
    UNION ALL
    SELECT {care} FROM certified ANTI JOIN served USING (person_id) WHERE grade IN ('1', '2')
    UNION ALL
    SELECT {living} FROM certified JOIN poor USING (person_id) ANTI JOIN living USING (person_id)
    WHERE person_id IN (SELECT person_id FROM served) OR grade NOT IN ('1', '2')
    """
