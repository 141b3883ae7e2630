"""Answers: R22 repeated violence without an order, R26 income from somebody's image, R29 done said the report."""

from __future__ import annotations

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

# Words as offices and callers write them; the plain twins read the same.
PAPER = "告诫|保护令"
NO_PAPER = "无告诫|未出具|没有"
ON_SCREEN = "直播|短视频|网红|网上|视频里"
MOTHER_UNSEEN = "(妈|母亲|妻子|媳妇|老婆|女人).{0,6}(从来|一直|始终|从|总)?(没有?|不)(露|出现|现身|出镜|见)"
SHOWN = "直播|拍(视频|段子)|短视频|网红|卖惨"
MONEY = "赏|带货|收钱|挣钱|赚钱|捐款|红包|卖货|收礼物"
HELPLESS = "残疾|智障|智力|脑子(不|有)|痴呆|精神|疯|傻|孤儿|孤寡|老人|病人|生病|有病|卧床|瘫|留守|哑巴|聋"
DONE = "已(经)?(办结|解决|处理|落实|完成|上门|整改|发放|修好)|办结|完毕"
UNDONE_WORDS = (
    "不满意|未解决|没(有)?解决|未办|没(有)?办|未处理|没(有)?处理|没人|不属实|无人|未上门|没来|问题仍|依然"
)

AGAIN = Text(
    zh="{days}天内对{name}的家庭暴力警情有{times}次（最近{last}），没有告诫书，也没有人身安全保护令。",
    en="Within {days} days the police were called {times} times over violence against {name} (last on {last});"
    " there is neither a warning letter nor a protection order.",
)


def violence_again(ask: Ask) -> str:
    """The police came again and again over the same victim, and no paper protects the victim."""
    columns = finding(
        key="person_id",
        person="person_id",
        text=AGAIN,
        facts={"days": f"{ask.days('window_days')}", "name": "name", "times": "times", "last": "last"},
        sources="list_transform(rows, lambda x: row_ref(x))",
        implicated=("unit_named(station, 'handled')",),
    )
    return f"""
    WITH calls AS (
        SELECT DISTINCT ON (subject_person, coalesce(filled(call_no), CAST(called_on AS VARCHAR))) *
        FROM k_police_call
        WHERE subject_person IS NOT NULL AND called_on BETWEEN {ask.day} - {ask.days("window_days")} AND {ask.day}
        ORDER BY row_id
    ),
    again AS (
        SELECT subject_person AS person_id, max(name) AS name, count(*) AS times, max(called_on) AS last,
               list(row_id) AS rows, list(DISTINCT station) AS stations
        FROM calls GROUP BY subject_person
        HAVING count(*) >= {ask.limits.whole("calls")}
           AND NOT bool_or(regexp_matches(coalesce(disposition, ''), '{PAPER}') AND NOT regexp_matches(disposition, '{NO_PAPER}'))
    ),
    at_stations AS (SELECT * EXCLUDE (stations), unnest(stations) AS station FROM again)
    SELECT {columns} FROM at_stations
    """


IMAGE = Text(
    zh="{day}的{where}提到有人用弱者的形象收钱：“{words}”",
    en="{where} of {day} speaks of money made with the image of a vulnerable person: “{words}”",
)


UNSEEN_MOTHER = Text(
    zh="{day}的{where}提到网上展示的一家人，而孩子的母亲从不露面：“{words}”",
    en="{where} of {day} speaks of a family shown online whose mother never appears: “{words}”",
)


def income_from_an_image(ask: Ask) -> str:
    """Somebody told of money made by showing a vulnerable person. Reads what was told, never the platforms."""
    where = (
        "CASE kind WHEN 'row' THEN '12345工单' ELSE '群众反映' END",
        "CASE kind WHEN 'row' THEN 'A hotline order' ELSE 'A report' END",
    )
    paid, unseen = (
        finding(
            key="concat_ws(':', kind, id)",
            village="village",
            text=text,
            facts={"day": "day", "where": where, "words": "substr(body, 1, 80)"},
            sources="[{'kind': kind, 'id': id}]",
        )
        for text in (IMAGE, UNSEEN_MOTHER)
    )
    return f"""
    WITH told AS (
        SELECT 'report' AS kind, report_id AS id, village, received_on AS day, body FROM k_reports
        UNION ALL SELECT 'row', row_id, village, received_on, body FROM k_hotline
    )
    SELECT {unseen} FROM told
    WHERE regexp_matches(body, '{ON_SCREEN}')
      AND regexp_matches(body, '{MOTHER_UNSEEN}')
    UNION ALL
    SELECT {paid} FROM told
    WHERE regexp_matches(body, '{SHOWN}')
      AND regexp_matches(body, '{MONEY}')
      AND regexp_matches(body, '{HELPLESS}')
    """


UNDONE = Text(
    zh="工单{order}由{unit}答复“{reply}”，回访结果为“{said}”。",
    en="Order {order} was answered by {unit}: “{reply}”; asked afterwards, the person said: “{said}”.",
)


def said_done_but_not(ask: Ask) -> str:
    """A unit reports an order as done and the person asked afterwards says it was not."""
    columns = finding(
        key="coalesce(filled(order_no), CAST(row_id AS VARCHAR))",
        person="subject_person",
        village="village",
        text=UNDONE,
        facts={
            "order": "order_no",
            "unit": "assigned_to",
            "reply": "substr(reply, 1, 60)",
            "said": "satisfaction",
        },
        sources="[row_ref(row_id)]",
        implicated=("unit_named(assigned_to, 'handled')",),
    )
    return f"""
    SELECT {columns} FROM k_hotline
    WHERE regexp_matches(reply, '{DONE}')
      AND regexp_matches(satisfaction, '{UNDONE_WORDS}')
    """
