"""Sentences in forms, in the language of whoever reads the page."""

from jiandi.rooms.access.wording import options, said

__all__ = ["options", "said"]
