"""Who lives with whom, as far as the rosters say: a hint for visits, never a reason to merge or split people.

A person with a row in the police register belongs to that row's household number; somebody without one joins the
household of their dwelling if the door has exactly one, else stands alone.
"""

from __future__ import annotations

import duckdb


def households(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str = "records",
    assignments: str = "assignments",
    into: str = "household_of",
) -> dict[str, int]:
    """Create `into`(entity, household, via) with one row per person; return how many by which way.

    household: a text key, stable for equal rows (register:<roster>:<number>, spouse and mother take over a register
    household, door:<village>:<numbers>, own:<entity>). via: register, spouse, parent, door, own. Of several register
    rows the newest counts.
    """
    con.execute(f"""create or replace temp table hh_rows as
      select a.entity, r.record_id, r.row_id, r.kind, r.role, r.village, r.door, r.reference_on, r.household_no
      from {records} r join {assignments} a using (record_id)""")
    con.execute("""create or replace temp table hh_register as
      select entity, arg_max('register:' || coalesce(village, 0)::varchar || ':' || household_no, (reference_on, -record_id)) as household
      from hh_rows where kind = 'hukou' and trim(household_no) <> '' group by entity""")
    con.execute(f"""create or replace temp table hh_kin as
      select entity, min(household) as household, min(via) as via from (
        {_kin_sql("marriage", "(1, 2)", "spouse")} union all {_kin_sql("birth", "(3, 4, 5)", "parent")})
      anti join hh_register using (entity) group by entity having count(distinct household) = 1""")
    con.execute("""create or replace temp table hh_door as
      select entity, min(household) as household from (
        select distinct l.entity, g.household
        from (select entity, village, door from hh_rows where door is not null and village is not null) l
        join (select village, door, min(household) as household
              from hh_rows join hh_register using (entity) where door is not null and village is not null
              group by village, door having count(distinct household) = 1) g using (village, door))
      group by entity having count(*) = 1""")
    con.execute(f"""create or replace table {into} as
      select p.entity, coalesce(r.household, k.household, d.household, 'own:' || p.entity) as household,
        case when r.entity is not null then 'register' when k.entity is not null then k.via
             when d.entity is not null then 'door' else 'own' end as via
      from (select distinct entity from {assignments}) p
      left join hh_register r using (entity) left join hh_kin k using (entity) left join hh_door d using (entity)""")
    for table in ("hh_rows", "hh_register", "hh_kin", "hh_door"):
        con.execute(f"drop table {table}")
    return dict(con.execute(f"select via, count(*) from {into} group by via order by via").fetchall())


def _kin_sql(kind: str, roles: str, via: str) -> str:
    """Return SQL giving a person without a register row the household of the other people in one row of a roster."""
    return f"""select m.entity, g.household, '{via}' as via
      from hh_rows m join hh_rows o on o.row_id = m.row_id and o.entity <> m.entity join hh_register g on g.entity = o.entity
      where m.kind = '{kind}' and m.role in {roles} and o.role in {roles}"""
