"""The end of a draw: the seed made public, what the re-visits allow computed, the certificate issued."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from jiandi.core.estimate.certify import Certificate as Computed
from jiandi.core.estimate.certify import certificate_sentence, certify_plan, frame_sentence
from jiandi.core.estimate.detection import imperfect_bound, imperfect_sentence
from jiandi.core.estimate.draw import check_seed
from jiandi.core.estimate.looks import plan_bound
from jiandi.core.estimate.samples import ProbabilitySample, Tally
from jiandi.core.values import Text
from jiandi.rooms.access import journal
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import drawing, known, policies, policies_known
from jiandi.rooms.assurance.actions_seeds import unsealed_seed
from jiandi.rooms.assurance.models import Certificate, Draw, Recheck
from jiandi.rooms.screening.actions import certify_campaign

OUT_OF_FRAME = (
    Text(zh="没有被报告为见到的人", en="people not claimed as seen"),
    Text(zh="不在任何名册、走访也未发现的人", en="people on no roster whom no visit found"),
    Text(zh="在外地的人、机构内的人、露宿的人", en="people away, in institutions or sleeping rough"),
)


@action
def reveal_seed(*, by: Officer, at: datetime, draw: Draw) -> Draw:
    """Publish the seed when the last look's re-visits are closed; from now on anybody can repeat the draw."""
    permit(by, "assurance.reveal_seed", at=at, place=draw.campaign.place)
    policies.check_not_revealed(draw)
    policies.check_all_done(draw)
    seed = unsealed_seed(draw)
    check_seed(seed, draw.seed_commitment)
    check_seed(seed.split("|")[0], draw.machine_commitment)
    draw.seed_revealed, draw.revealed_at = seed, at
    draw.save(update_fields=["seed_revealed", "revealed_at"])
    record(
        "assurance.reveal_seed", by=by, at=at, subject=draw, place=draw.campaign.place, payload={"seed": seed}
    )
    return draw


@action
def withdraw_certificate(
    *, by: Officer, at: datetime, certificate: Certificate, why: str, note: str
) -> Certificate:
    """Take a certificate back: it stays readable, and everybody who opens its code is told that it no longer stands."""
    place = certificate.draw.campaign.place
    permit(by, "assurance.withdraw_certificate", at=at, place=place)
    kept = policies.check_withdrawal(certificate, why, note)
    certificate.withdrawn_at, certificate.withdrawn_by = at, by
    certificate.withdrawn_why, certificate.withdrawn_note = why, kept
    fields = ["withdrawn_at", "withdrawn_by", "withdrawn_why", "withdrawn_note"]
    certificate.save(update_fields=fields)
    told = {"why": why, "note_length": len(kept)}  # its words may name somebody, and the log names nobody
    record("assurance.withdraw_certificate", by=by, at=at, subject=certificate, place=place, payload=told)
    return certificate


def current_look(draw: Draw) -> int:
    """Return the look whose re-visits were sent last."""
    return draw.rechecks.order_by("-look").values_list("look", flat=True).first() or 0


def tally_of(draw: Draw, look: int) -> Tally:
    """Return what the re-visits up to a look found."""
    counts: dict[str, int] = {}
    for result in draw.rechecks.filter(look__lte=look).values_list("result", flat=True):
        counts[result] = counts.get(result, 0) + 1
    return Tally(
        false_claims=counts.get(Recheck.Result.FALSE, 0),
        true_claims=counts.get(Recheck.Result.TRUE, 0),
        unresolved=counts.get(Recheck.Result.UNRESOLVED, 0),
        excused=counts.get(Recheck.Result.EXCUSED, 0),
    )


def sample_of(draw: Draw, look: int) -> ProbabilitySample:
    """Return the draw up to a look as a certificate or the meter takes it, with the sizes laid down for it."""
    sizes = tuple(int(checked) for checked, _ in draw.plan)
    return ProbabilitySample(
        f"draw-{draw.pk}", draw.frame_root, draw.seed_commitment, draw.frame_size, sizes[look - 1], sizes
    )


def compute(draw: Draw) -> Computed:
    """Return the certificate the re-visits so far allow.

    A draw that can no longer pass at any planned look stops there: more looks could only make it worse, and stopping
    for futility keeps the ordering on which the bound rests.
    """
    look, plan = current_look(draw), drawing.plan_of(draw)
    tallies = [tally_of(draw, number) for number in range(1, look + 1)]
    sample = sample_of(draw, look)
    if tallies[-1].counted_false > plan.looks[-1].accept:
        worst = plan_bound(plan, look - 1, tallies[-1].counted_false)
        best = plan_bound(plan, look - 1, tallies[-1].false_claims)
        return Computed(sample, tallies[-1], "failed", worst, best, plan.alpha, look, plan.limit)
    return certify_plan(plan, sample, tallies)


@action
def issue_certificate(*, by: Officer, at: datetime, draw: Draw) -> Certificate:
    """Issue the sentence the re-visits allow, whatever it says, with the log root behind it; the round is over then."""
    permit(by, "assurance.issue_certificate", at=at, place=draw.campaign.place)
    policies.check_all_done(draw)
    policies.check_revealed(draw)
    policies.check_not_issued(draw)
    policies.check_as_drawn(draw)
    policies.check_targets_done(draw)
    policies_known.check_known_done(draw)
    computed = compute(draw)
    certificate = _certificate(draw, computed, by, at)
    certify_campaign(by=by, at=at, campaign=draw.campaign)
    record(
        "assurance.issue_certificate",
        by=by,
        at=at,
        subject=certificate,
        place=draw.campaign.place,
        payload={
            "draw": draw.pk,
            "look": computed.look,
            "state": computed.state,
            "bound_per_10000": certificate.bound_per_10000,
        },
    )
    return certificate


def _certificate(draw: Draw, computed: Computed, by: Officer, at: datetime) -> Certificate:
    """Write the certificate down, inside the action that calls; without a bound it says the whole frame may be false."""
    sentence = certificate_sentence(computed)
    outside = frame_sentence(
        frame=Text(
            zh="本轮被报告为“见到本人”的名单", en="everybody this round claims to have seen in person"
        ),
        frozen_on=timezone.localdate(draw.made_at),
        out_of_frame=OUT_OF_FRAME,
    )
    latest, worst, best = journal.latest(), computed.per_10_000, computed.per_10_000_if_unresolved_true
    return Certificate.objects.create(
        draw=draw,
        look=computed.look,
        issued_at=at,
        issued_by=by,
        sampled=computed.sample.size,
        false_found=computed.tally.false_claims,
        unresolved=computed.tally.unresolved,
        excused=computed.tally.excused,
        bound_per_10000=10_000.0 if worst is None else worst,
        bound_without_unresolved_per_10000=10_000.0 if best is None else best,
        claim_holds=computed.state == "passed",
        sentence_zh=sentence.zh,
        sentence_en=sentence.en,
        not_covered_zh=outside.zh,
        not_covered_en=outside.en,
        villages=drawing.village_bounds(draw),
        streams=_streams(draw),
        detection=_detection(draw, computed),
        log_size=latest.size if latest else 0,
        log_root=bytes(latest.root).hex() if latest else "",
    )


def _detection(draw: Draw, computed: Computed) -> dict[str, object]:
    """What known cases showed of the inspectors, and what follows; nothing where nobody had agreed to be one."""
    shown = known.detection_of(draw)
    if shown is None:
        return {}
    plan = drawing.plan_of(draw)
    bound = imperfect_bound(plan, computed.look - 1, computed.tally.counted_false, shown)
    said = imperfect_sentence(plan, bound, shown)
    counts = {"seeded": shown.seeded, "noticed": shown.noticed, "unresolved": shown.unresolved}
    return {**counts, "least": shown.least, "bound": bound, "text_zh": said.zh, "text_en": said.en}


def _streams(draw: Draw) -> dict[str, object]:
    """What the targeted set adds, kept apart from the certificate's own sentence."""
    found = drawing.streams_of(draw)
    if found is None:
        return {}
    said = found.text()
    return {
        "targeted": found.targeted,
        "certain": found.certain,
        "bound": found.bound,
        "text_zh": said.zh,
        "text_en": said.en,
    }
