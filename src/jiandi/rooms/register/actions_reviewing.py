"""Doubtful pairs decided by people: same, not the same, unsure; every decision stands until it is superseded."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import dice
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer, Wall
from jiandi.rooms.access.permissions import NOT_THERE, has_verb, has_wall_between, permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import peopling, policies
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.models import Judgement, Person, Record, ReviewPair
from jiandi.rooms.register.safeguarding import carry_safeguards
from jiandi.rooms.register.walling import carry_walls


@action
def decide_pair(
    *,
    by: Officer,
    at: datetime,
    pair: ReviewPair,
    verdict: str,
    reason: str,
    second_by: Officer | None = None,
    visit_note: str = "",
) -> Judgement:
    """Say whether two records are one person. It overrides every score, at once and in every later run, until undone.

    "Same" moves the record to the candidate's person; a person left without records points to where the last one went.
    `visit_note`: what somebody saw who went there, where the row may be a person nobody knows of.
    """
    pair = _locked(pair)
    permit(by, "register.decide_pair", at=at, place=place_of(pair))
    policies.check_reason(reason)
    policies.check_open(pair, verdict)
    for who in (by, second_by):
        check_no_tie(who, pair)
        check_no_wall(who, pair)
    policies.check_free(pair, by, at)
    policies.check_second(pair, verdict, by, second_by)
    policies.check_visit_note(pair, verdict, visit_note)
    _check_second_role(second_by, at)
    judgement = _judge(pair, verdict, reason, visit_note, by, second_by, at)
    if verdict == "same":
        _join(pair, judgement, at)
    elif verdict == "not_same" and _is_one_person(pair):
        _split(pair, at)
    ReviewPair.objects.filter(pk=pair.pk).update(state=verdict, held_by=None, held_until=None)
    record(
        "register.decide_pair",
        by=by,
        at=at,
        subject=pair,
        place=place_of(pair),
        wall=wall_of(pair),
        payload={
            "verdict": verdict,
            "record": pair.record_id,
            "candidate": pair.candidate_id,
            "second_by": second_by.pk if second_by else None,
            "visited": bool(visit_note.strip()),
        },
    )
    return judgement


@action
def undo_decision(
    *, by: Officer, at: datetime, pair: ReviewPair, reason: str, second_by: Officer | None = None
) -> ReviewPair:
    """Take a decision back: it stays on record as superseded, whose rows had come along have them again, the pair waits again.

    It needs two where more is held of the person than lists say, as merging did.
    """
    pair = _locked(pair)
    permit(by, "register.undo_decision", at=at, place=place_of(pair))
    for who in (by, second_by):
        check_no_tie(who, pair)
        check_no_wall(who, pair)
    policies.check_reason(reason)
    policies.check_open(pair, "open")
    live = Judgement.objects.filter(
        record=pair.record_id, candidate=pair.candidate_id, superseded_at__isnull=True
    )
    was_same = live.filter(verdict=Judgement.Verdict.SAME).first()
    if was_same is not None:
        policies.check_second(pair, "not_same", by, second_by)
        _check_second_role(second_by, at)
    live.update(superseded_at=at)
    if was_same is not None:
        _part(pair, was_same, at)
    ReviewPair.objects.filter(pk=pair.pk).update(state=ReviewPair.State.OPEN)
    record(
        "register.undo_decision",
        by=by,
        at=at,
        subject=pair,
        place=place_of(pair),
        wall=wall_of(pair),
        payload={
            "record": pair.record_id,
            "candidate": pair.candidate_id,
            "reason_length": len(reason),
            "second_by": second_by.pk if second_by else None,
        },
    )
    pair.refresh_from_db()
    return pair


def _locked(pair: ReviewPair) -> ReviewPair:
    """Return the pair as it stands now, held against a decision at the same moment."""
    around = (
        "record__roster",
        "record__village",
        "record__person",
        "candidate__roster",
        "candidate__person",
        "held_by",
    )
    return ReviewPair.objects.select_for_update(of=("self",)).select_related(*around).get(pk=pair.pk)


def check_no_tie(by: Officer | None, pair: ReviewPair) -> None:
    """Who declared a tie to somebody in the pair, or to their household, does not say who they are."""
    people = circle_of(by).people if by is not None else frozenset()
    if people & {pair.record.person_id, pair.candidate.person_id}:
        raise Refused("not_found", NOT_THERE)


def check_no_wall(by: Officer | None, pair: ReviewPair) -> None:
    """Who stands outside the wall of somebody in the pair is answered as if there were no such pair."""
    if by is not None and any(has_wall_between(by, wall) for wall in _walls_of(pair)):
        raise Refused("not_found", NOT_THERE)


def _walls_of(pair: ReviewPair) -> list[int]:
    people = (pair.record.person, pair.candidate.person)
    return [person.wall_id for person in people if person is not None and person.wall_id is not None]


def wall_of(pair: ReviewPair) -> Wall | None:
    """Return the wall behind which the event of a decision stands."""
    walls = _walls_of(pair)
    return Wall.objects.get(pk=walls[0]) if walls else None


def place_of(pair: ReviewPair) -> Place:
    return pair.village or pair.town or pair.county


def _check_second_role(second_by: Officer | None, at: datetime) -> None:
    if second_by is not None and not has_verb(second_by, "register.decide_pair", at):
        raise Refused(
            "register.second_role",
            Text(
                zh=f"{second_by.name}不是数据专员,不能作复核人。",
                en=f"{second_by.name} is not a data steward and cannot be the second.",
            ),
        )


def _judge(
    pair: ReviewPair,
    verdict: str,
    reason: str,
    visit_note: str,
    by: Officer,
    second_by: Officer | None,
    at: datetime,
) -> Judgement:
    Judgement.objects.filter(
        record=pair.record_id, candidate=pair.candidate_id, superseded_at__isnull=True
    ).update(superseded_at=at)
    (judgement,) = Judgement.objects.bulk_create(
        [
            Judgement(
                record_id=pair.record_id, candidate_id=pair.candidate_id, verdict=verdict, reason=reason.strip()[:300],
                score=pair.match_weight, made_by=by, second_by=second_by, made_at=at, visit_note=visit_note.strip()[:300],
            )
        ]
    )  # fmt: skip
    return judgement


def _join(pair: ReviewPair, judgement: Judgement, at: datetime) -> None:
    """Move the record's whole person into the candidate's; the emptied one points onwards and keeps its number."""
    source, target = pair.record.person_id, pair.candidate.person_id
    if source is None or target is None or source == target:
        return
    moved = list(Record.objects.filter(person_id=source).order_by("pk").values_list("pk", flat=True))
    Judgement.objects.filter(pk=judgement.pk).update(moved_from=source, moved=moved)
    Record.objects.filter(person_id=source).update(person_id=target, how="manual")
    Person.objects.filter(pk=source).update(superseded_by_id=target, record_count=0)
    carry_walls([(source, target)], at)
    carry_safeguards([(source, target)], at)
    Person.objects.filter(pk=target).update(record_count=Record.objects.filter(person_id=target).count())


def _is_one_person(pair: ReviewPair) -> bool:
    return pair.record.person_id is not None and pair.record.person_id == pair.candidate.person_id


def _split(pair: ReviewPair, at: datetime) -> None:
    """Part a record from the person a machine had wrongly made it one with, at once; the next run describes both from their rows.

    It gets a number of its own, or the one it had before if its person of then was merged into this one.
    """
    record, whole = pair.record, pair.record.person
    assert whole is not None  # `_is_one_person` holds
    former = Person.objects.filter(superseded_by=whole).order_by("-pk")
    mine = next((person for person in former if _named_alike(person, record)), None)
    if mine is None:
        village = record.village
        (mine,) = Person.objects.bulk_create(
            [
                Person(
                    pk=(Person.objects.aggregate(last=Max("pk"))["last"] or 0) + 1, code=dice.code(), name=record.name, sex=record.sex,
                    birth_on=record.birth_on, birth_precision="day" if record.birth_on else "", village=village,
                    town_id=village.town_id if village else None, county_id=record.roster.county_id, is_provisional=True,
                    kinds=record.roster.kind,
                )
            ]
        )  # fmt: skip
        peopling.continue_numbering(Person)
        carry_walls([(whole.pk, mine.pk)], at)
        carry_safeguards([(whole.pk, mine.pk)], at)
    Record.objects.filter(pk=record.pk).update(person=mine, how="manual")
    Person.objects.filter(pk=mine.pk).update(superseded_by=None, record_count=1)
    Person.objects.filter(pk=whole.pk).update(record_count=Record.objects.filter(person=whole).count())
    peopling.index([mine.pk])


def _part(pair: ReviewPair, was: Judgement, at: datetime) -> None:
    """Give the rows that had come along back to the person they were of; the next run settles the rest.

    A decision that moved nobody parts nobody, nor does one whose rows have gone on to somebody else since.
    """
    target = pair.candidate.person_id
    former, rows = was.moved_from, list(was.moved)
    if former is None:  # decided before it was kept which rows came along
        merged = Person.objects.filter(superseded_by_id=target).order_by("-pk")
        former = next((person for person in merged if _named_alike(person, pair.record)), None)
        rows = [pair.record_id]
    if target is None or former is None or former.superseded_by_id is None:
        return
    theirs = Record.objects.filter(among("pk", rows), person_id=target)
    if not theirs.exists():
        return
    theirs.update(person=former, how="manual")
    carry_walls([(target, former.pk)], at)
    carry_safeguards([(target, former.pk)], at)
    count = Record.objects.filter(person=former).count()
    Person.objects.filter(pk=former.pk).update(superseded_by=None, record_count=count)
    Person.objects.filter(pk=target).update(record_count=Record.objects.filter(person_id=target).count())
    peopling.index([former.pk])


def _named_alike(person: Person, record: Record) -> bool:
    return person.name == record.name or (person.birth_on is not None and person.birth_on == record.birth_on)
