"""Run after run of deliveries, corrections, withdrawals, merges and splits: each looks at what changed, and ends as if it had looked at everything."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from jiandi.rooms.register import actions
from jiandi.rooms.register.models import (
    Household,
    Judgement,
    MatchRun,
    Membership,
    Person,
    Record,
    Relation,
    ReviewPair,
    Roster,
)
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL, DISABLED, TOWN = "明溪县民政局", "明溪县残疾人联合会", "清溪镇人民政府"
GIVEN = "安波晨丹恩芳戈虹英佳康蓝梅宁欧"
SOUND_ALIKE = {"芳": "方", "英": "应", "梅": "媒", "佳": "家"}
Step = Callable[[random.Random, datetime], None]
PLACES = ("清溪镇石桥村第{}组{}号", "清溪镇竹园村第{}组{}号", "柳树镇白果村第{}组{}号")
# Whatever a run derives. Codes and numbers are compared by themselves: they are issued, not derived.
DERIVED = {
    Person: ("pk", "name", "sex", "birth_on", "birth_precision", "died_on", "phone", "address", "household__key", "dwelling_id",
             "village_id", "town_id", "county_id", "superseded_by_id", "is_provisional", "kinds", "record_count", "closed_at"),
    Record: ("pk", "person_id"),
    Household: ("key", "village_id", "town_id", "county_id", "dwelling_id", "head_name", "size"),
    Membership: ("person_id", "group", "roster_id", "record_id", "detail", "starts_on", "ends_on"),
    Relation: ("person_id", "other_id", "kind", "row_id"),
    ReviewPair: ("record_id", "candidate_id", "state"),
}  # fmt: skip


def crowd() -> list[dict[str, str]]:
    """Some people of three villages, several of one name, two of one day, some at one door."""
    dice, made = random.Random(7), []
    for n in range(36):
        sex = n % 2
        born = date(1940 + dice.randrange(60), 1 + dice.randrange(12), 1 + dice.randrange(28))
        name = f"{'见柳'[n % 3 // 2]}{GIVEN[n % 11]}{GIVEN[(n * 7) % 13] if n % 4 else ''}"
        number = cast.number_of(f"990101{born:%Y%m%d}{n:02}{1 - sex}")
        made.append(
            {"name": name, "sex": "女男"[sex], "born": f"{born:%Y%m%d}", "number": number, "book": f"H{n // 3}",
             "address": PLACES[n // 3 % 3].format(n // 9, n // 3), "phone": f"199{n:08}"}
        )  # fmt: skip
    return made


CROWD = crowd()


def hukou(lot: random.Random, share: float) -> bytes:
    rows = [
        [one["book"], one["name"], one["sex"], one["born"], one["number"], "户主" if n % 3 == 0 else "子", one["address"], one["phone"]]
        for n, one in enumerate(CROWD)
        if lot.random() < share
    ]  # fmt: skip
    return cast.hukou(*rows)


def dibao(lot: random.Random, share: float) -> bytes:
    """Clerks forget numbers, write a relative's, hear a name, move people, and name who draws the money."""
    rows = []
    for n, one in enumerate(CROWD):
        if lot.random() >= share:
            continue
        number = lot.choice((one["number"], one["number"], "", CROWD[n // 3 * 3]["number"]))
        name = "".join(SOUND_ALIKE.get(c, c) if lot.random() < 0.3 else c for c in one["name"])
        address = lot.choice((one["address"], one["address"], PLACES[0].format(0, 0), ""))
        payee = lot.choice(("", CROWD[n // 3 * 3]["name"]))
        payee_number = CROWD[n // 3 * 3]["number"] if payee else ""
        rows.append([name, number, one["sex"], "A", str(300 + n), "2024-05", address, payee, payee_number])
    return cast.dibao(*rows)


def left(lot: random.Random, share: float) -> bytes:
    rows = []
    for n, one in enumerate(CROWD):
        if lot.random() < share:
            age = str(2026 - int(one["born"][:4]))
            phone, address = lot.choice((one["phone"], "")), lot.choice((one["address"], "石桥村"))
            rows.append([str(n), "独居老人", "一组", one["name"], one["sex"], age, phone, address, ""])
    return cast.left(*rows)


LISTS = ((hukou, "明溪县公安局"), (dibao, CIVIL), (dibao, DISABLED), (left, TOWN))


def deliver(lot: random.Random, day: datetime) -> None:
    write, unit = lot.choice(LISTS)
    share = 0.95 if write is hukou else 0.3
    cast.deliver(write(lot, share), unit=unit, at=day, reference_on=day.date(), name=f"{day}.csv")


def withdraw(lot: random.Random, day: datetime) -> None:
    rosters = list(Roster.objects.filter(state="read").exclude(kind="hukou").order_by("pk"))
    for roster in rosters and [lot.choice(rosters)]:
        actions.withdraw_roster(by=people.officer("steward"), at=day, roster=roster, reason="报错")


def meet(lot: random.Random, day: datetime) -> None:
    village, one = people.Place.objects.get(pk=people.VILLAGE_A1), lot.choice(CROWD)
    actions.add_found_person(
        by=people.officer("grid_a1"), at=day, name=one["name"], sex=1, birth_year=int(one["born"][:4]), village=village
    )  # fmt: skip


def split(lot: random.Random, day: datetime) -> None:
    joined = list(Record.objects.filter(how__in=("id", "alias", "auto"), roster__state="read").order_by("pk"))
    for record in joined and [lot.choice(joined)]:
        other = Record.objects.filter(person=record.person).exclude(pk=record.pk).order_by("pk").first()
        if other and not Judgement.objects.filter(record=record, candidate=other).exists():
            Judgement.objects.create(
                record=record, candidate=other, verdict="not_same", reason="两份原件", made_by=people.officer("steward"), made_at=day
            )  # fmt: skip


def decide(lot: random.Random, day: datetime) -> None:
    pairs = list(ReviewPair.objects.filter(state="open").order_by("pk"))
    for pair in pairs and [lot.choice(pairs)]:
        actions.decide_pair(
            by=people.officer("steward"), at=day, pair=pair, verdict=lot.choice(("same", "same", "not_same", "unsure")),
            reason="核对原件", second_by=cast.second(), visit_note="走访见到本人",
        )  # fmt: skip


def undo(lot: random.Random, day: datetime) -> None:
    pairs = list(ReviewPair.objects.filter(state__in=("same", "not_same")).order_by("pk"))
    for pair in pairs and [lot.choice(pairs)]:
        actions.undo_decision(
            by=people.officer("steward"), at=day, pair=pair, reason="看错了", second_by=cast.second()
        )


STEPS = st.lists(
    st.tuples(
        st.sampled_from([deliver, deliver, withdraw, decide, decide, undo, split, meet]), st.integers(0, 999)
    ),
    min_size=2,
    max_size=4,
)


def derived() -> dict[str, list[tuple[object, ...]]]:
    """Everything a run derives, in an order of its own."""
    return {
        model.__name__: sorted(model.objects.values_list(*columns), key=repr)
        for model, columns in DERIVED.items()
    }


def groups() -> dict[int, frozenset[int]]:
    """Who has which rows."""
    found: dict[int, set[int]] = {}
    for record, person in Record.objects.filter(roster__state__in=("read", "standing")).values_list(
        "pk", "person_id"
    ):
        found.setdefault(person, set()).add(record)
    return {person: frozenset(rows) for person, rows in found.items()}


def work_everything_out(day: datetime) -> MatchRun:
    """A door somewhere else makes the next run describe everybody anew, by the measure that stands."""
    people.dwelling(village=people.VILLAGE_B2, number=100 + MatchRun.objects.count())
    return cast.link(at=day)


@settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(STEPS)
@example(
    [(deliver, 29), (decide, 575)]
)  # what was said of a number that a decision emptied ends with the next run
def test_a_run_of_changes_leaves_what_working_everything_out_leaves(steps: list[tuple[Step, int]]) -> None:
    with transaction.atomic():
        lot, ways, codes = random.Random(1), set(), {}
        for at, (write, unit) in enumerate(LISTS):
            cast.deliver(write(lot, 0.95 if write is hukou else 0.3), unit=unit, name=f"首{at}.csv")
        people.dwelling(number=1)
        cast.link()
        for at, (step, number) in enumerate(steps):
            day, before = people.MONDAY + timedelta(days=2 * at + 3), groups()
            codes |= dict(Person.objects.values_list("pk", "code"))
            step(random.Random(number), day)
            run = cast.link(at=day + timedelta(hours=2))
            now, looked = groups(), derived()
            again = work_everything_out(day + timedelta(hours=4))

            assert again.report["way"] in ("whole", "anew")
            if again.report["way"] == "whole":
                assert derived() == looked, (at, step, number, run.report["way"])
            ways.add(run.report["way"])
            stayed = {person for person, rows in before.items() if rows in now.values()}
            assert all(now.get(person) == before[person] for person in stayed), "a number moved"
            assert codes.items() <= dict(Person.objects.values_list("pk", "code")).items()
        assert "changes" in ways
        transaction.set_rollback(True)


def test_a_run_reads_no_more_than_what_changed() -> None:
    lot = random.Random(1)
    cast.deliver(hukou(lot, 1.0))
    cast.link()
    cast.deliver(dibao(lot, 0.1), unit=CIVIL, name="低保.csv")

    run = cast.link(at=people.WEDNESDAY)

    assert run.report["way"] == "changes"
    assert run.report["added"] == Record.objects.filter(roster__kind="dibao").count()
    assert run.report["removed"] == 0


def test_a_decision_alone_is_carried_out_by_a_run_of_changes() -> None:
    lot = random.Random(3)
    cast.deliver(hukou(lot, 1.0))
    cast.deliver(dibao(lot, 0.4), unit=CIVIL, name="低保.csv")
    cast.link()
    pair = ReviewPair.objects.filter(state="open").order_by("pk").first()
    Judgement.objects.create(
        record_id=pair.record_id, candidate_id=pair.candidate_id, verdict="same", reason="核对原件",
        made_by=people.officer("steward"), made_at=people.TUESDAY,
    )  # fmt: skip

    run = cast.link(at=people.WEDNESDAY)

    assert (run.report["way"], run.report["added"], run.report["removed"]) == ("changes", 0, 0)
    one, other = (Record.objects.get(pk=pk).person_id for pk in (pair.record_id, pair.candidate_id))
    assert one == other
