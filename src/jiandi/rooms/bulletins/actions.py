"""Draft, check, publish, correct."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from jiandi.core.values import Text
from jiandi.rooms.access.models import Checkpoint, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.bulletins import policies
from jiandi.rooms.bulletins.claims import QUERIES
from jiandi.rooms.bulletins.models import Bulletin, Claim, Correction
from jiandi.rooms.bulletins.states import State
from jiandi.rooms.places.models import Place


@action
def draft_bulletin(*, by: Officer, at: datetime, place: Place, title: Text | None = None) -> Bulletin:
    """Draft a bulletin from what can be established now; a query without data adds no sentence."""
    permit(by, "bulletins.draft_bulletin", at=at, place=place)
    number = (Bulletin.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    title = title or Text(
        zh=f"{place.name}保护排查通报第{number}期", en=f"{place.name}: protection bulletin {number}"
    )
    bulletin = Bulletin.objects.create(
        number=number,
        slug=f"{place.code[:6]}-{number}",
        title_zh=title.zh,
        title_en=title.en,
        place=place,
        drafted_by=by,
        drafted_at=at,
    )
    Claim.objects.bulk_create(_claims(bulletin, at))
    record(
        "bulletins.draft_bulletin", by=by, at=at, subject=bulletin, place=place, payload={"number": number}
    )
    return bulletin


def _claims(bulletin: Bulletin, at: datetime) -> list[Claim]:
    claims: list[Claim] = []
    for name, query in QUERIES.items():
        computed = query.compute(bulletin.place, at)
        if computed is None:
            continue
        claims.append(
            Claim(
                bulletin=bulletin,
                order=len(claims) + 1,
                query=name,
                values=computed.values,
                text_zh=computed.text.zh,
                text_en=computed.text.en,
                suppressed=computed.was_suppressed,
                parameters={"growing": sorted(computed.growing)},
            )
        )
    return claims


@action
def check_bulletin(*, by: Officer, at: datetime, bulletin: Bulletin) -> Bulletin:
    """Vouch for a draft one did not write, after holding it against every earlier bulletin."""
    permit(by, "bulletins.check_bulletin", at=at, place=bulletin.place)
    policies.check_move(bulletin, State.CHECKED)
    policies.check_someone_else(by, bulletin)
    policies.check_has_claims(bulletin)
    for claim in bulletin.claims.select_related("bulletin"):
        policies.check_against_earlier(claim, frozenset(claim.parameters.get("growing", ())))
    bulletin.state, bulletin.checked_by = State.CHECKED, by
    bulletin.save(update_fields=["state", "checked_by"])
    record("bulletins.check_bulletin", by=by, at=at, subject=bulletin, place=bulletin.place)
    return bulletin


@action
def publish_bulletin(*, by: Officer, at: datetime, bulletin: Bulletin) -> Bulletin:
    """Publish a checked bulletin with the size and root of the log that stands behind it."""
    permit(by, "bulletins.publish_bulletin", at=at, place=bulletin.place)
    policies.check_move(bulletin, State.PUBLISHED)
    checkpoint = Checkpoint.objects.order_by("-size").first()
    bulletin.state, bulletin.published_at, bulletin.published_by = State.PUBLISHED, at, by
    if checkpoint is not None:
        bulletin.log_size, bulletin.log_root = checkpoint.size, bytes(checkpoint.root).hex()
    bulletin.save(update_fields=["state", "published_at", "published_by", "log_size", "log_root"])
    record(
        "bulletins.publish_bulletin",
        by=by,
        at=at,
        subject=bulletin,
        place=bulletin.place,
        payload={"log_size": bulletin.log_size},
    )
    return bulletin


@action
def correct_bulletin(*, by: Officer, at: datetime, claim: Claim, text: Text) -> Correction:
    """Say publicly that a published sentence was wrong; the sentence stays readable."""
    permit(by, "bulletins.correct_bulletin", at=at, place=claim.bulletin.place)
    policies.check_move(claim.bulletin, State.CORRECTED)
    correction = Correction.objects.create(
        claim=claim, text_zh=text.zh, text_en=text.en, made_at=at, made_by=by
    )
    claim.bulletin.state = State.CORRECTED
    claim.bulletin.save(update_fields=["state"])
    record(
        "bulletins.correct_bulletin",
        by=by,
        at=at,
        subject=claim.bulletin,
        place=claim.bulletin.place,
        payload={"claim": claim.pk},
    )
    return correction
