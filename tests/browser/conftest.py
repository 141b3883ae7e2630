"""One browser for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.camera import CHROMIUM, SWITCHES


@pytest.fixture
def browser(monkeypatch) -> Iterator[object]:
    """One Chromium for all windows."""
    playwright = pytest.importorskip("playwright.sync_api")
    # Playwright runs a loop in this thread; our own queries in between are ordinary, blocking ones.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()
