"""The written permission without which nothing is linked: recorded with its signed document, ended early, looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiandi.core.rosters.kinds import catalogue
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import policies, policies_authority
from jiandi.rooms.register.models_authority import Authorisation


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed document as it was scanned or photographed: its file name and its bytes."""

    name: str
    content: bytes


@action
def authorise(
    *,
    by: Officer,
    at: datetime,
    number: str,
    issued_by: str,
    signed_by: str,
    signed_office: str,
    purpose: str,
    starts_on: date,
    ends_on: date,
    kinds: Sequence[str] = (),
    document: Paper | None = None,
) -> Authorisation:
    """Record who permitted the departments' rosters to be compared, for what, which kinds, and how long.

    `kinds`: none means all there are. Without a `document` the record says so until one is attached.
    """
    permit(by, "register.authorise", at=at)
    policies_authority.check_period(starts_on, ends_on)
    policies_authority.check_signer(issued_by=issued_by, signed_by=signed_by, signed_office=signed_office)
    policies.check_reason(purpose)
    _check_kinds(kinds)
    _check_number(number)
    (authorisation,) = Authorisation.objects.bulk_create(
        [
            Authorisation(
                number=number, issued_by=issued_by.strip(), signed_by=signed_by.strip(),
                signed_office=signed_office.strip(), purpose=purpose, kinds=list(kinds), starts_on=starts_on,
                ends_on=ends_on, **(_kept(document, at) if document else {}),
            )
        ]
    )  # fmt: skip
    record(
        "register.authorise",
        by=by,
        at=at,
        subject=authorisation,
        place=by.unit.place,
        payload={
            "number": number,
            "from": starts_on,
            "to": ends_on,
            "kinds": list(kinds),
            "signed": [authorisation.issued_by, authorisation.signed_office, authorisation.signed_by],
            "document": authorisation.document_sha256,
        },
    )
    return authorisation


@action
def attach_document(*, by: Officer, at: datetime, authorisation: Authorisation, document: Paper) -> None:
    """Attach the signed document to a permission recorded without one; once, and never another."""
    permit(by, "register.attach_document", at=at)
    authorisation = Authorisation.objects.select_for_update().get(pk=authorisation.pk)
    policies_authority.check_no_document(authorisation)
    kept = _kept(document, at)
    Authorisation.objects.filter(pk=authorisation.pk).update(**kept)
    payload = {"document": kept["document_sha256"], "bytes": kept["document_bytes"]}
    record(
        "register.attach_document", by=by, at=at, subject=authorisation, place=by.unit.place, payload=payload
    )


@action
def revoke_authorisation(
    *, by: Officer, at: datetime, authorisation: Authorisation, reason: str
) -> Authorisation:
    """End a permission before its day: from now on nothing is compared under it; what was stays as it is."""
    permit(by, "register.revoke_authorisation", at=at)
    policies.check_reason(reason)
    authorisation = Authorisation.objects.select_for_update().get(pk=authorisation.pk)
    policies_authority.check_revocable(authorisation, at)
    Authorisation.objects.filter(pk=authorisation.pk).update(
        revoked_at=at, revoked_by=by, revoked_reason=reason.strip()[:300]
    )
    authorisation.refresh_from_db()
    payload = {"number": authorisation.number, "reason": authorisation.revoked_reason}
    record(
        "register.revoke_authorisation",
        by=by,
        at=at,
        subject=authorisation,
        place=by.unit.place,
        payload=payload,
    )
    return authorisation


@action
def read_authorisation(*, by: Officer, at: datetime, authorisation: Authorisation) -> bytes:
    """Return the signed document as it was attached; each look is an event."""
    permit(by, "register.read_authorisation", at=at)
    if not authorisation.document_sha256:
        raise Refused(
            "register.document_missing",
            Text(
                zh=f"授权书{authorisation.number}没有附签字文件。",
                en=f"No signed document is attached to authorisation {authorisation.number}.",
            ),
        )
    content = sealing.read_file(authorisation.document_sha256)
    payload = {"document": authorisation.document_sha256}
    record(
        "register.read_authorisation",
        by=by,
        at=at,
        subject=authorisation,
        place=by.unit.place,
        payload=payload,
    )
    return content


def _kept(document: Paper, at: datetime) -> dict[str, Any]:
    """Seal a document under its hash and return what its permission's row says of it."""
    kind = policies_authority.check_paper(document.content)
    return {
        "document_sha256": sealing.store_file(document.content),
        "document_name": document.name[-100:],
        "document_kind": kind,
        "document_bytes": len(document.content),
        "document_at": at,
    }


def _check_kinds(kinds: Sequence[str]) -> None:
    unknown = sorted(set(kinds) - set(catalogue().kinds))
    if unknown:
        raise Refused(
            "register.unknown_kind",
            Text(
                zh=f"没有这些名册类别:{'、'.join(unknown)}。",
                en=f"No such kinds of roster: {', '.join(unknown)}.",
            ),
        )


def _check_number(number: str) -> None:
    if Authorisation.objects.filter(number=number).exists():
        raise Refused(
            "register.authorisation_conflict",
            Text(zh=f"授权书{number}已经登记过。", en=f"Authorisation {number} is already recorded."),
        )
