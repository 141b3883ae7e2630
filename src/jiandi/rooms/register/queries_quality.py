"""How good the departments' lists are from delivery to delivery, and what became of what was sent back to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text
from jiandi.rooms.access.models import Unit
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_mending import Mending
from jiandi.rooms.register.queries_rosters import SHOWN

PAGE = 30
_LEAST = 0.001  # a tenth of a hundredth: less is no change of habit
_COUNTED = Q(state__in=(Roster.State.READ, Roster.State.REPLACED))
SPARK_WIDTH, SPARK_HEIGHT = 84, 22


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery in figures. A share is of its rows, or of the people they name; None: nobody counted it then."""

    roster: Roster
    mended: int

    @property
    def rows(self) -> int:
        """Return how many rows of data it had."""
        return int(self.roster.report.get("rows", 0))

    @property
    def refused(self) -> float | None:
        """Return the share of rows that were not taken."""
        return self._of_rows("refused")

    @property
    def repaired(self) -> float | None:
        """Return the share of rows that were taken with repairs."""
        return self._of_rows("repaired")

    @property
    def missing(self) -> float | None:
        """Return the share of people named without an identity number."""
        report = self.roster.report
        has = report.get("records") and "without_id" in report
        return report["without_id"] / report["records"] if has else None

    @property
    def invalid(self) -> float | None:
        """Return the share of people named with an identity number that cannot be one."""
        report, missing = self.roster.report, self.missing
        return None if missing is None else max(0.0, 1 - report["with_id"] / report["records"] - missing)

    @property
    def unusable(self) -> float | None:
        """Return the share of people named without a usable identity number, missing or wrong."""
        report = self.roster.report
        has = report.get("records") and "with_id" in report
        return 1 - report["with_id"] / report["records"] if has else None

    @property
    def sent(self) -> int | None:
        """Return how many lines its correction list has; None where they are not followed."""
        return self.roster.report.get("listed")

    @property
    def open(self) -> int | None:
        """Return how many of them no later delivery has mended."""
        return None if self.sent is None else self.sent - self.mended

    @property
    def unfollowed(self) -> int | None:
        """Return how many of the open ones nobody can follow: nothing in the row says whose it is."""
        return self.roster.report.get("unfollowed")

    def _of_rows(self, name: str) -> float | None:
        return self.roster.report[name] / self.rows if self.rows and name in self.roster.report else None


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's deliveries of one kind, the latest first."""

    deliveries: list[Delivered]

    @property
    def latest(self) -> Delivered:
        """Return the newest delivery."""
        return self.deliveries[0]

    @property
    def kind(self) -> Text:
        """Return what kind of roster it is."""
        return kind_of(self.latest.roster.kind).title

    @property
    def sent(self) -> int | None:
        """Return how many lines the correction lists of all these deliveries have; None where none is followed."""
        known = [one.sent for one in self.deliveries if one.sent is not None]
        return sum(known) if known else None

    @property
    def mended(self) -> int | None:
        """Return how many of those a later delivery mended."""
        return None if self.sent is None else sum(one.mended for one in self.deliveries)

    @property
    def trend(self) -> tuple[Text, str]:
        """Return in a word how the latest compares with the one before, and the tone of it."""
        if len(self.deliveries) == 1:
            return Text(zh="首次报送", en="first delivery"), ""
        now, then = self.deliveries[:2]
        pairs = ((now.refused, then.refused), (now.repaired, then.repaired), (now.unusable, then.unusable))
        steps = [after - before for after, before in pairs if after is not None and before is not None]
        if any(step >= _LEAST for step in steps):
            return Text(zh="变差", en="worse"), "yellow"
        if any(step <= -_LEAST for step in steps):
            return Text(zh="好转", en="better"), "green"
        return Text(zh="持平", en="the same"), ""

    @property
    def sparks(self) -> list[tuple[Text, str]]:
        """Return the lines of the small pictures, from the oldest delivery to the latest: rows refused, numbers unusable."""
        aged = self.deliveries[::-1]
        return [
            (Text(zh="未收占比", en="share refused"), spark([one.refused for one in aged])),
            (
                Text(zh="证件号不可用占比", en="share without a usable number"),
                spark([one.unusable for one in aged]),
            ),
        ]


def spark(shares: Sequence[float | None]) -> str:
    """Return the points of a small line, lowest at the bottom; empty where fewer than two shares are known."""
    known = [(i, share) for i, share in enumerate(shares) if share is not None]
    if len(known) < 2:
        return ""
    top = max(
        max(share for _, share in known), 0.01
    )  # a hundredth fills the picture: less would be drawn as noise
    step = (SPARK_WIDTH - 4) / (len(shares) - 1)
    return " ".join(
        f"{2 + i * step:.1f},{SPARK_HEIGHT - 2 - share / top * (SPARK_HEIGHT - 4):.1f}" for i, share in known
    )


def narrowed(listed: QuerySet[Roster], unit: int | None, kind: str) -> QuerySet[Roster]:
    """Return the deliveries that were read, of one unit or kind where that is asked for."""
    found = listed.filter(_COUNTED)
    found = found.filter(unit=unit) if unit else found
    return found.filter(kind=kind) if kind else found


def lines(
    listed: QuerySet[Roster], after: tuple[int, str] | None = None
) -> tuple[list[Line], tuple[int, str] | None]:
    """Return a page of units and kinds with their latest deliveries, and after which the next page begins."""
    pairs = listed.order_by("unit_id", "kind").values_list("unit_id", "kind").distinct()
    if after:
        pairs = pairs.filter(Q(unit_id__gt=after[0]) | Q(unit_id=after[0], kind__gt=after[1]))
    page = list(pairs[: PAGE + 1])
    wanted = page[:PAGE]
    if not wanted:
        return [], None
    among = Q()
    for unit, kind in wanted:
        among |= Q(unit_id=unit, kind=kind)
    newest = Window(
        RowNumber(),
        partition_by=[F("unit_id"), F("kind")],
        order_by=[F("reference_on").desc(), F("pk").desc()],
    )
    numbers = [pk for pk, n in listed.filter(among).annotate(n=newest).values_list("pk", "n") if n <= SHOWN]
    groups: dict[tuple[int, str], list[Delivered]] = {}
    for one in delivered(Roster.objects.filter(pk__in=numbers)):
        groups.setdefault((one.roster.unit_id, one.roster.kind), []).append(one)
    return [Line(groups[pair]) for pair in wanted], wanted[-1] if len(page) > PAGE else None


def delivered(rosters: QuerySet[Roster]) -> Iterator[Delivered]:
    """Yield deliveries in figures, by unit and kind, the latest first."""
    counted = rosters.select_related("unit").annotate(mended=Coalesce(Sum("mendings__lines"), 0))
    for roster in counted.order_by("unit_id", "kind", "-reference_on", "-pk").iterator(500):
        yield Delivered(roster, roster.mended)


def units_of(listed: QuerySet[Roster]) -> list[Unit]:
    """Return the units whose deliveries are among these."""
    return list(Unit.objects.filter(pk__in=listed.order_by().values("unit").distinct()).order_by("name"))


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of one delivery's correction list."""

    figures: Delivered
    by: list[Mending]  # the later deliveries that mended some of it
    mends: list[Mending]  # what it mended of earlier ones
    has_later: bool


def followed(roster: Roster) -> Followed | None:
    """Return what became of a delivery's correction list; None where it is not followed (delivered before that, or not read)."""
    if "listed" not in roster.report or roster.state not in (Roster.State.READ, Roster.State.REPLACED):
        return None
    by = list(Mending.objects.filter(roster=roster).select_related("by").order_by("by"))
    later = Roster.objects.filter(
        _COUNTED,
        unit=roster.unit_id,
        kind=roster.kind,
        pk__gt=roster.pk,
        reference_on__gte=roster.reference_on,
    )
    return Followed(
        figures=Delivered(roster, sum(one.lines for one in by)),
        by=by,
        mends=list(Mending.objects.filter(by=roster).select_related("roster").order_by("roster")),
        has_later=later.exists(),
    )
