"""Whatever order the actions are called in, and whatever is tried between, a certificate rests on the lottery alone."""

from __future__ import annotations

import random

import pytest
from django.db import transaction
from django.db.models import F

from jiandi.core.estimate import rerun
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.assurance import actions, drawing
from jiandi.rooms.assurance.models import Certificate, Draw, Recheck
from jiandi.rooms.assurance.tests.test_draw import LATER, SEEN, answer, campaign  # noqa: F401
from jiandi.rooms.screening.models import Expected


def _tamper_unfrozen(draw: Draw) -> None:
    """Put another frame in the frozen one's place."""
    lines = [f"E{n}\t1" for n in range(1, SEEN)]
    Draw.objects.filter(pk=draw.pk).update(frame_sha256=sealing.store_file("\n".join(lines).encode()))


def _tamper_replaced(draw: Draw) -> None:
    """Put an easier claim in the place of one that was drawn."""
    one = draw.rechecks.order_by("pk").first()
    easier = Expected.objects.exclude(pk__in=draw.rechecks.values("expected")).first()
    if one and easier:
        Recheck.objects.filter(pk=one.pk).update(expected=easier, original=easier.visit_id)


def _tamper_left_out(draw: Draw) -> None:
    """Take one re-visit out of the sample."""
    one = draw.rechecks.filter(differences__isnull=True).order_by("-pk").first()
    if one:
        Recheck.objects.filter(pk=one.pk).delete()


def _tamper_chosen(draw: Draw) -> None:
    """Re-visit one claim more that nobody drew."""
    one = draw.rechecks.first()
    chosen = Expected.objects.exclude(pk__in=draw.rechecks.values("expected")).first()
    if one and chosen:
        Recheck.objects.create(
            draw=draw,
            expected=chosen,
            original=chosen.visit,
            ticket="999999",
            result="true",
            county=one.county,
        )


def _tamper_seed(draw: Draw) -> None:
    """Publish a seed that suits better."""
    Draw.objects.filter(pk=draw.pk, revealed_at__isnull=False).update(seed_revealed="1|2|3")


def _tamper_plan(draw: Draw) -> None:
    """Let the plan end with what happens to be there."""
    Draw.objects.filter(pk=draw.pk).update(plan=[[draw.rechecks.count(), 9]])


TAMPERING = (
    _tamper_unfrozen,
    _tamper_replaced,
    _tamper_left_out,
    _tamper_chosen,
    _tamper_seed,
    _tamper_plan,
)


def _moves(county, draw, dice):
    """What an overseer who wants a certificate can call, in any order; the last ones are out of order on purpose."""
    overseer, engine, at = county.officer("overseer"), county.officer("engine"), LATER

    def answer_some(share: float, **said: str) -> None:
        waiting = draw.rechecks.filter(result="waiting").select_related("task__dwelling", "expected__person")
        bodies = [answer(one, **said) for one in waiting if dice.random() < share]
        actions.receive_rechecks(by=engine, at=at, draw=draw, bodies=bodies)

    def answer_again() -> None:
        done = draw.rechecks.exclude(result="waiting").select_related("task__dwelling", "expected__person")
        bodies = [answer(one).replace(b"uuid:r", b"uuid:again") for one in done[:3]]
        actions.receive_rechecks(by=engine, at=at, draw=draw, bodies=bodies)

    return (
        lambda: answer_some(0.7),
        lambda: answer_some(1.0),
        lambda: answer_some(0.05, came="no"),
        answer_again,
        lambda: actions.extend_look(by=overseer, at=at, draw=draw),
        lambda: actions.close_waiting(by=overseer, at=at, draw=draw),
        lambda: actions.reveal_seed(by=overseer, at=at, draw=draw),
        lambda: actions.issue_certificate(by=overseer, at=at, draw=draw),
        lambda: actions.make_draw(by=overseer, at=at, campaign=draw.campaign),
        lambda: actions.throw_dice(by=overseer, at=at, draw=draw, dice="123456" * 4),
    )


def _walk(county, draw, dice, steps):
    """Call moves at random."""
    first: dict[int, str] = {}
    for _ in range(steps):
        draw = Draw.objects.select_related("campaign__place").get(pk=draw.pk)
        try:
            with transaction.atomic():
                dice.choice(_moves(county, draw, dice))()
        except Refused:
            pass
        for pk, result in draw.rechecks.exclude(result="waiting").values_list("pk", "result"):
            assert first.setdefault(pk, result) == result  # what is decided stays decided


def _holds(certificate: Certificate) -> None:
    """What must be so of every certificate, computed with the published script and nothing of the room's own."""
    draw = certificate.draw
    frame = sealing.read_file(draw.frame_sha256).decode().split("\n")
    ids = [line.split("\t")[0] for line in frame]
    sizes = [checked for checked, _ in draw.plan]
    rows = list(draw.rechecks.order_by("ticket"))
    assert rerun.complaints(frame, draw.seed_revealed, draw.frame_root, draw.seed_commitment) == []
    assert [f"E{row.expected_id}" for row in rows] == rerun.drawn(ids, draw.seed_revealed, len(rows))
    assert len(rows) == certificate.sampled and certificate.sampled in sizes
    assert not any(row.result == "waiting" for row in rows)
    bad = [row.result in ("false", "unresolved") for row in rows]
    assert certificate.false_found + certificate.unresolved == sum(bad)
    for size, allowed in draw.plan[: sizes.index(certificate.sampled)]:
        assert sum(bad[:size]) > allowed  # no earlier look had passed
    if certificate.claim_holds:
        assert sum(bad) <= dict(draw.plan)[certificate.sampled]


@pytest.fixture
def draw(county, campaign):  # noqa: F811
    return actions.hold_draw(
        at=county.WEDNESDAY, campaign=campaign, claim_per_10000=1000, throws=county.throws()
    )


class _Undo(Exception):
    """Takes a walk back."""


def test_no_sequence_of_actions_gives_a_certificate_that_does_not_hold(county, draw):
    issued = 0
    for seed in (2, 4, 6, 7):
        with pytest.raises(_Undo), transaction.atomic():
            _walk(county, draw, random.Random(seed), 18)
            for certificate in Certificate.objects.select_related("draw"):
                _holds(certificate)
                issued += 1
            raise _Undo
    assert issued


def test_rows_changed_behind_the_actions_give_no_certificate(county, draw):
    overseer = county.officer("overseer")
    bodies = [answer(one) for one in draw.rechecks.select_related("task__dwelling", "expected__person")]
    actions.receive_rechecks(by=county.officer("engine"), at=LATER, draw=draw, bodies=bodies)
    actions.reveal_seed(by=overseer, at=LATER, draw=draw)
    for tampering in TAMPERING:
        with pytest.raises(_Undo), transaction.atomic():
            tampering(draw)
            spoilt = Draw.objects.select_related("campaign__place").get(pk=draw.pk)
            with pytest.raises(Refused, match="logged and published"):
                actions.issue_certificate(by=overseer, at=LATER, draw=spoilt)
            raise _Undo
    assert actions.issue_certificate(by=overseer, at=LATER, draw=draw).claim_holds


def test_a_revisit_decided_is_not_decided_again(county, draw):
    one = draw.rechecks.select_related("task__dwelling", "expected__person", "draw").first()
    inspector = one.inspector
    actions.receive_recheck(by=inspector, at=county.THURSDAY, body=answer(one, came="no"))
    one.refresh_from_db()
    body = answer(one).replace(b"uuid:r", b"uuid:other")
    for call in (
        lambda: actions.receive_recheck(by=inspector, at=county.THURSDAY, body=body),
        lambda: actions.decide_recheck(
            by=inspector, at=county.THURSDAY, recheck=one, visit=one.visit, body=body
        ),
        lambda: actions.decide_rechecks(by=inspector, at=county.THURSDAY, draw=draw, bodies=[body]),
    ):
        with pytest.raises(Refused):
            call()
    one.refresh_from_db()
    assert one.result == "false"


def test_the_plan_of_a_draw_is_the_one_designed_for_its_frame(draw):
    assert [list(step) for step in draw.plan] == [
        [look.checked, look.accept] for look in drawing.plan_for(SEEN, 1000).looks
    ]
    assert Recheck.objects.filter(draw=draw, look=1).count() == draw.plan[0][0]
    assert not Draw.objects.filter(machine_commitment=F("seed_commitment")).exists()
