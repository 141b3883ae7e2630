"""Who lives with whom, as far as the rosters say: a hint for visits, never a reason to merge or split people.

A person with a row in the police register belongs to that row's household book. Somebody without one joins the only book at
their door; where the door has none, or several, those who share the door stand together. Who has no door stands alone.
A person's door is the one on the most trusted, then the latest row that names one. Kin named in one marriage or birth row are
not put together on that ground: on the invented county nine such pairs in ten did not live under one roof.
"""

from __future__ import annotations

import duckdb

from jiandi.core.linkage.golden import trust_sql


def households(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str = "records",
    assignments: str = "assignments",
    rosters: str | None = None,
    into: str = "household_of",
) -> dict[str, int]:
    """Create `into`(entity, household, via, door) with one row per person; return how many by which way.

    household: a text key, stable for equal rows: h:<county>:<number> for a book, d:<village>:<numbers> for a door, NULL for
    who stands alone. via: register, door, shared_door, alone; door: the person's own. Of several register rows the newest counts.
    `rosters`(roster_id, county) says whose books they are; without it all are one county's.
    """
    county = f"left join {rosters} using (roster_id)" if rosters else ""
    con.execute(f"""create or replace temp table hh_rows as
      select a.entity, r.record_id, r.row_id, r.kind, r.role, r.village, r.door, r.reference_on, r.household_no,
        {"county" if rosters else "0"} as county
      from {records} r join {assignments} a using (record_id) {county}""")
    con.execute("""create or replace temp table hh_register as
      select entity, arg_max('h:' || coalesce(county, 0)::varchar || ':' || trim(household_no), (reference_on, -record_id)) as household
      from hh_rows where kind = 'hukou' and trim(household_no) <> '' group by entity""")
    _doors(con)
    con.execute(f"""create or replace table {into} as
      select p.entity, coalesce(r.household, b.household, d.door) as household,
        case when r.entity is not null then 'register' when b.household is not null then 'door'
             when d.door is not null then 'shared_door' else 'alone' end as via, d.door
      from (select distinct entity from {assignments}) p
      left join hh_register r using (entity) left join hh_door d using (entity)
      left join hh_books b using (door)""")
    for table in ("hh_rows", "hh_register", "hh_door", "hh_books"):
        con.execute(f"drop table {table}")
    return dict(con.execute(f"select via, count(*) from {into} group by via order by via").fetchall())


def _doors(con: duckdb.DuckDBPyConnection) -> None:
    """Create hh_door (each person's door) and hh_books (the doors at which exactly one book lives)."""
    con.execute(f"""create or replace temp table hh_door as
      select entity, arg_min('d:' || village || ':' || door, ({trust_sql("kind")}, -epoch(reference_on), record_id)) as door
      from hh_rows where door is not null and village is not null group by entity""")
    con.execute("""create or replace temp table hh_books as
      select door, min(household) as household from hh_door join hh_register using (entity)
      group by door having count(distinct household) = 1""")
