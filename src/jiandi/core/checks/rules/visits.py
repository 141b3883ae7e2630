"""Visits: R14 visits that cannot all have happened and people unseen, R15 named but not in the house, R28 too perfect."""

from __future__ import annotations

from jiandi.core.checks.bridges import MINUTE_DOORS, PHOTO_DOORS, repeated
from jiandi.core.checks.ground import kinds_told
from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

HANDS = ("officer_known(officer_id, 'visited')", "unit_known(unit_id, 'visited')")

SAME_PHOTO = Text(
    zh="同一张照片用于{doors}处住所的走访（{first}至{last}）。",
    en="One and the same photograph stands in the visits to {doors} dwellings, from {first} to {last}.",
)
SAME_MINUTE = Text(
    zh="{minute}这一分钟内，同一走访人在同一坐标报告了{doors}处住所的入户走访。",
    en="In the minute of {minute} one visitor reported visits inside {doors} dwellings from one and the same spot.",
)


def visits_that_cannot_be(ask: Ask) -> str:
    """Visits share a photograph, or too many doors were entered in one minute from one spot."""
    photo = finding(
        key="concat_ws(':', 'photo', officer_id, photo_sha)",
        village="village",
        text=SAME_PHOTO,
        facts={"doors": "doors", "first": "first", "last": "last"},
        sources="list_transform(visits, lambda x: visit_ref(x))",
        implicated=HANDS,
    )
    minute = finding(
        key="concat_ws(':', 'minute', officer_id, minute)",
        village="village",
        text=SAME_MINUTE,
        facts={"minute": ("strftime(minute, '%Y-%m-%d %H:%M')",) * 2, "doors": "doors"},
        sources="list_transform(visits, lambda x: visit_ref(x))",
        implicated=HANDS,
    )
    photo_doors, minute_doors = ask.limits.whole("photo_doors"), ask.limits.whole("minute_doors")
    # Visits that share so much lie there already, unless the county counts fewer doors as too many.
    is_there = photo_doors >= PHOTO_DOORS and minute_doors >= MINUTE_DOORS
    visits = "(FROM k_visits SEMI JOIN g_hollow USING (visit_id))" if is_there else "k_visits"
    return f"""
    WITH {repeated(photo_doors, minute_doors, visits)},
    photos AS (
        SELECT officer_id, photo_sha, min(v.village) AS village, min(v.unit_id) AS unit_id, list(visit_id) AS visits,
               count(DISTINCT s.dwelling_id) AS doors, CAST(min(v.started_at) AS DATE) AS first, CAST(max(v.started_at) AS DATE) AS last
        FROM same_photo s JOIN (SELECT visit_id, village, unit_id, started_at FROM k_visits) v USING (visit_id)
        GROUP BY officer_id, photo_sha HAVING count(DISTINCT s.dwelling_id) >= {ask.limits.whole("photo_doors")}
    ),
    minutes AS (
        SELECT officer_id, minute, at_lat, at_lon,
               min(v.village) AS village, min(v.unit_id) AS unit_id, list(visit_id) AS visits, count(DISTINCT s.dwelling_id) AS doors
        FROM same_minute s JOIN (SELECT visit_id, village, unit_id FROM k_visits) v USING (visit_id)
        GROUP BY officer_id, minute, at_lat, at_lon HAVING count(DISTINCT s.dwelling_id) >= {ask.limits.whole("minute_doors")}
    )
    SELECT {photo} FROM photos
    UNION ALL
    SELECT {minute} FROM minutes
    """


UNSEEN = Text(
    zh="{people}名在册对象（{files}）超过应见面的天数没有见到本人，其中{never}人没有任何记录见到本人。{calls}",
    en="Not seen in person within the days of their tier: {people} on rosters ({files}), {never} of them in no record at all. {calls}",
)
CALLS = (
    "CASE how WHEN 'hollow' THEN '同一走访人报告到过这些家门，但这些走访不可能都发生过。' WHEN 'called' THEN '同一走访人最近到过这些家门，没有见到。'"
    " ELSE '其间没有走访到过这些家门。' END",
    "CASE how WHEN 'hollow' THEN 'One visitor reports calls at their doors, and those visits cannot all have happened.'"
    " WHEN 'called' THEN 'One visitor called at their doors last and did not see them.' ELSE 'No visit has been to their doors since.' END",
)

FILES = (
    ("smd", "严重精神障碍", "severe mental disorder", "smd_days"),
    ("tekun", "特困", "destitute care", "care_days"),
    ("orphan", "孤儿", "orphan", "care_days"),
    ("lbc", "留守儿童", "left-behind children", "care_days"),
    ("disability", "残疾人", "disability", "care_days"),
    ("elderly", "高龄", "old-age allowance", "care_days"),
)
"""Files of people to be visited, the strictest rank first."""


def _listed(ask: Ask) -> str:
    """Everybody who is to be visited, by the strictest tier; of two alike the earlier row."""
    rosters = " UNION ALL ".join(
        f"SELECT subject_person AS person_id, {ask.days(limit)}::HUGEINT * {1 << 67} + {rank}::HUGEINT * {1 << 63} + row_id AS tier FROM k_{kind}"
        + (" WHERE grade IN ('1', '2')" if kind == "disability" else "")
        for rank, (kind, _, _, limit) in enumerate(FILES)
    )
    return f"""
    WITH strictest AS (SELECT person_id, min(tier) AS tier FROM ({rosters}) GROUP BY person_id)
    SELECT person_id, p.household_id, p.dwelling_id, p.village, CAST(tier // {1 << 67} AS INTEGER) AS days,
           CAST((tier // {1 << 63}) % 16 AS INTEGER) AS rank, CAST(tier % {1 << 63} AS BIGINT) AS row_id
    FROM strictest JOIN k_people p USING (person_id) WHERE p.died_on IS NULL OR p.died_on > {ask.day}"""


def nobody_saw(ask: Ask) -> str:
    """People on rosters of those to be visited were not seen in person within the days of their tier.

    One question for each village and whoever called at these doors last, with the list of the people: what has to be
    done is one round, and who reported the calls must not be the one who is asked.
    """
    said = [" ".join(f"WHEN {rank} THEN '{names[i]}'" for rank, names in enumerate(FILES)) for i in (1, 2)]
    columns = finding(
        key="concat_ws(':', coalesce(CAST(village AS VARCHAR), '-'), coalesce(CAST(officer_id AS VARCHAR), '-'))",
        village="village",
        text=UNSEEN,
        facts={
            "people": "people_count",
            "files": ("array_to_string(files_zh, '、')", "array_to_string(files_en, ', ')"),
            "never": "never",
            "calls": CALLS,
        },
        sources="list_filter(flatten(evidence), lambda x: x.id IS NOT NULL)",
        people="people",
        implicated=HANDS,
    )
    return f"""
    WITH unseen AS (
        SELECT l.*, s.seen_on, s.source FROM {ask.once("listed", _listed(ask))} l LEFT JOIN g_seen s USING (person_id)
        WHERE s.seen_on IS NULL OR s.seen_on < {ask.day} - l.days
    ),
    doors AS (
        SELECT person_id, visit_id FROM unseen JOIN k_sightings USING (person_id)
        UNION SELECT person_id, v.visit_id FROM unseen u JOIN k_visits v ON v.dwelling_id = u.dwelling_id
        UNION SELECT person_id, v.visit_id FROM unseen u JOIN k_visits v ON v.household_id = u.household_id
    ),
    last_call AS (
        SELECT u.person_id, CAST(max(sight(CAST(v.started_at AS DATE), 0, v.visit_id)) % {1 << 63} AS BIGINT) AS visit_id
        FROM unseen u JOIN doors d USING (person_id) JOIN k_visits v USING (visit_id)
        WHERE CAST(v.started_at AS DATE) BETWEEN {ask.day} - u.days AND {ask.day} GROUP BY u.person_id
    ),
    grouped AS (
        SELECT u.village, v.officer_id, min(v.unit_id) AS unit_id, count(*) AS people_count, list(u.person_id) AS people,
               count(*) FILTER (WHERE u.seen_on IS NULL) AS never,
               list_sort(list_distinct(list(CASE u.rank {said[0]} END))) AS files_zh,
               list_sort(list_distinct(list(CASE u.rank {said[1]} END))) AS files_en,
               list([row_ref(u.row_id), u.source, visit_ref(c.visit_id)]) AS evidence,
               CASE WHEN bool_or(h.visit_id IS NOT NULL) THEN 'hollow' WHEN bool_or(c.visit_id IS NOT NULL) THEN 'called' ELSE 'none' END AS how
        FROM unseen u LEFT JOIN last_call c USING (person_id) LEFT JOIN k_visits v USING (visit_id)
        LEFT JOIN g_hollow h ON h.visit_id = c.visit_id
        GROUP BY u.village, v.officer_id
    )
    SELECT {columns} FROM grouped
    """


NOT_LISTED = Text(
    zh="{name}出现在{kinds}类本地名册中，但不在户籍和流动人口登记中，走访也没有见到。",
    en="{name} appears in {kinds} kind(s) of local file, is in neither the household nor the residence register,"
    " and was not met on a visit.",
)
LEFT_OUT = Text(
    zh="{name}的住户在{day}走访时有人在家，但走访记录完全没有提到此人。",
    en="Somebody was at home when the household of {name} was visited on {day}, and the visit does not mention this person at all.",
)

LIVING_HERE = (
    "school",
    "clinic",
    "antenatal",
    "insurance",
    "lbc",
    "orphan",
    "left_behind",
    "hotline",
    "smd",
    "disability",
    "dibao",
)


# The last visit at which somebody of such a household opened the door; most visits name the door, few the household.
_ANSWERED = """
    members AS (SELECT p.household_id, p.dwelling_id FROM k_people p SEMI JOIN outside USING (household_id)),
    answered AS (
        SELECT household_id, max(visit_id) AS visit_id FROM (
            SELECT household_id, visit_id FROM k_visits SEMI JOIN outside USING (household_id) WHERE result = 'met'
            UNION
            SELECT m.household_id, v.visit_id FROM k_visits v JOIN members m USING (dwelling_id) WHERE v.result = 'met'
        ) ANTI JOIN g_hollow h USING (visit_id) GROUP BY household_id
    )"""


def named_but_not_in_the_house(ask: Ask) -> str:
    """School, clinic or another file knows somebody whom the census of the household does not."""
    listed = finding(
        key="person_id",
        person="person_id",
        text=NOT_LISTED,
        facts={"name": "name", "kinds": "kinds"},
        sources="[row_ref(first_row), row_ref(last_row)]",
    )
    left_out = finding(
        key="concat_ws(':', person_id, 'visit')",
        person="person_id",
        text=LEFT_OUT,
        facts={"name": "name", "day": "day"},
        sources="[row_ref(first_row), visit_ref(visit_id)]",
        implicated=HANDS,
    )
    kinds = ", ".join(f"'{kind}'" for kind in LIVING_HERE)
    return f"""
    WITH listed AS (
        SELECT person_id FROM g_known
        WHERE kinds & {kinds_told("hukou", "residence")} = 0 AND kinds & {kinds_told(*LIVING_HERE)} > 0
    ),
    -- Kin who say “away” show nobody; only one who was seen, or who by all accounts does not live here, is answered for.
    answered_for AS (
        SELECT person_id FROM k_witnessed SEMI JOIN listed USING (person_id) WHERE present IN ('seen', 'not_here', 'dead')
        UNION ALL SELECT person_id FROM g_seen WHERE seen_on >= {ask.day} - {ask.days("seen_days")}
    ),
    absent AS (
        SELECT p.person_id, p.household_id, p.name FROM k_people p SEMI JOIN listed USING (person_id)
        ANTI JOIN answered_for a ON a.person_id = p.person_id
        ANTI JOIN g_namesake m ON m.person_id = p.person_id WHERE p.died_on IS NULL
    ),
    named AS (
        SELECT person_id, count(DISTINCT kind) AS kinds, min(row_id) AS first_row, max(row_id) AS last_row
        FROM k_records SEMI JOIN absent USING (person_id) WHERE kind IN ({kinds}) AND role < 6 GROUP BY person_id
    ),
    numbered AS (SELECT person_id FROM g_known WHERE has_number),
    outside AS (SELECT a.*, n.* EXCLUDE (person_id) FROM named n JOIN absent a USING (person_id)),
    {_ANSWERED},
    unmentioned AS (
        SELECT o.*, v.visit_id, v.officer_id, v.unit_id, CAST(v.started_at AS DATE) AS day
        FROM outside o JOIN answered a USING (household_id) JOIN k_visits v USING (visit_id)
        ANTI JOIN k_sightings m ON m.visit_id = v.visit_id AND m.person_id = o.person_id
    )
    SELECT {left_out} FROM unmentioned
    UNION ALL
    SELECT {listed} FROM outside ANTI JOIN unmentioned USING (person_id)
    WHERE kinds >= {ask.limits.whole("kinds_of_record")} OR person_id NOT IN (SELECT person_id FROM numbered)
    """


TOO_PERFECT = Text(
    zh="{visits}次走访中只有{troubled}次报告有人不在、无人应答、有需求或名册外人员；其他回报平均每百次有{usual}次，这样少的偶然概率小于{chance}。",
    en="Of {visits} visits only {troubled} report anybody absent, a door unanswered, a need or somebody outside the list;"
    " the other returns have {usual} in a hundred, and the chance of so few is below {chance}.",
)


def too_perfect(ask: Ask) -> str:
    """A return has so few unanswered doors, absences, needs and unlisted people that chance cannot explain it.

    The bound is Chernoff's: chance of at most k of n at a share p <= exp(-n KL(k/n, p)); with none at all it is exact.
    """
    columns = finding(
        key="concat_ws(':', village, officer_id)",
        village="village",
        text=TOO_PERFECT,
        facts={
            "visits": "visits",
            "troubled": "troubled",
            "usual": "CAST(round(100 * usual) AS INTEGER)",
            "chance": f"{ask.limits['chance']}",
        },
        sources="list_transform(list_slice(list_sort(rows), 1, 50), lambda x: visit_ref(x))",
        implicated=HANDS,
    )
    return f"""
    WITH trouble AS (
        SELECT visit_id, true AS told FROM k_sightings
        WHERE filled(need) IS NOT NULL OR coalesce(danger, 'none') <> 'none' OR present <> 'seen' OR person_id IS NULL
        GROUP BY visit_id
    ),
    judged AS (
        SELECT v.visit_id, v.village, v.officer_id, v.unit_id, v.result <> 'met' OR coalesce(t.told, false) AS troubled
        FROM k_visits v LEFT JOIN trouble t USING (visit_id) WHERE v.village IS NOT NULL
    ),
    returns AS (
        SELECT village, officer_id, min(unit_id) AS unit_id, count(*) AS visits,
               count(*) FILTER (WHERE troubled) AS troubled, list(visit_id) AS rows
        FROM judged GROUP BY village, officer_id
    ),
    elsewhere AS (
        SELECT *, troubled / visits AS share,
               (sum(troubled) OVER () - troubled) / nullif(sum(visits) OVER () - visits, 0) AS others
        FROM returns
    ),
    -- DuckDB's least() passes over NULL: without other returns there is nothing to compare with.
    compared AS (SELECT *, least(0.999, others) AS usual FROM elsewhere WHERE others > 0),
    bounded AS (
        SELECT *, CASE WHEN share = 0 THEN 0 ELSE share * ln(share / usual) END
                  + (1 - share) * ln((1 - share) / (1 - usual)) AS divergence
        FROM compared
        WHERE share <= usual * {ask.limits["share_of_usual"]} AND visits >= {ask.limits.whole("least_visits")}
    )
    SELECT {columns} FROM bounded WHERE exp(-visits * divergence) < {ask.limits["chance"]}
    """
