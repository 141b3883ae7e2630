"""`python -m tests.docs.write`: write every page that is read out of the code. With --check, name those that are stale."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")
sys.path[:0] = [str(Path(__file__).parents[2] / "src"), str(Path(__file__).parents[2])]

import django  # noqa: E402

django.setup()

from tests.docs import reference, tutorial  # noqa: E402

PAGES: dict[Path, Callable[[], str]] = {tutorial.PAGE: tutorial.page, **reference.PAGES}


def stale() -> list[Path]:
    """Return the pages that no longer say what the code says."""
    return [
        path
        for path, page in PAGES.items()
        if not path.exists() or path.read_text(encoding="utf-8") != page()
    ]


def main() -> int:
    """Write what is stale, or only name it."""
    found = stale()
    for path in found:
        print(path.relative_to(Path(__file__).parents[2]))  # noqa: T201
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PAGES[path](), encoding="utf-8")
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
