"""A blind sweep from the lottery of areas to the sentence: draw, walk, compare, ask again, count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from jiandi.core.estimate.detection import known_row, known_sentence
from jiandi.core.estimate.draw import check_seed, draw_ids, freeze_frame, seed_commitment
from jiandi.core.estimate.sweep import BiasRow, SweepResult, erroneous_sentence, sweep_result, sweep_sentence
from jiandi.core.estimate.sweep_link import link_heard
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import actions_seeds as seeds
from jiandi.rooms.assurance import drawing, known, sweeping
from jiandi.rooms.assurance import policies_sweeps as policies
from jiandi.rooms.assurance.models import KnownCase, Sweep, SweepArea, SweepEntry, SweepPerson
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.actions import add_found_people
from jiandi.rooms.register.models import Person


@action
def open_sweep(*, by: Officer, at: datetime, place: Place, size: int) -> Sweep:
    """Freeze the areas of a county or township and commit to the machine's part of the seed; two people throw dice next."""
    permit(by, "assurance.open_sweep", at=at, place=place)
    policies.check_place(place)
    policies.check_no_open_sweep(place)
    frame = sweeping.areas_of(place)
    policies.check_size(size, len(frame.ids))
    part = seeds.machine_part()
    sweep = Sweep.objects.create(
        place=place,
        opened_at=at,
        opened_by=by,
        frame_size=len(frame.ids),
        frame_root=frame.root,
        frame_sha256=sealing.store_file("\n".join(frame.lines()).encode()),
        size=size,
        machine_commitment=seed_commitment(part),
        seed_sealed=b"",
        county_id=place.county_id or place.pk,
    )
    seeds.seal_seed(sweep, part)
    KnownCase.objects.filter(pk__in=known.fit(place=place)).update(sweep=sweep)
    told = {"areas": sweep.frame_size, "to_draw": size, "frame_root": sweep.frame_root}
    told["machine_commitment"] = sweep.machine_commitment
    record("assurance.open_sweep", by=by, at=at, subject=sweep, place=place, payload=told)
    return sweep


@action
def throw_sweep_dice(*, by: Officer, at: datetime, sweep: Sweep, dice: str) -> Sweep:
    """Take one person's dice; with the second person's the areas are drawn, each for an inspector from elsewhere."""
    sweeping.lock(sweep)  # two may throw at the same moment
    permit(by, "assurance.throw_dice", at=at, place=sweep.place)
    count, seed = seeds.take_throw(sweep, by=by, at=at, dice=dice)
    told: dict[str, object] = {"throw": count}
    if seed is not None:
        _draw_areas(sweep, seed, at)
        told |= {"seed_commitment": sweep.seed_commitment, "drawn": sweep.size}
    record("assurance.throw_sweep_dice", by=by, at=at, subject=sweep, place=sweep.place, payload=told)
    return sweep


def hold_sweep(*, at: datetime, place: Place, size: int, throws: Sequence[tuple[Officer, str]]) -> Sweep:
    """Hold the whole ceremony as its minutes say: the first person opens the sweep, then each throws."""
    sweep = open_sweep(by=throws[0][0], at=at, place=place, size=size)
    for officer, dice in throws:
        sweep = throw_sweep_dice(by=officer, at=at, sweep=sweep, dice=dice)
    return sweep


def _draw_areas(sweep: Sweep, seed: str, at: datetime) -> None:
    """Draw the areas from the frozen frame, inside the action that calls."""
    frame = freeze_frame(sealing.read_file(sweep.frame_sha256).decode().split("\n"))
    drawn = draw_ids(frame, seed, sweep.size)
    villages = Place.objects.in_bulk({sweeping.split(code)[0] for code in drawn})
    towns = {village.pk: village.town_id for village in villages.values()}
    chosen = sweeping.assign(drawn, towns, drawing.inspectors(at), f"sweep|{seed}")
    policies.check_outsiders(len(chosen), sweep.size)
    SweepArea.objects.bulk_create(_area(sweep, n, code, villages, chosen) for n, code in enumerate(drawn, 1))


def _area(
    sweep: Sweep, ticket: int, code: str, villages: dict[int, Place], chosen: dict[str, int]
) -> SweepArea:
    village, group = sweeping.split(code)
    place = villages[village]
    return SweepArea(
        sweep=sweep,
        ticket=ticket,
        village=place,
        group_no=group,
        town_id=place.town_id,
        county_id=sweep.county_id,
        inspector_id=chosen[code],
    )


@action
def note_resident(
    *,
    by: Officer,
    at: datetime,
    area: SweepArea,
    name: str,
    sex: int | None,
    birth_year: int | None,
    dwelling: Dwelling | None,
    was_met: bool,
) -> SweepPerson:
    """Enter one person who lives in the area, as met or as heard of next door; nothing of the register is shown."""
    permit(by, "assurance.sweep_area", at=at)  # the lottery gave them the place, which is never their own
    policies.check_own_area(by, area)
    clean = policies.check_resident(name, sex, birth_year, timezone.localdate(at).year)
    found = SweepPerson.objects.create(
        area=area,
        name=clean,
        sex=sex,
        birth_year=birth_year,
        dwelling=dwelling,
        was_met=was_met,
        entered_by=by,
    )
    record("assurance.note_resident", by=by, at=at, subject=found, payload={"area": area.pk, "met": was_met})
    return found


@action
def finish_area(*, by: Officer, at: datetime, area: SweepArea) -> SweepArea:
    """Say that every door of the area was walked; nothing can be added after."""
    permit(by, "assurance.sweep_area", at=at)  # the lottery gave them the place, which is never their own
    policies.check_own_area(by, area)
    area.swept_at = at
    area.save(update_fields=["swept_at"])
    record("assurance.finish_area", by=by, at=at, subject=area, payload={"people": area.people.count()})
    return area


@action
def link_sweep(*, by: Officer, at: datetime, sweep: Sweep) -> dict[str, int]:
    """Hold what was found against the register; what is in doubt goes back to the field. Returns counts."""
    sweeping.lock(sweep)
    permit(by, "assurance.link_sweep", at=at, place=sweep.place)
    policies.check_not_linked(sweep)
    policies.check_all_swept(sweep)
    links = link_heard(sweeping.heard(sweep), sweeping.on_rosters(sweep.county_id))
    people = SweepPerson.objects.in_bulk([link.heard for link in links])
    for link in links:
        one = people[link.heard]
        one.person_id, one.candidates = link.listed, list(link.candidates)
        one.state = SweepPerson.State.ON_LIST if link.listed else SweepPerson.State.ASK
    SweepPerson.objects.bulk_update(people.values(), ["person", "candidates", "state"], batch_size=500)
    met = {link.listed for link in links if link.listed}
    entries: list[SweepEntry] = []
    for area in sweep.areas.all():
        here, sealed = sweeping.registered_in(area), sweeping.registered_in(area, walled=True)
        SweepArea.objects.filter(pk=area.pk).update(listed=len(here) + len(sealed))
        entries += [SweepEntry(area=area, person_id=pk) for pk in here if pk not in met]
        # Nobody may ask at a door after somebody behind a wall: that would tell the village whom it protects.
        unresolved = SweepEntry.State.UNRESOLVED
        entries += [SweepEntry(area=area, person_id=pk, state=unresolved) for pk in sealed if pk not in met]
    SweepEntry.objects.bulk_create(entries, batch_size=500)
    sweep.linked_at = at
    sweep.save(update_fields=["linked_at"])
    counts = {
        "found": len(links),
        "on_list": len(met),
        "ask": len(links) - len(met),
        "not_found": len(entries),
    }
    record("assurance.link_sweep", by=by, at=at, subject=sweep, place=sweep.place, payload=counts)
    return counts


@action
def settle_found(
    *,
    by: Officer,
    at: datetime,
    found: SweepPerson,
    state: str,
    person: Person | None = None,
    reason: str = "",
) -> SweepPerson:
    """Write what was learnt at the door of somebody in doubt: on a list as this person, on none, or no resident.

    Who is on no list enters the register as found, so that somebody is expected to see them; the rosters that this
    sweep measures do not thereby gain anybody. What cannot be settled counts as on no list.
    Whom a colleague met leaves the count only when two others deny them, each with a reason.
    """
    sweeping.lock(found.area.sweep)
    found.refresh_from_db(from_queryset=SweepPerson.objects.select_for_update())
    area = found.area
    permit(by, "assurance.settle_sweep", at=at)
    policies.check_in_reach(by, area, at)
    policies.check_may_settle(by, area, found.state not in policies.ASKED)
    policies.check_no_tie(by, found.candidates)
    policies.check_not_denied_by(by, found)
    policies.check_answer(state, policies.FOUND_ANSWERS)
    if state == SweepPerson.State.NOT_RESIDENT and found.was_met:
        found.denials = [*found.denials, [by.pk, policies.check_denial(reason)]]
        state = SweepPerson.State.DENIED if len(found.denials) < policies.DENIERS else state
    if state == SweepPerson.State.NO_LIST:
        row = {
            "name": found.name, "sex": found.sex, "birth_year": found.birth_year, "village": area.village_id,
            "town": area.town_id, "county": area.county_id, "dwelling": found.dwelling_id, "household": None,
        }  # fmt: skip
        (person,) = add_found_people(by=by, at=at, rows=[row])
    found.state, found.person, found.settled_by, found.settled_at = state, person, by, at
    found.save(update_fields=["state", "person", "denials", "settled_by", "settled_at"])
    if person is not None and state == SweepPerson.State.ON_LIST:
        SweepEntry.objects.filter(
            area__sweep=area.sweep_id, person=person, state=SweepEntry.State.ASK
        ).delete()  # found after all: there is nothing left to ask
    told = {"state": state, "person": person.pk if person else None, "reason_given": bool(reason.strip())}
    record("assurance.settle_found", by=by, at=at, subject=found, payload=told)
    return found


@action
def settle_entry(*, by: Officer, at: datetime, entry: SweepEntry, state: str) -> SweepEntry:
    """Write what was learnt of an entry of the register whom the sweep did not find: lives there, or does not."""
    sweeping.lock(entry.area.sweep)
    entry.refresh_from_db(from_queryset=SweepEntry.objects.select_for_update())
    permit(by, "assurance.settle_sweep", at=at)
    policies.check_in_reach(by, entry.area, at)
    policies.check_may_settle(by, entry.area, entry.state != SweepEntry.State.ASK)
    policies.check_no_tie(by, [entry.person_id])
    policies.check_answer(state, policies.ENTRY_ANSWERS)
    entry.state, entry.settled_by, entry.settled_at = state, by, at
    entry.save(update_fields=["state", "settled_by", "settled_at"])
    record("assurance.settle_entry", by=by, at=at, subject=entry, payload={"state": state})
    return entry


@action
def close_sweep(*, by: Officer, at: datetime, sweep: Sweep) -> Sweep:
    """Count, write the sentence, make the seed public, and blank the names of everybody a list knows; whom one met and another denied stays."""
    sweeping.lock(sweep)
    permit(by, "assurance.close_sweep", at=at, place=sweep.place)
    policies.check_settled(sweep)
    walled_since = SweepEntry.objects.filter(area__sweep=sweep, state=SweepEntry.State.ASK)
    walled_since.update(state=SweepEntry.State.UNRESOLVED)  # the only ones the check lets stand open
    result = sweep_result(sweeping.sample_of(sweep), sweeping.swept_areas(sweep))
    seed = seeds.unsealed_seed(sweep)
    check_seed(seed, sweep.seed_commitment)
    said, wrong = sweep_sentence(result), erroneous_sentence(result)
    sweep.seed_revealed, sweep.closed_at = seed, at
    sweep.figures = _figures(result) | _tested(sweep, result)
    sweep.sentence_zh, sweep.sentence_en = said.zh, said.en
    sweep.erroneous_zh, sweep.erroneous_en = wrong.zh, wrong.en
    sweep.save()
    settled = SweepPerson.objects.filter(area__sweep=sweep).exclude(state=SweepPerson.State.NO_LIST)
    settled.filter(denials=[]).update(name="", birth_year=None, sex=None, candidates=[])
    told = {"found": result.found, "on_no_list": result.on_no_list, "erroneous": result.erroneous_found}
    record("assurance.close_sweep", by=by, at=at, subject=sweep, place=sweep.place, payload=told)
    return sweep


def _tested(sweep: Sweep, result: SweepResult) -> dict[str, Any]:
    """Settle the known cases, inside the action that calls, and say what they showed; nothing where none was drawn."""
    results = known.results_of(sweep)
    for result_ in set(results.values()):
        chosen = [pk for pk, one in results.items() if one == result_]
        KnownCase.objects.filter(pk__in=chosen).update(result=result_)
    shown = known.swept(results)
    if shown is None:
        return {}
    row = known_row(result, shown)
    said = known_sentence(row, shown)
    told = {"seeded": shown.seeded, "noticed": shown.noticed, "text_zh": said.zh, "text_en": said.en}
    return {"known": told | ({"row": _row(row)} if row else {})}


def _row(row: BiasRow) -> list[float]:
    shares = (row.coverage.value, row.coverage.low, row.coverage.high)
    return [row.relative, *(round(10_000 * share) for share in shares)]


def _figures(result: SweepResult) -> dict[str, Any]:
    """What is kept of a result: the shares in ten-thousandths, so that the page rounds and nothing else does."""
    return {
        "found": result.found,
        "on_no_list": result.on_no_list,
        "listed": result.listed,
        "erroneous": result.erroneous_found,
        "unresolved": result.unresolved,
        "areas_with_misses": result.areas_with_misses,
        "swept_with_misses": result.swept_with_misses,
        "bias": [_row(row) for row in result.bias],
    }
