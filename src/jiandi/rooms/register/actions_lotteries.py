"""Automatic decisions drawn by lot and put before people who are not told what the machine made of them."""

from __future__ import annotations

import random
from datetime import datetime

import duckdb
import pyarrow as pa

from jiandi.core.linkage.sampling import draw_joins, draw_newcomers
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import dice
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import keepsake, shelf
from jiandi.rooms.register.models import LinkLottery, MatchRun, Record, ReviewPair

SIZE = 200  # of each kind, monthly
SAMPLED = "sampled"
Drawn = list[tuple[int, int, bool]]  # record, candidate, whether the machine joined them


@action
def draw_lottery(*, by: Officer, at: datetime, size: int = SIZE, seed: int | None = None) -> LinkLottery:
    """Draw automatic joins and automatic newcomers of the last run by lot, each as likely as any other of its kind.

    They wait among the doubtful pairs, mixed, without what the machine decided. Pairs a person was asked about before are not
    drawn from. The seed is kept, so that the draw can be repeated from the same run.
    """
    permit(by, "register.draw_lottery", at=at)
    if not 1 <= size <= 2000:
        raise Refused("register.lottery_size", _SIZE)
    run = MatchRun.objects.filter(is_whole=True).order_by("-pk").first()
    seed = int.from_bytes(dice.token_bytes(6), "big") if seed is None else seed
    with shelf.scratch() as scratch, duckdb.connect() as con:
        if run is None or not keepsake.open_for(con, run.report.get("kept"), scratch):
            raise Refused("register.nothing_kept", _NOTHING_KEPT)
        pairs, counts = _draw(con, size, seed)
    (lottery,) = LinkLottery.objects.bulk_create(
        [LinkLottery(run=run, seed=seed, drawn_at=at, drawn_by=by, **counts)]
    )
    entered = _enter(lottery, pairs)
    record(
        "register.draw_lottery",
        by=by,
        at=at,
        subject=lottery,
        place=by.unit.place,
        payload={"run": run.pk, "seed": seed, "drawn": entered, **counts},
    )
    return lottery


def _draw(con: duckdb.DuckDBPyConnection, size: int, seed: int) -> tuple[Drawn, dict[str, int]]:
    """Return what was drawn in an order of its own, and how many there were to draw from."""
    asked = ReviewPair.objects.values_list("record_id", "candidate_id")
    columns = {"record_id": pa.int64(), "candidate": pa.int64()}
    shelf.load(con, "asked", columns, asked.iterator(shelf.CHUNK))
    con.execute("""CREATE TEMP VIEW unasked AS FROM kept.assignments a ANTI JOIN asked q
        ON q.record_id = a.record_id AND q.candidate = a.entity""")
    joins_of = draw_joins(con, assignments="unasked", size=size, seed=seed, into="drawn")
    con.execute(f"""CREATE TEMP VIEW compared AS FROM {keepsake.STATE}_lk_scored s
        ANTI JOIN asked q ON q.record_id = s.left_id AND q.candidate = s.right_id
        ANTI JOIN asked p ON p.record_id = s.right_id AND p.candidate = s.left_id""")
    new = draw_newcomers(
        con, assignments="kept.assignments", scored="compared", reviews="kept.reviews", size=size, seed=seed, into="drawn_new"
    )  # fmt: skip
    rows: Drawn = [
        (a, b, True) for a, b in con.execute("SELECT record_id, entity FROM drawn ORDER BY 1").fetchall()
    ]
    rows += [
        (a, b, False)
        for a, b in con.execute("SELECT record_id, candidate FROM drawn_new ORDER BY 1").fetchall()
    ]
    random.Random(seed).shuffle(rows)
    return rows, {"joins_of": joins_of, "new_of": new["of"], "new_alone": new["alone"]}


def _enter(lottery: LinkLottery, pairs: Drawn) -> int:
    """List the pairs that still stand as the run left them; return how many."""
    numbers = {number for a, b, _ in pairs for number in (a, b)}
    named = Record.objects.select_related("village", "roster", "person").filter(among("pk", numbers))
    records = {one.pk: one for one in named}
    listed = []
    for a, b, is_join in pairs:
        one, other = records.get(a), records.get(b)
        if one is None or other is None or (one.person_id == other.person_id) != is_join:
            continue  # decided otherwise since
        village = one.village or other.village
        listed.append(
            ReviewPair(
                run=lottery.run, record=one, candidate=other, reason=SAMPLED, lottery=lottery, is_join=is_join,
                village=village, town_id=village.town_id if village else None, county_id=one.roster.county_id,
            )
        )  # fmt: skip
    return len(ReviewPair.objects.bulk_create(listed, batch_size=500))


_SIZE = Text(zh="每类抽1至2000条。", en="Draw 1 to 2,000 of each kind.")
_NOTHING_KEPT = Text(
    zh="上一次比对的结果已不在,无法抽签。请先比对一次。",
    en="What the last run worked out is no longer there to draw from. Link once, then draw.",
)
