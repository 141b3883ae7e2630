"""Stage 1: rows that carry the same valid identity number, and whether they may be one person.

The number alone is not believed: a row joins the number's owner only where name, sex, birth and village fit. Otherwise the
number is marked untrusted for that row, and it may never be given back to the owner by a machine (measured: without
this rule 26 of 32 wrong automatic links were such rows). `twin.judge_same_number` is the readable twin of `_rule_sql`.
"""

from __future__ import annotations

import duckdb

from jiandi.core.linkage.settings import ORDINARY

JOINS = ("same_name", "same_sound", "turned_name", "part_of_name", "other_name")
ALIASES = ("turned_name", "part_of_name", "other_name")


def _choose_owners(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_owner(idn, owner): the most believed row of each number; without an authority, the commonest name."""
    order = "kind_rank::bigint * 72057594037927936 + record_id"  # rank above any record id (2**56)
    con.execute(f"""create or replace temp table lk_group as
      select idn, min(kind_rank) as best, arg_min(record_id, {order}) as owner, min(name) <> max(name) as mixed
      from lk_records where idn is not null group by idn""")
    con.execute(f"""create or replace temp table lk_owner as
      select idn, coalesce(m.owner, g.owner) as owner from lk_group g left join (
        select idn, arg_min(record_id, (-bearers, record_id)) as owner
        from (select r.idn, r.record_id, count(*) over (partition by r.idn, r.name) as bearers
              from lk_records r semi join (select idn from lk_group where mixed and best = {ORDINARY}) using (idn))
        group by idn) m using (idn)""")
    con.execute("drop table lk_group")


def _rule_sql() -> str:
    """Return SQL naming the rule by which row r joins owner o, or 'conflict'."""
    letters = "list_sort(string_split({0}.name, ''))"
    turned = f"{letters.format('r')} = {letters.format('o')}"
    shared = "r.sur = o.sur and (r.g1 in (o.g1, o.g2) or r.g2 in (o.g1, o.g2))"
    births = "(r.birth_stated and o.birth_stated)"
    same_birth = f"({births} and (r.birth = o.birth or r.birth = o.birth_lun or r.birth_lun = o.birth))"
    against = f"({births} and not coalesce({same_birth}, false) and r.birth_year <> o.birth_year)"
    same_day = f"({births} and r.birth = o.birth)"
    two_rows = "(r.duplicate_free and o.duplicate_free and r.roster_id = o.roster_id)"
    other_sex = "coalesce(r.sex_stated and r.sex <> o.sex, false)"  # a sex read off the number says nothing of the row
    return f"""case when r.name is null or o.name is null then 'conflict'
      when r.name = o.name then 'same_name'
      when {other_sex} or {two_rows} then 'conflict'
      when r.py = o.py and not {against} then 'same_sound'
      when not coalesce({same_birth}, false) then 'conflict'
      when {turned} then 'turned_name'
      when not {same_day} then 'conflict'
      when ({shared}) and not kin_twin then 'part_of_name'
      when r.sex_stated and o.sex_stated and r.village = o.village and not any_twin then 'other_name'
      else 'conflict' end"""


def _judge_differing(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_differing: rows whose name is not their owner's, with the rule that joins them or 'conflict'."""
    con.execute("""create or replace temp table lk_apart as
      select r.record_id, w.owner, r.idn from lk_records r join lk_owner w using (idn)
      join lk_records o on o.record_id = w.owner
      where r.record_id <> w.owner and (r.name is null or r.name is distinct from o.name)""")
    con.execute("""create or replace temp table lk_twins as
      select a.record_id, bool_or(t.sur = r.sur) as kin_twin, true as any_twin
      from lk_apart a join lk_records r using (record_id) join lk_records o on o.record_id = a.owner
      join lk_records t on t.birth = r.birth and t.sex = r.sex and t.village = coalesce(r.village, o.village)
        and t.idn is distinct from r.idn and (t.kind_rank = 0 or t.idn is not null)
      group by a.record_id""")
    con.execute(f"""create or replace temp table lk_differing as
      select record_id, owner, idn, {_rule_sql()} as rule from (
        select a.record_id, a.owner, a.idn, r, o, coalesce(t.kin_twin, false) as kin_twin, coalesce(t.any_twin, false) as any_twin
        from lk_apart a join lk_records r using (record_id) join lk_records o on o.record_id = a.owner
        left join lk_twins t on t.record_id = a.record_id)""")
    con.execute("drop table lk_apart; drop table lk_twins")


def _group_conflicts(con: duckdb.DuckDBPyConnection) -> None:
    """Rows that share both an untrusted number and a name belong to one person, though not to the number's owner."""
    con.execute("""create or replace temp table lk_untrusted as
      select d.record_id, d.owner, arg_min(d.record_id, (case when r.birth_stated then 0 else 2 end
          + case when r.village is not null then 0 else 1 end)::bigint * 72057594037927936 + d.record_id)
        over (partition by d.idn, coalesce(r.name, d.record_id::varchar), coalesce(r.sex, 0)) as lead
      from lk_differing d join lk_records r using (record_id) where d.rule = 'conflict'""")


def settle_by_number(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_settled(record_id, entity, rule) and lk_untrusted(record_id, owner, lead) from the view lk_records.

    Every record with a usable number is in exactly one of: owners and joined rows (lk_settled), rows following the
    lead of their untrusted number (both), leads themselves (lk_untrusted only; they go on to stage 2).
    """
    _choose_owners(con)
    _judge_differing(con)
    _group_conflicts(con)
    con.execute("""create or replace temp table lk_settled as
      select r.record_id, w.owner as entity,
        case when r.record_id = w.owner then 'owner' else coalesce(d.rule, 'same_name') end as rule
      from lk_records r join lk_owner w using (idn) left join lk_differing d using (record_id)
      where d.rule is distinct from 'conflict'
      union all
      select record_id, lead, 'same_name' from lk_untrusted where record_id <> lead""")
    con.execute("drop table lk_differing; drop table lk_owner")


def stand_as_linked(con: duckdb.DuckDBPyConnection, homes: str) -> None:
    """Create lk_settled and an empty lk_untrusted from where records stand already, in place of `settle_by_number`."""
    con.execute(f"""create or replace temp table lk_settled as
      select record_id, entity, case when record_id = entity then 'owner' else 'same_name' end as rule from {homes}""")
    con.execute("create or replace temp table lk_untrusted (record_id bigint, owner bigint, lead bigint)")
