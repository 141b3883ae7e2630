"""A request behind `login_required`: whoever sends it is an officer."""

from __future__ import annotations

from django.http import HttpRequest

from jiandi.rooms.access.models import Officer


class SignedIn(HttpRequest):
    """What a page gets when the log-in has been passed."""

    user: Officer
