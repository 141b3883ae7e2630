"""Windows of a browser, for people of a story, and pictures of whole pages, for people to look at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client

from tests import people

CHROMIUM = os.environ.get("JIANDI_CHROMIUM", "")
# Nothing of the browser reaches beyond this machine.
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
            "--disable-sync", "--disable-default-apps", "--disable-extensions"]  # fmt: skip
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium: name its program in JIANDI_CHROMIUM"),
    pytest.mark.django_db(transaction=True),
]
LANGUAGES = ("zh", "en")
WIDTHS = (360, 1440)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
ATTEMPTS = 3


def window(browser, address: str, username: str, language: str):
    """A fresh window of somebody who is signed in, reading one language."""
    opened = browser.new_context(viewport={"width": 1440, "height": 800})
    opened.set_default_timeout(15_000)
    cookies = [{"name": "jiandi_language", "value": language, "url": address}]
    if username:
        client = Client()
        client.force_login(people.officer(username))
        cookies.append({"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address})
    opened.add_cookies(cookies)
    return opened


def look_at(browser, address: str, username: str, pages: Mapping[str, str], pictures: Path) -> list[object]:
    """Keep a picture of each page, by its name, in both languages and widths; return what is wrong with them.

    Wrong is what the browser's console complains of (the strict content policy would), and a page wider than the screen.
    """
    troubles: list[object] = []
    pictures.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        opened = window(browser, address, username, language)
        page = opened.new_page()
        page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        for name, path in pages.items():
            for width in sorted(WIDTHS, reverse=True):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(address + path)
                take(page, pictures / f"{name}-{language}-{width}.png")
                if page.evaluate(TOO_WIDE):
                    troubles.append((name, language, width))
        opened.close()
    return troubles


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
