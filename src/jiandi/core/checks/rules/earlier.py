"""R14c: what an earlier round returned of people it had not seen."""

from __future__ import annotations

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

SCREENED = Text(
    zh="{year}年的排查把{people}人报为“{result}”，而当时没有见到本人（{how}），此后也没有任何记录见到本人。",
    en="The round of {year} returned “{result}” of {people} people whom it did not see ({how}), and no record says that anybody"
    " has seen them since.",
)
ALL_WELL = "无异常|正常|无问题|没问题|良好"
NOT_MET = "未见|没见|没有见|代述|代答|转述|电话|未入户|没入户|门口"
"""What an earlier round wrote of somebody it did not meet."""


def screened_unseen(ask: Ask) -> str:
    """An earlier round returned that all is well with people it had not seen, and nobody has seen them since.

    One question for each village and whoever screened there in that year.
    """
    columns = finding(
        key="concat_ws(':', coalesce(CAST(village AS VARCHAR), '-'), coalesce(screener, '-'), year)",
        village="village",
        text=SCREENED,
        facts={"year": "year", "people": "people_count", "result": "result", "how": "how"},
        sources="list_transform(rows, lambda x: row_ref(x))",
        people="people",
        implicated=("officer_named(screener, 'visited')",),
    )
    return f"""
    WITH unmet AS (
        SELECT p.person_id, p.village, year(s.screened_on) AS year, s.screened_on, s.row_id, filled(s.screener) AS screener, s.result, s.seen_how
        FROM k_screening s JOIN k_people p ON p.person_id = s.subject_person
        WHERE s.screened_on <= {ask.day} AND regexp_matches(s.result, '{ALL_WELL}') AND regexp_matches(s.seen_how, '{NOT_MET}')
          AND (p.died_on IS NULL OR p.died_on > {ask.day})
    ),
    unseen AS (
        SELECT u.* FROM unmet u LEFT JOIN g_seen g USING (person_id) WHERE g.seen_on IS NULL OR g.seen_on < u.screened_on
    ),
    grouped AS (
        SELECT village, screener, year, count(DISTINCT person_id) AS people_count, list(person_id) AS people, list(row_id) AS rows,
               min(result) AS result, array_to_string(list_sort(list_distinct(list(seen_how))), '、') AS how
        FROM unseen GROUP BY village, screener, year
    )
    SELECT {columns} FROM grouped
    """
