"""Stage 3: what to do with an unsettled row, in rules a person can follow.

A row joins somebody automatically only on enough weight, a clear lead over the second best, and two independent pillars
of agreement; a veto sends it to a person instead. `twin.decide` is the readable twin of this page.
"""

from __future__ import annotations

import duckdb

from jiandi.core.linkage.comparisons import answered
from jiandi.core.linkage.settings import Settings

GAMMAS = ("id", "name", "birth", "sex", "village", "phone")
_NAME = answered("name", "same", "same_sound")
_DATE = answered("birth", "same", "lunar")
_NEAR_ID = answered("id", "same_valid", "one_edit")
_VILLAGE = answered("village", "same", "same_door")
_PHONE = answered("phone", "same")
_AGE = f"({answered('birth', 'same', 'same_new_year', 'lunar', 'one_edit')} or (vague_birth and years_apart <= 1))"


def pillar_sql(settings: Settings) -> str:
    """Return SQL that is true where two independent pillars agree on one pair of records."""
    # Twins are born on one day under neighbouring numbers and share a character of their names: a slip in one number brings them together.
    near_name = answered("name", "same", "same_sound", "look_alike")
    by_number = f"{_NEAR_ID} and ({_NAME} or ({_DATE} and {near_name} and not {answered('sex', 'else')}))"
    by_birth = f"{_NAME} and {_DATE} and ({_VILLAGE} or {_PHONE} or match_weight >= {settings.pillar_weight})"
    # A household shares its telephone and its door, and sisters are near in age: the same sound (英, 颖) does not tell them apart.
    by_phone = f"{answered('name', 'same')} and {_AGE} and {_PHONE} and {_VILLAGE}"
    ageless = f"({_AGE} or gamma_birth = -1) and not {answered('sex', 'else')}"
    by_door = f"{answered('name', 'same')} and {ageless} and {answered('village', 'same_door')}"
    return f"(({by_number}) or ({by_birth}) or ({by_phone}) or ({by_door}))"


def make_offers(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create lk_offers: for each unsettled row and entity the best pair, whether pillars agree, and whether sexes differ.

    Reads lk_candidates(record_id, other_id, entity, match_weight, years_apart, gammas); offers that a person has ruled
    out (lk_ruled) and the owner of an untrusted number are left out.
    """
    gammas = ", ".join(
        f"arg_max(gamma_{word}, match_weight * 1000000 - other_id % 1000) as gamma_{word}" for word in GAMMAS
    )
    con.execute(f"""create or replace temp table lk_offers as
      select record_id, entity, max(match_weight) as weight, coalesce(bool_or({pillar_sql(settings)}), false) as pillars,
        coalesce(bool_or({answered("sex", "else")} and not ({_NEAR_ID} and {_NAME})), false) as sex_differs, {gammas}
      from lk_candidates c
      anti join lk_ruled v using (record_id, entity)
      anti join lk_untrusted u on u.record_id = c.record_id and u.owner = c.entity
      group by record_id, entity""")


def decide(con: duckdb.DuckDBPyConnection, settings: Settings, into: str) -> None:
    """Create `into`(record_id, entity, weight, margin, verdict, reason, gammas) from lk_offers, one row per record.

    verdict: auto, review or new; reason: why it is not automatic.
    """
    gammas = ", ".join(f"gamma_{word}" for word in GAMMAS)
    con.execute(f"""create or replace temp table {into} as
      with ranked as (
        select *, row_number() over w as place, weight - lead(weight) over w as margin from lk_offers
        window w as (partition by record_id order by weight desc, entity)),
      best as (
        select b.*, r.duplicate_free, u.record_id is not null as untrusted, h.entity is not null as two_rows,
          row_number() over (partition by b.entity, case when r.duplicate_free then r.roster_id else b.record_id end
                             order by b.weight desc, b.record_id) as claim
        from ranked b join lk_residue r using (record_id)
        left join lk_untrusted u on u.record_id = b.record_id
        left join lk_holds h on h.entity = b.entity and h.roster_id = r.roster_id and r.duplicate_free
        where place = 1 and weight >= {settings.review_weight})
      select record_id, entity, weight, margin, case when reason is null then 'auto' else 'review' end as verdict, reason, {gammas}
      from (select *, case when untrusted then 'untrusted_id'
          when two_rows or (duplicate_free and claim > 1) then 'two_rows'
          when sex_differs then 'sex_differs'
          when weight < {settings.auto_weight} then 'low_weight'
          when margin < {settings.auto_margin} then 'close_second'
          when not pillars then 'thin_evidence' end as reason from best)""")
