"""People's decisions about pairs of records: they stand above every score until they are revoked.

"same" joins, "not_same" and "unsure" keep apart. A merge is never transitive by machine; only people's own "same"
decisions add up, and never against a "not_same".
"""

from __future__ import annotations

import duckdb


def load_decisions(con: duckdb.DuckDBPyConnection, decisions: str | None) -> None:
    """Create lk_same and lk_different(record_a, record_b) from `decisions`(record_a, record_b, verdict)."""
    source = decisions or "(select 0::bigint as record_a, 0::bigint as record_b, '' as verdict limit 0)"
    for table, verdicts in (("lk_same", "('same')"), ("lk_different", "('not_same', 'unsure')")):
        con.execute(f"""create or replace temp table {table} as
          select least(record_a, record_b) as record_a, greatest(record_a, record_b) as record_b, min(verdict) as verdict
          from {source} where verdict in {verdicts} and record_a <> record_b group by 1, 2 order by 1, 2""")


def expel_ruled_out(con: duckdb.DuckDBPyConnection) -> int:
    """Take rows out of a shared number's group where a person said "not the same"; the owner stays.

    They go on as rows whose number is not trusted. Returns how many left.
    """
    con.execute("""create or replace temp table lk_expelled as
      select distinct case when a.rule = 'owner' then record_b when b.rule = 'owner' then record_a
             else record_b end as record_id, a.entity as owner
      from lk_different join lk_settled a on a.record_id = record_a join lk_settled b on b.record_id = record_b
      where a.entity = b.entity""")
    con.execute("delete from lk_settled where record_id in (select record_id from lk_expelled)")
    con.execute(
        "update lk_untrusted set lead = record_id where record_id in (select record_id from lk_expelled)"
    )
    con.execute("""insert into lk_untrusted select record_id, owner, record_id as lead from lk_expelled
      where record_id not in (select record_id from lk_untrusted)""")
    return int(con.execute("select count(*) from lk_expelled").fetchall()[0][0])


def ruled_out(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_ruled(record_id, entity): the entities a person has kept an unsettled row from."""
    con.execute("""create or replace temp table lk_ruled as
      with both_ways as (select record_a as mine, record_b as theirs from lk_different
                         union select record_b, record_a from lk_different)
      select distinct mine as record_id, coalesce(s.entity, theirs) as entity
      from both_ways left join lk_settled s on s.record_id = theirs""")


def still_together(con: duckdb.DuckDBPyConnection, final: str) -> list[int]:
    """Return the rows to take out of `final`(record_id, entity) so that no pair kept apart by a person stays together."""
    found = con.execute(f"""select distinct case when record_b = b.entity then record_a else record_b end
      from lk_different join {final} a on a.record_id = record_a join {final} b on b.record_id = record_b
      where a.entity = b.entity and verdict = 'not_same' order by 1""")
    return [row[0] for row in found.fetchall()]


def _root(parent: dict[int, int], one: int) -> int:
    while parent.get(one, one) != one:
        parent[one] = parent.get(parent[one], parent[one])
        one = parent[one]
    return one


def join_decided(
    same: list[tuple[int, int]],
    different: list[tuple[int, int]],
    entity_of: dict[int, int],
    rank: dict[int, int],
) -> tuple[dict[int, int], int]:
    """Return where each joined entity goes (best rank, then lowest id, survives) and how many decisions contradict.

    A "same" that would bring two records together which a person keeps apart is not carried out.
    """
    parent: dict[int, int] = {}
    apart: dict[int, set[int]] = {}
    for a, b in different:
        apart.setdefault(entity_of[a], set()).add(entity_of[b])
        apart.setdefault(entity_of[b], set()).add(entity_of[a])
    refused = 0
    for a, b in same:
        one, two = _root(parent, entity_of[a]), _root(parent, entity_of[b])
        if one == two:
            continue
        if two in {_root(parent, other) for other in apart.get(one, ())}:
            refused += 1
            continue
        kept, gone = sorted((one, two), key=lambda entity: (rank.get(entity, 99), entity))
        parent[gone] = kept
        apart.setdefault(kept, set()).update(apart.get(gone, ()))
    moved = {one: _root(parent, one) for one in parent if _root(parent, one) != one}
    return moved, refused
