"""Plain twins of R22, R26 and R29."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from jiandi.core.checks.plain.county import Answer, County, Row, answer, filled, merged, unit
from jiandi.core.checks.rules.answers import (
    DONE,
    HELPLESS,
    MONEY,
    MOTHER_UNSEEN,
    NO_PAPER,
    ON_SCREEN,
    PAPER,
    SHOWN,
    UNDONE_WORDS,
)
from jiandi.core.checks.shapes import Limits


def violence_again(county: County, at: date, limits: Limits) -> set[Answer]:
    """R22: the police came again and again over the same victim, and no paper protects the victim."""
    since = at - timedelta(days=limits.whole("window_days"))
    calls: dict[int, dict[str, Row]] = defaultdict(dict)
    for row in sorted(county.rows("police_call"), key=lambda row: row["row_id"]):
        day, who = row["called_on"], row["subject_person"]
        if who is not None and day and since <= day <= at:
            calls[who].setdefault(filled(row["call_no"]) or day.isoformat(), row)
    found = []
    for who, own in calls.items():
        rows = list(own.values())
        if len(rows) >= limits["calls"] and not any(_is_protected(row["disposition"] or "") for row in rows):
            hands = [unit(row["station"], "handled") for row in rows]
            found.append(answer("R22", (who,), who, [("row", row["row_id"]) for row in rows], hands))
    return merged(found)


def _is_protected(disposition: str) -> bool:
    return bool(re.search(PAPER, disposition) and not re.search(NO_PAPER, disposition))


def income_from_an_image(county: County, at: date, limits: Limits) -> set[Answer]:
    """R26: somebody told of money made by showing a vulnerable person, or of a family shown without its mother."""
    return merged(
        answer("R26", (kind, own), None, [(kind, own)])
        for kind, own, body in _bodies(county)
        if (re.search(ON_SCREEN, body) and re.search(MOTHER_UNSEEN, body))
        or all(re.search(words, body) for words in (SHOWN, MONEY, HELPLESS))
    )


def _bodies(county: County) -> Iterator[tuple[str, int, str]]:
    for row in county.rows("reports"):
        yield "report", row["report_id"], row["body"] or ""
    for row in county.rows("hotline"):
        yield "row", row["row_id"], row["body"] or ""


def said_done_but_not(county: County, at: date, limits: Limits) -> set[Answer]:
    """R29: a unit reports an order as done and the person asked afterwards says it was not."""
    return merged(
        answer(
            "R29",
            (filled(row["order_no"]) or row["row_id"],),
            row["subject_person"],
            [("row", row["row_id"])],
            [unit(row["assigned_to"], "handled")],
        )
        for row in county.rows("hotline")
        if re.search(DONE, row["reply"] or "") and re.search(UNDONE_WORDS, row["satisfaction"] or "")
    )
