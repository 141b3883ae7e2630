"""Who may log in: an active officer; a demonstration's account only in a demonstration; a one-time password in time."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from jiandi.rooms.access import clock
from jiandi.rooms.access.models import Installation, Officer


class OfficerBackend(ModelBackend):
    """Asked at log-in and again at every request, so that closing an account ends its sessions at once."""

    def user_can_authenticate(self, user: Officer | None) -> bool:  # type: ignore[override]
        """Answer whether the account is open here and now."""
        if user is None or not user.is_active:
            return False
        if user.is_demo and not Installation.objects.filter(pk=1, is_demo=True).exists():
            return False
        return user.one_time_until is None or clock.now() < user.one_time_until

    def get_user(self, user_id: int) -> Officer | None:
        """Return the officer of a session with their unit, while the account is open."""
        user = Officer.objects.select_related("unit", "unit__place").filter(pk=user_id).first()
        return user if self.user_can_authenticate(user) else None
