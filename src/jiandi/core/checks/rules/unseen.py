"""Doors that stay shut: R12c a stranger draws the money of somebody nobody finds, R24 an old person does not answer."""

from __future__ import annotations

from jiandi.core.checks.rules.benefits import IN_A_HOME, drawn
from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

GONE = "家中无人|去向不(详|明)|不知去向|下落不(明|详)|找不到(人|本人)|查无此人|多日未见|长期不在|人户分离"
NO_ANSWER_WORDS = (
    "(敲门|叫门|喊门|上门|打电话|电话).{0,6}(没人|无人|没有人|不)(应|答|开|接)|(没|无)人(应门|应答|答应|开门)"
    "|(几|多|好些|[一二三四五六七八九十两])天(都)?(没|未)(开门|露面|出门|见)|多日(未|没)(见|开门|露面|出门)|叫不应|喊不应"
)
"""What callers and lists write when a door stays shut."""

DRAWN_AWAY = Text(
    zh="{payee}代领{name}的待遇，二人不同户；{gone}，{days}天内没有任何记录当面见到{name}本人。",
    en="{payee}, of another household, draws the benefit of {name}; {gone}, and nobody has seen {name} in person for {days} days.",
)


def stranger_draws_for_the_unfound(ask: Ask) -> str:
    """Somebody outside the household draws a person's benefit, and the person is not found where the files say."""
    gone = (
        "CASE how WHEN 'visit' THEN day || '走访时本人不在登记的住处' ELSE '名册备注为“' || how || '”' END",
        "CASE how WHEN 'visit' THEN 'on ' || day || ' the person was not where the files say' ELSE 'a list says “' || how || '”' END",
    )
    columns = finding(
        key="concat_ws(':', person_id, payee_id)",
        person="person_id",
        text=DRAWN_AWAY,
        facts={"payee": "payee", "name": "name", "gone": gone, "days": f"{ask.days('unseen_days')}"},
        sources="[row_ref(row_id), source]",
        implicated=("person_known(payee_id, payee, 'payee')",),
    )
    return f"""
    WITH {drawn("dibao", "elderly", "payment")},
    {IN_A_HOME},
    strangers AS (
        SELECT d.person_id, d.payee_id, p.name, coalesce(max(d.payee), max(q.name)) AS payee, min(d.row_id) AS row_id
        FROM drawn d JOIN k_people p ON p.person_id = d.person_id JOIN k_people q ON q.person_id = d.payee_id
        ANTI JOIN in_a_home h ON h.person_id = d.person_id
        WHERE d.payee_id <> d.person_id AND p.household_id <> q.household_id
          AND (p.died_on IS NULL OR p.died_on > {ask.day})
        GROUP BY d.person_id, d.payee_id, p.name
    ),
    unfound AS (
        SELECT s.person_id, 'visit' AS how, CAST(v.started_at AS DATE) AS day, visit_ref(v.visit_id) AS source
        FROM k_witnessed s JOIN k_visits v USING (visit_id) WHERE s.present IN ('not_here', 'unknown')
        UNION ALL
        SELECT subject_person, regexp_extract(note, '{GONE}'), NULL, row_ref(row_id) FROM k_left_behind
        WHERE regexp_matches(note, '{GONE}')
    ),
    first AS (SELECT unnest(arg_min(u, (how = 'visit', source.id))) FROM unfound u WHERE person_id IS NOT NULL GROUP BY u.person_id)
    SELECT {columns}
    FROM strangers JOIN first USING (person_id)
    ANTI JOIN (SELECT person_id FROM g_seen WHERE seen_on >= {ask.day} - {ask.days("unseen_days")}) s USING (person_id)
    """


NO_ANSWER = Text(
    zh="{name}独居，{times}份记录说上门无人应答（{first}起），其间没有见到本人的记录。",
    en="{name} lives alone; {times} records say that the door was not answered (since {first}), and nobody has seen the person since.",
)


def alone_and_no_answer(ask: Ask) -> str:
    """An old person living alone did not answer the door again and again. Reads no meter and no telephone."""
    columns = finding(
        key="person_id",
        person="person_id",
        text=NO_ANSWER,
        facts={"name": "name", "first": "first", "times": "times"},
        sources="list_prepend(row_ref(row_id), shut)",
    )
    since = f"{ask.day} - {ask.days('window_days')}"
    return f"""
    WITH alone AS (
        SELECT subject_person AS person_id, min(row_id) AS row_id FROM k_left_behind
        WHERE category LIKE '%独居%' AND subject_person IS NOT NULL GROUP BY subject_person
    ),
    knocks AS (
        SELECT a.person_id, CAST(v.started_at AS DATE) AS day, visit_ref(v.visit_id) AS source
        FROM alone a JOIN k_people p USING (person_id)
        JOIN k_visits v ON v.dwelling_id = p.dwelling_id WHERE v.result = 'no_contact'
        UNION
        SELECT a.person_id, CAST(v.started_at AS DATE), visit_ref(v.visit_id)
        FROM alone a JOIN k_people p USING (person_id)
        JOIN k_visits v ON v.household_id = p.household_id WHERE v.result = 'no_contact'
        UNION
        SELECT subject_person, received_on, row_ref(row_id) FROM k_hotline
        WHERE regexp_matches(body, '{NO_ANSWER_WORDS}')
        UNION
        -- A list has no day of its own: its words stand until somebody sees the person.
        SELECT subject_person, {since}, row_ref(row_id) FROM k_left_behind WHERE regexp_matches(note, '{NO_ANSWER_WORDS}')
    ),
    unanswered AS (
        SELECT k.person_id, p.name, min(a.row_id) AS row_id, min(k.day) AS first, count(*) AS times, list(k.source) AS shut
        FROM knocks k JOIN alone a USING (person_id) JOIN k_people p USING (person_id) LEFT JOIN g_seen s USING (person_id)
        WHERE k.day >= {since} AND (s.seen_on IS NULL OR s.seen_on < k.day) AND p.died_on IS NULL
        GROUP BY k.person_id, p.name HAVING count(*) >= {ask.limits.whole("knocks")}
    )
    SELECT {columns} FROM unanswered
    """
