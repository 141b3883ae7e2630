"""Pictures of whole pages, for people to look at."""

from __future__ import annotations

from pathlib import Path

ATTEMPTS = 3


def take(page, where: Path) -> None:
    """Keep a picture of the whole page under `where`.

    Chromium without a screen now and then answers "Unable to capture screenshot" on a busy machine, when a window has just changed its
    size; the page itself is whole. It is asked again then, and for nothing else.
    """
    from playwright.sync_api import Error  # noqa: PLC0415  # tests without a browser are collected too

    for left in reversed(range(ATTEMPTS)):
        try:
            page.screenshot(path=where, full_page=True)
        except Error as refusal:
            if not left or "Unable to capture screenshot" not in refusal.message:
                raise
            page.wait_for_timeout(500)
        else:
            return
