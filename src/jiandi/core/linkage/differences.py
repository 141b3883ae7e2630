"""What another model would change, worked out beside the register: nobody is moved by looking.

The same rows are linked twice under the same decisions. A person stands for the rows they have; the person of several rows who
were parted is taken to go with most of them, as in the register.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb

from jiandi.core.linkage.link import link
from jiandi.core.linkage.settings import Settings

_OF = {"before": ("df_before", "df_doubts_before"), "after": ("df_after", "df_doubts_after")}
_WORK = (
    "df_before",
    "df_after",
    "df_doubts_before",
    "df_doubts_after",
    "df_kept",
    "df_alone",
    "df_no_doubts",
)


def differences(
    con: duckdb.DuckDBPyConnection,
    *,
    before: Settings,
    after: Settings,
    records: str = "records",
    decisions: str | None = None,
) -> dict[str, Any]:
    """Return the counts of what `after` would change against `before`, for `records` as `clean` leaves them.

    rows_moved: rows that would be with another person; parted, joined: people who would lose rows to others, and people who would
    be put together with another; reviews_new, reviews_gone: pairs that would newly wait, and no longer. decided: what a model by
    itself would say against people's decisions (`alone_before`, `alone_after`); the decisions stand in either case (`broken` must be 0).
    Also people_before, people_after, records, canaries_merged (of `after`).
    """
    reports = {}
    for name, settings in (("before", before), ("after", after)):
        assignments, reviews = _OF[name]
        reports[name] = link(
            con,
            records=records,
            decisions=decisions,
            settings=settings,
            assignments=assignments,
            reviews=reviews,
        ).report
    found: dict[str, Any] = dict(_moved(con) | _waiting(con))
    found |= {
        "records": reports["after"]["records"],
        "people_before": reports["before"]["people"],
        "people_after": reports["after"]["people"],
        "reviews_before": reports["before"]["reviews"],
        "reviews_after": reports["after"]["reviews"],
        "canaries_merged": reports["after"]["canaries_merged"] or [],
        "decided": _against_decisions(con, records, decisions, before, after),
    }
    for table in _WORK:
        con.execute(f"drop table if exists {table}")
    return found


def _moved(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count rows and people that change place; df_kept(was, entity) says where each earlier person goes on."""
    con.execute("""create or replace temp table df_kept as
      with shared as (select b.entity as was, a.entity, count(*) as n
        from df_before b join df_after a using (record_id) group by all),
      goes as (select * from shared qualify row_number() over (partition by was order by n desc, entity = was desc, entity) = 1)
      select *, row_number() over (partition by entity order by n desc, was = entity desc, was) = 1 as stays from goes""")
    rows = con.execute("""with placed as (
        select b.record_id, b.entity as was, a.entity, k.was as who
        from df_before b join df_after a using (record_id) left join (from df_kept where stays) k on k.entity = a.entity)
      select count(*) filter (who is distinct from was),
        (select count(*) from (select was from placed group by was having count(distinct entity) > 1)),
        (select count(*) from (select distinct was from placed
          semi join (select entity from placed group by entity having count(distinct was) > 1) using (entity)))
      from placed""").fetchall()[0]
    return dict(zip(("rows_moved", "parted", "joined"), map(int, rows), strict=True))


def _waiting(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count pairs that would newly wait for a person, and pairs that would no longer."""
    pair = "select distinct least(record_id, candidate) as a, greatest(record_id, candidate) as b from {}"
    old, new = pair.format("df_doubts_before"), pair.format("df_doubts_after")
    rows = con.execute(f"""select (select count(*) from ({new} except {old})),
      (select count(*) from ({old} except {new}))""").fetchall()[0]
    return {"reviews_new": int(rows[0]), "reviews_gone": int(rows[1])}


def _against(con: duckdb.DuckDBPyConnection, assignments: str, decisions: str) -> int:
    """Count the decided pairs that a result puts otherwise."""
    return int(
        con.execute(f"""select count(*) from {decisions} d
          join {assignments} a on a.record_id = d.record_a join {assignments} b on b.record_id = d.record_b
          where (verdict = 'same') <> (a.entity = b.entity) and verdict in ('same', 'not_same')""").fetchall()[
            0
        ][0]
    )


def _against_decisions(
    con: duckdb.DuckDBPyConnection, records: str, decisions: str | None, before: Settings, after: Settings
) -> dict[str, int]:
    of = f"select count(*) from {decisions} where verdict in ('same', 'not_same')"
    decided = int(con.execute(of).fetchall()[0][0]) if decisions else 0
    found = {"decided": decided, "broken": 0, "alone_before": 0, "alone_after": 0}
    if not decided or decisions is None:
        return found
    found["broken"] = _against(con, "df_after", decisions)
    for name, settings in (("alone_before", before), ("alone_after", after)):
        link(
            con, records=records, settings=replace(settings, canaries=False), assignments="df_alone", reviews="df_no_doubts"
        )  # fmt: skip
        found[name] = _against(con, "df_alone", decisions)
    return found
