"""The named queries a claim may be bound to. Each computes its numbers and the only sentence they allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from jiandi.core.disclosure import Protection, Published, protect_parts
from jiandi.core.values import Text
from jiandi.rooms.assurance.models import Certificate
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Household
from jiandi.rooms.register.queries import count_people
from jiandi.rooms.screening.models import Campaign, Coverage

# Zero is safe to say in public ("nobody was found on no list"); one to four are not.
IN_PUBLIC = Protection(hide_zeros=False)
# A sentence cannot hold "withheld to protect individuals" in the place of a number.
SOME = Text(zh="若干", en="some")


@dataclass(frozen=True, slots=True)
class Computed:
    """A claim's numbers, its sentence, and which numbers only ever grow between two bulletins."""

    values: dict[str, int | float | str]
    text: Text
    growing: frozenset[str] = field(default=frozenset())
    was_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A named query: what it speaks of and how it is computed."""

    title: Text
    compute: Callable[[Place, datetime], Computed | None]


class _Said:
    """Counts of people as a sentence may hold them, and what of them may be kept beside it."""

    def __init__(self, *sums: dict[str, Published]) -> None:
        self.published: dict[str, Published] = {}
        for parts in sums:
            for name, one in parts.items():
                # A total that stands in two sums is shown only where both may show it.
                if name not in self.published or self.published[name].standing == "shown":
                    self.published[name] = one

    @property
    def was_suppressed(self) -> bool:
        """Answer whether any of them is not shown."""
        return any(one.standing != "shown" for one in self.published.values())

    def values(self, *names: str) -> dict[str, int | float | str]:
        """Return those of the counts that are shown."""
        found = {name: self.published[name].value for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def words(self, language: str) -> dict[str, str]:
        """Return every count in words."""
        return {
            name: (SOME if one.standing == "withheld" else one.text).say(language)
            for name, one in self.published.items()
        }


def _parts(total: str, **parts: int) -> dict[str, Published]:
    return protect_parts(parts, total=total, protection=IN_PUBLIC)


def _within(place: Place) -> Q:
    return Q(county=place) | Q(county__city=place) | Q(county__province=place)


def people_known(place: Place, at: datetime) -> Computed | None:
    """Say how many people and households the register knows, and that this is not everybody."""
    people = count_people(_within(place))
    if not people:
        return None
    households = Household.objects.filter(_within(place)).count()
    return Computed(
        values={"people": people, "households": households},
        text=Text(
            zh=f"各部门名册合并去重后,登记册中有{people:,}人、{households:,}户。这是已知的人数,不是全部人数。",
            en=f"After merging all departments' rosters the register holds {people:,} people in {households:,} households. "
            "These are the people known, not everybody there is.",
        ),
    )


def coverage(place: Place, at: datetime) -> Computed | None:
    """Say how many were seen, with both parts of the denominator."""
    campaign = Campaign.objects.filter(_campaign_within(place)).order_by("-starts_on").first()
    if campaign is None:
        return None
    names = ("doors", "doors_visited", "listed", "unlisted_found", "seen", "excused")
    sums = Coverage.objects.filter(campaign=campaign).aggregate(**{name: Sum(name) for name in names})
    sums = {name: int(sums[name] or 0) for name in names}
    if not sums["listed"]:
        return None
    open_ = sums["listed"] + sums["unlisted_found"] - sums["seen"] - sums["excused"]
    # Both halves of the denominator add up to what was seen, excused and not seen: each is protected against the other.
    said = _Said(
        _parts("whole", listed=sums["listed"], unlisted_found=sums["unlisted_found"]),
        _parts("whole", seen=sums["seen"], excused=sums["excused"], open=open_),
    )
    zh, en = said.words("zh"), said.words("en")
    return Computed(
        values={
            "doors": sums["doors"],
            "doors_visited": sums["doors_visited"],
            **said.values("listed", "unlisted_found", "seen", "excused"),
            "campaign": campaign.pk,
        },
        text=Text(
            zh=f"本轮共{sums['doors']:,}户门,已到{sums['doors_visited']:,}户。名册上{zh['listed']}人,另外入户发现名册外{zh['unlisted_found']}人;"
            f"本人见到{zh['seen']}人,依规认定外出{zh['excused']}人,还有{zh['open']}人没有见到。",
            en=f"Of {sums['doors']:,} doors {sums['doors_visited']:,} were visited. {en['listed']} people were listed and "
            f"{en['unlisted_found']} more were found at home on no list; {en['seen']} were seen in person, {en['excused']} are "
            f"excused by rule, and {en['open']} have not been seen.",
        ),
        growing=frozenset({"seen", "doors_visited", "unlisted_found"}),
        was_suppressed=said.was_suppressed,
    )


def _campaign_within(place: Place) -> Q:
    return Q(place=place) | Q(place__county=place) | Q(place__city=place) | Q(place__province=place)


def cases(place: Place, at: datetime) -> Computed | None:
    """Say how many cases were opened, how many outcomes others verified, and how many are open."""
    counts = Case.objects.filter(_within(place)).aggregate(
        opened=Count("pk"),
        verified=Count("pk", filter=Q(state__in=("verified", "closed", "look_back", "settled"))),
        open=Count("pk", filter=~Q(state__in=("closed", "look_back", "settled"))),
    )
    if not counts["opened"]:
        return None
    said = _Said(
        _parts("opened", verified=counts["verified"], unverified=counts["opened"] - counts["verified"]),
        _parts("opened", open=counts["open"], done=counts["opened"] - counts["open"]),
    )
    zh, en = said.words("zh"), said.words("en")
    values = said.values("opened", "verified", "open")
    return Computed(
        values=values,
        text=Text(
            zh=f"立案保护{zh['opened']}件;其中{zh['verified']}件的结果经责任单位以外的人当面核实;{zh['open']}件仍在办理。"
            "结案不等于解决,三十天和九十天后还要回头看。",
            en=f"{en['opened']} protection cases were opened; for {en['verified']} the outcome was verified in person by "
            f"somebody outside the responsible unit; {en['open']} are still open. Closed is not solved: each is looked at "
            "again after 30 and 90 days.",
        ),
        growing=frozenset({"opened"}),
        was_suppressed=said.was_suppressed,
    )


def referrals(place: Place, at: datetime) -> Computed | None:
    """Say how many requests to units were answered in time, late, or not at all."""
    sent = Referral.objects.filter(_within(place)).exclude(state="revoked")
    total = sent.count()
    if total < IN_PUBLIC.threshold:
        return None
    late = sent.filter(Q(answered_at__gt=F("due_at")) | Q(answered_at__isnull=True, due_at__lt=at)).count()
    said = _Said(_parts("sent", late=late, in_time=total - late))
    zh, en = said.words("zh"), said.words("en")
    return Computed(
        values=said.values("sent", "late"),
        text=Text(
            zh=f"向各部门转办{zh['sent']}件,其中{zh['late']}件超过法定或约定时限。",
            en=f"{en['sent']} requests went to departments; {en['late']} of them ran past their statutory or agreed time.",
        ),
        growing=frozenset({"sent"}),
        was_suppressed=said.was_suppressed,
    )


def certificate(place: Place, at: datetime) -> Computed | None:
    """Repeat the latest certificate's own sentence, with what it does not cover."""
    latest = (
        Certificate.objects.filter(
            withdrawn_at__isnull=True, draw__campaign__in=Campaign.objects.filter(_campaign_within(place))
        )
        .order_by("-issued_at")
        .first()
    )
    if latest is None:
        return None
    return Computed(
        values={"certificate": latest.pk, "bound_per_10000": latest.bound_per_10000},
        text=Text(
            zh=f"{latest.sentence_zh}{latest.not_covered_zh}",
            en=f"{latest.sentence_en} {latest.not_covered_en}",
        ),
    )


QUERIES: dict[str, Query] = {
    "people_known": Query(Text(zh="底数", en="People known"), people_known),
    "coverage": Query(Text(zh="走访", en="Visits"), coverage),
    "certificate": Query(Text(zh="抽查", en="Random re-visits"), certificate),
    "cases": Query(Text(zh="个案", en="Cases"), cases),
    "referrals": Query(Text(zh="转办", en="Requests to departments"), referrals),
}
