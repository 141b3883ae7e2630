"""What became of a delivery, and how it differs from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
from django.db.models import Exists, OuterRef, Q, QuerySet

from jiandi.core.numbering import ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.rosters.placing import OPEN
from jiandi.core.rosters.sentences import REFUSALS, REPAIRS, SKIPS, say_repaired
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import has_verb, visible
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import ColumnChoice, Roster, RowOutcome
from jiandi.rooms.register.rebuilding import on_shelf

NAMED = 50
SHOWN = 13  # a year of monthly deliveries and the one before


def readable(by: Officer, at: datetime) -> QuerySet[Roster]:
    """Return the rosters an officer may open: of their area, and what their own unit delivered, to put right what came back."""
    delivered = Roster.objects.exclude(state=Roster.State.STANDING)
    in_area = Exists(
        visible(delivered, by, "register.read_roster", at=at).order_by().filter(pk=OuterRef("pk"))
    )
    if not has_verb(by, "register.deliver_roster", at):
        return delivered.filter(in_area)
    return delivered.filter(Q(in_area) | Q(unit=by.unit_id) | Q(delivered_by=by))


@dataclass(frozen=True, slots=True)
class Quality:
    """How good one delivery was, beside the one before it: counts, and the share of people with a usable identity number."""

    roster: Roster
    before: Quality | None

    @property
    def id_share(self) -> float | None:
        """Return the share of people named with a usable identity number; None where nobody counted it."""
        report = self.roster.report
        return (
            report["with_id"] / report["records"] if report.get("records") and "with_id" in report else None
        )

    @property
    def more_rows(self) -> int | None:
        """Return how many rows more (or fewer) than in the delivery before."""
        return self.roster.report["rows"] - self.before.roster.report["rows"] if self.before else None

    @property
    def more_id(self) -> float | None:
        """Return by how many hundredths the share with a usable identity number changed."""
        then, now = self.before.id_share if self.before else None, self.id_share
        return None if then is None or now is None else round((now - then) * 100, 1)

    @property
    def is_worse(self) -> bool:
        """Answer whether so much was lost that the department should be asked: a fifth of the rows, or five in a hundred ids."""
        rows_before = self.before.roster.report["rows"] if self.before else 0
        return (self.more_rows or 0) < -rows_before / 5 or (self.more_id or 0) <= -5


def quality(listed: QuerySet[Roster], unit: int, kind: str) -> list[Quality]:
    """Return a unit's deliveries of one kind, the latest first, each beside the one before."""
    read = listed.filter(unit=unit, kind=kind, state__in=(Roster.State.READ, Roster.State.REPLACED))
    found: list[Quality] = []
    for roster in reversed(read.order_by("-reference_on", "-pk")[:SHOWN]):
        found.append(Quality(roster, found[-1] if found else None))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Comparison:
    """This delivery against the one before: who is new, who is gone; the first of each by name."""

    before: Roster
    rows_before: int
    rows_now: int
    new: int
    gone: int
    new_names: list[tuple[int, str]]
    gone_names: list[tuple[int, str]]

    @property
    def is_alarming(self) -> bool:
        """Answer whether so many are gone that the file may be incomplete (a fifth and more)."""
        return self.rows_before > 0 and self.gone / self.rows_before >= 0.2


def choice_of(roster: Roster) -> ColumnChoice | None:
    """Return the choice of columns by which a roster was read without asking; None when it was not."""
    number = roster.mapping.get("choice") or 0
    return ColumnChoice.objects.select_related("confirmed_by").filter(pk=number).first() if number else None


# What can be looked at row by row on a roster's page, and which lines that is.
_TABS: dict[str, tuple[Text, Q]] = {
    "refused": (Text(zh="未收", en="Refused"), Q(outcome="refused")),
    "repaired": (Text(zh="已整理", en="Repaired"), Q(outcome="repaired")),
    "placeless": (Text(zh="村未定", en="Village open"), Q(outcome="repaired", code__in=OPEN)),
    "open": (Text(zh="仍未更正", en="Still open"), Q(mended_by__isnull=True)),
    "mended": (Text(zh="已更正", en="Mended"), Q(mended_by__isnull=False)),
}


def tabs(*, followed: bool) -> dict[str, Text]:
    """Return the tabs of a roster's page; what became of its lines only where they are followed."""
    return {word: text for word, (text, _) in _TABS.items() if followed or word not in ("open", "mended")}


def lines_of(roster: Roster, tab: str) -> QuerySet[RowOutcome]:
    """Return the lines kept of a roster under one tab; anything else is the refused ones."""
    return roster.outcomes.filter(_TABS.get(tab, _TABS["refused"])[1])


def placeless(roster: Roster) -> list[tuple[Text, int]]:
    """Return why rows of a roster have no village, with their numbers; nobody goes to whom no village looks for."""
    repairs = roster.report.get("repairs", {})
    counts = [(REPAIRS[code], repairs.get(f"address:{code}", 0)) for code in OPEN]
    return [(text, n) for text, n in counts if n]


def standing_for(roster: Roster) -> Roster | None:
    """Return the roster that the same file was read as later, when this one was withdrawn."""
    if roster.state != Roster.State.WITHDRAWN:
        return None
    return Roster.objects.filter(
        unit=roster.unit_id, sha256=roster.sha256, state=Roster.State.READ, pk__gt=roster.pk
    ).first()


def report_of(roster: Roster) -> dict[str, list[tuple[Text, int]]]:
    """Return what became of the rows in words: repairs, refusals and skips, the commonest first."""
    return report_in_words(roster.kind, roster.report)


def report_in_words(kind_code: str, report: dict[str, Any]) -> dict[str, list[tuple[Text, int]]]:
    """Return a report's repairs, refusals and skips as sentences with their counts."""
    if not kind_code:
        return {"repairs": [], "refusals": [], "skips": []}
    kind = kind_of(kind_code)
    return {
        "repairs": [(say_repaired(kind, code), n) for code, n in _most(report.get("repairs"))],
        "refusals": [(REFUSALS[code], n) for code, n in _most(report.get("refusals"))],
        "skips": [(SKIPS[code], n) for code, n in _most(report.get("skips"))],
    }


def _most(counts: dict[str, Any] | None) -> list[tuple[str, int]]:
    return sorted((counts or {}).items(), key=lambda item: -item[1])


def compare(roster: Roster) -> Comparison | None:
    """Return how a roster differs from the unit's earlier one of the same kind; None when it is the first or not read.

    People are recognised by identity number, else by name and birth date as written.
    """
    before = roster.replaces
    if before is None or roster.state not in ("read", "replaced") or before.state == "withdrawn":
        return None
    with shelf.scratch() as scratch, duckdb.connect() as con:
        for table, one in (("before_", before), ("now_", roster)):
            files = shelf.files(on_shelf(one, scratch), "records")
            con.execute(f"""CREATE TABLE {table} AS SELECT coalesce(id18, name_clean || coalesce(birth::VARCHAR, '')) AS key,
                any_value(row_id & {ROW_MASK})::INTEGER AS row_no, any_value(name) AS name
                FROM read_parquet({files!r}) WHERE role IN (0, 1, 3) GROUP BY key HAVING key IS NOT NULL""")
        new = con.execute("SELECT row_no, name FROM now_ ANTI JOIN before_ USING (key) ORDER BY 1").fetchall()
        gone = con.execute(
            "SELECT row_no, name FROM before_ ANTI JOIN now_ USING (key) ORDER BY 1"
        ).fetchall()
        counts = con.execute("SELECT (SELECT count(*) FROM before_), (SELECT count(*) FROM now_)").fetchall()[
            0
        ]
    return Comparison(before, counts[0], counts[1], len(new), len(gone), new[:NAMED], gone[:NAMED])
