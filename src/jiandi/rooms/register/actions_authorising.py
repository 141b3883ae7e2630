"""The written permission without which nothing is linked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from jiandi.core.rosters.kinds import catalogue
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import policies
from jiandi.rooms.register.models import Authorisation


@action
def authorise(
    *,
    by: Officer,
    at: datetime,
    number: str,
    issued_by: str,
    purpose: str,
    starts_on: date,
    ends_on: date,
    kinds: Sequence[str] = (),
    document_sha256: str = "",
) -> Authorisation:
    """Record who permitted the departments' rosters to be compared, for what, which ones, and how long."""
    permit(by, "register.authorise", at=at)
    policies.check_period(starts_on, ends_on)
    policies.check_reason(purpose)
    unknown = sorted(set(kinds) - set(catalogue().kinds))
    if unknown:
        raise Refused(
            "register.unknown_kind",
            Text(
                zh=f"没有这些名册类别:{'、'.join(unknown)}。",
                en=f"No such kinds of roster: {', '.join(unknown)}.",
            ),
        )
    if Authorisation.objects.filter(number=number).exists():
        raise Refused(
            "register.authorisation_conflict",
            Text(zh=f"授权书{number}已经登记过。", en=f"Authorisation {number} is already recorded."),
        )
    (authorisation,) = Authorisation.objects.bulk_create(
        [
            Authorisation(
                number=number, issued_by=issued_by, purpose=purpose, kinds=list(kinds), starts_on=starts_on,
                ends_on=ends_on, document_sha256=document_sha256,
            )
        ]
    )  # fmt: skip
    record(
        "register.authorise",
        by=by,
        at=at,
        subject=authorisation,
        place=by.unit.place,
        payload={"number": number, "from": starts_on, "to": ends_on, "kinds": list(kinds)},
    )
    return authorisation
