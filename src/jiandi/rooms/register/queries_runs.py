"""What may be asked of match runs: whether one is due, and what each used, left out, counted and changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from jiandi.core.linkage.wording import REVIEWS, RULES
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.register import linking, queries_models
from jiandi.rooms.register.models import Judgement, MatchRun, Roster
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.queries_review import title_of
from jiandi.rooms.register.safeguarding import HELD, HELD_SAYS
from jiandi.rooms.register.states import ROSTER

# What a match run looked at, as its report says.
WAYS: dict[str, Text] = {
    "changes": Text(zh="有变化的", en="what changed"),
    "whole": Text(zh="全部", en="everything"),
    "anew": Text(zh="全部,并重新统计", en="everything, counted anew"),
}
LEFT_OUT: dict[str, Text] = {
    "not_covered": Text(zh="授权书没有写到这一类", en="The authorisation does not cover this kind"),
    "never_compared": Text(
        zh="这一类从不与人比对(例如热线、查询答复)", en="This kind is never linked to people (calls, answers)"
    ),
} | {state: text for state, (text, _) in ROSTER.items()}
# How a record came to its person.
HOW: dict[str, Text] = {
    "authority": Text(zh="户籍行,自成一人", en="Rows of the police register, each a person of its own"),
    "id": Text(zh="身份证号", en="By identity number"),
    "alias": Text(zh="身份证号,姓名不同", en="By identity number, under another name"),
    "auto": Text(zh="其他项目自动相符", en="Automatically, by everything else"),
    "new": Text(zh="单独成一人", en="A person of its own"),
    "manual": Text(zh="人工决定", en="Decided by a person"),
}
# One more than the sentences about single rows: there the answers to the questions stand in its place.
_RULES = RULES | {
    "auto": Text(
        zh="至少两项相互独立的依据相符,且明显胜过第二名",
        en="Two independent pieces of evidence agree, well ahead of the second best",
    )
}
# Signs of a wrong merge, and what they mean; a number that is not in the report was not counted.
SIGNS: dict[str, Text] = {
    "two_numbers": Text(
        zh="一个人有两个不同的可用身份证号", en="People with two different usable identity numbers"
    ),
    "two_rows": Text(
        zh="一个人在同一份无重复名册中有两行", en="People with two rows of one duplicate-free roster"
    ),
    "untrusted_numbers": Text(
        zh="身份证号可能属于他人的行", en="Rows whose identity number may be somebody else's"
    ),
    "busy_phones": Text(zh="多人共用、不作依据的电话", en="Telephones of so many that they prove nothing"),
    "contradicting_decisions": Text(
        zh="相互矛盾的人工决定", en="Decisions of people that contradict one another"
    ),
}
MOVES: dict[str, Text] = {
    "new": Text(zh="新增的人", en="People who are new"),
    "merged": Text(zh="并入他人的人", en="People joined to somebody else"),
    "parted": Text(zh="有行被拆给他人的人", en="People some of whose rows were parted from them"),
    "redirected": Text(zh="改为指向他人的编号", en="Numbers that lead to somebody else since"),
}
TOTALS: dict[str, Text] = {
    "records": Text(zh="记录", en="Records"),
    "people": Text(zh="人", en="People"),
    "reviews": Text(zh="存疑的成对记录", en="Pairs in doubt"),
    "households": Text(zh="家庭", en="Households"),
}
_INNER = frozenset({"kept", "left_out"})  # the name of a file, and what is told at length


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rosters a run did not look at for one reason, by kind: how many, and the latest of them."""

    why: Text
    kind: Text | None
    count: int
    latest: Roster


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure of a run beside the same of the run before; None: not counted."""

    title: Text
    now: int | None
    before: int | None

    @property
    def difference(self) -> int | None:
        """Return by how much it changed."""
        return None if self.now is None or self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class RunTold:
    """Everything a run's page says. Counts alone: nothing of any person."""

    run: MatchRun
    before: MatchRun | None
    used: list[Roster]
    left_out: list[LeftOut] | None  # None: an older run that did not write it down
    totals: list[Beside]
    moves: list[tuple[Text, int | None]]
    signs: list[tuple[Text, int | None]]
    by_how: list[tuple[Text, int]] | None
    by_rule: list[tuple[Text, int]] | None
    by_reason: list[tuple[Text, int]] | None
    sizes: list[tuple[int, int]] | None

    @property
    def canaries(self) -> bool | None:
        """Answer whether the seeded namesakes and twins stayed apart; None when they were not set."""
        merged = self.run.report.get("canaries_merged")
        return None if merged is None else not merged

    @property
    def is_of_changes(self) -> bool:
        """Answer whether some figures are of the rows looked at alone, not of all."""
        return self.run.report.get("way") == "changes"


def line(run: MatchRun) -> dict[str, Any]:
    """Return a run for a list of runs: itself, what it looked at and its model, in words."""
    return {
        "run": run,
        "way": WAYS.get(run.report.get("way", "")),
        "model": queries_models.title_of(run.model_version),
    }


def is_link_due() -> bool:
    """Answer whether rosters came, were replaced or taken back, or decisions were made or taken back, since the last whole run.

    Also when that run used another model than the one in use now.
    """
    last = MatchRun.objects.filter(finished_at__isnull=False, is_whole=True).order_by("-pk").first()
    if last is None:
        return Roster.objects.filter(state=Roster.State.READ).exists()
    read = Roster.objects.filter(state=Roster.State.READ).exclude(kind__in=linking.OUTSIDE)
    covered = last.authorisation.kinds
    due = set((read.filter(kind__in=covered) if covered else read).values_list("pk", flat=True))
    if due != set(last.rosters) or last.model_version != queries_models.name_of(queries_models.in_use()):
        return True
    since = Q(made_at__gt=last.started_at) | Q(superseded_at__gt=last.started_at)
    return Judgement.objects.filter(since).exists()


def kinds_of(authorisation: Authorisation) -> list[Text]:
    """Return the kinds of roster a permission names; none when it covers all."""
    return [title_of(code) for code in authorisation.kinds]


def narrower(authorisations: Iterable[Authorisation]) -> dict[int, list[Text]]:
    """Return, for each permission that leaves out kinds the last whole run used, which: by its number."""
    last = MatchRun.objects.filter(is_whole=True).order_by("-pk").values_list("rosters", flat=True).first()
    used = set(
        Roster.objects.filter(among("pk", last or ()), state=Roster.State.READ).values_list("kind", flat=True)
    )
    gaps = {one.pk: used - set(one.kinds) for one in authorisations if one.kinds}
    return {pk: [title_of(kind) for kind in sorted(kinds)] for pk, kinds in gaps.items() if kinds}


def told(run: MatchRun) -> RunTold:
    """Return what a run used, left out, counted and changed, and what the run before it had counted."""
    before = MatchRun.objects.filter(pk__lt=run.pk, is_whole=run.is_whole).order_by("-pk").first()
    report, then = run.report, before.report if before else {}
    return RunTold(
        run=run,
        before=before,
        used=list(_with_units(run.rosters).order_by("kind", "pk")),
        left_out=_left_out(report["left_out"]) if "left_out" in report else None,
        totals=[Beside(text, report.get(name), then.get(name)) for name, text in TOTALS.items()],
        moves=_pick(MOVES, report),
        signs=_pick(SIGNS, report),
        by_how=_worded(report.get("by_how"), HOW),
        by_rule=_worded(report.get("by_rule"), _RULES),
        by_reason=_worded(report.get("by_reason"), REVIEWS | {HELD: HELD_SAYS}),
        sizes=sorted((int(rows), people) for rows, people in report["sizes"].items())
        if "sizes" in report
        else None,
    )


def as_json(found: RunTold, event_id: int | None) -> dict[str, Any]:
    """Return a run's record as it may leave the system: what it used and counted, nothing of any person."""
    run, by = found.run, found.run.authorisation
    return {
        "run": run.pk,
        "started_at": run.started_at.isoformat(),
        "is_whole": run.is_whole,
        "model_version": run.model_version,
        "event": event_id,
        "authorisation": {
            "number": by.number, "issued_by": by.issued_by, "signed_by": by.signed_by, "signed_office": by.signed_office,
            "purpose": by.purpose, "kinds": by.kinds or "all", "starts_on": by.starts_on.isoformat(),
            "ends_on": by.ends_on.isoformat(), "document_sha256": by.document_sha256 or None,
            "revoked_at": by.revoked_at.isoformat() if by.revoked_at else None,
        },
        "rosters": [_roster_json(roster) for roster in found.used],
        "left_out": run.report.get("left_out"),
        "report": {name: value for name, value in run.report.items() if name not in _INNER},
        "run_before": found.before.pk if found.before else None,
    }  # fmt: skip


def _roster_json(roster: Roster) -> dict[str, Any]:
    return {
        "roster": roster.pk, "kind": roster.kind, "unit": roster.unit.name, "reference_on": roster.reference_on.isoformat(),
        "delivered_at": roster.delivered_at.isoformat(), "sha256": roster.sha256, "rows": roster.report.get("rows"),
    }  # fmt: skip


def _with_units(numbers: Iterable[int]) -> Any:
    return Roster.objects.filter(among("pk", numbers)).select_related("unit")


def _left_out(by_reason: Mapping[str, list[int]]) -> list[LeftOut]:
    """Return one line for each reason and kind, in the order of the reasons."""
    reason_of = {pk: why for why, numbers in by_reason.items() for pk in numbers}
    groups: dict[tuple[str, str], list[Roster]] = {}
    for roster in _with_units(reason_of).order_by("pk"):
        groups.setdefault((reason_of[roster.pk], roster.kind), []).append(roster)
    order = list(LEFT_OUT)
    return [
        LeftOut(
            LEFT_OUT.get(why, Text(zh=why, en=why)),
            kind_of(kind).title if kind else None,
            len(some),
            some[-1],
        )
        for (why, kind), some in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def _pick(words: Mapping[str, Text], report: Mapping[str, Any]) -> list[tuple[Text, int | None]]:
    return [(text, report.get(name)) for name, text in words.items()]


def _worded(counts: Mapping[str, int] | None, words: Mapping[str, Text]) -> list[tuple[Text, int]] | None:
    """Return counts with what each code means, the largest first; a code nobody has words for stands as it is."""
    if counts is None:
        return None
    return [
        (words.get(code, Text(zh=code, en=code)), n)
        for code, n in sorted(counts.items(), key=lambda item: -item[1])
    ]
