"""Steps on an alert. The moment a case opens, its alert is confirmed."""

from __future__ import annotations

from datetime import datetime

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.checks.models import Alert, Triage


@action
def confirm(*, by: Officer, at: datetime, alert: Alert) -> Alert:
    """Mark an alert as taken up by a case."""
    permit(by, "checks.triage_alert", at=at, wall=alert.wall_id)
    Triage.objects.create(alert=alert, from_state=alert.state, to_state=Alert.State.CONFIRMED, by=by, at=at)
    Alert.objects.filter(pk=alert.pk).update(state=Alert.State.CONFIRMED)
    alert.state = Alert.State.CONFIRMED
    record(
        "checks.confirm", by=by, at=at, subject=alert, place=alert.village or alert.county, wall=alert.wall
    )
    return alert
