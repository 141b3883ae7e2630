"""Which lists could have caught a person on no other list, how they overlap, and what that suggests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from jiandi.core.estimate.mse.bootstrap import Progress
from jiandi.core.estimate.mse.gate import ListInfo
from jiandi.core.estimate.mse.lead import METHODS, Lead
from jiandi.core.estimate.mse.sensitivity import scaled
from jiandi.core.estimate.mse.study import Study, study_overlaps
from jiandi.core.estimate.mse.tables import PatternTable, table_of
from jiandi.core.values import Text
from jiandi.rooms.assurance.models import Estimate
from jiandi.rooms.register.models import COUNTED, Person, ReviewPair
from jiandi.rooms.screening.models import Campaign

# Each of these meets people by itself. Rosters made from the household register (subsidies, allowances) are that
# register again and do not qualify; neither do visits planned from the register.
QUALIFYING: dict[str, tuple[str, ...]] = {
    "police": ("hukou", "residence", "idcard"),
    "clinics": ("clinic", "antenatal", "birth", "smd"),
    "schools": ("school",),
    "insurance": ("insurance",),
    "township": ("left_behind", "hotline"),
}
NAMES: dict[str, Text] = {
    "police": Text(zh="公安", en="police"),
    "clinics": Text(zh="医疗卫生", en="clinics"),
    "schools": Text(zh="学校", en="schools"),
    "insurance": Text(zh="医保", en="health insurance"),
    "township": Text(zh="乡镇与热线", en="township and hotline"),
}


def table_for(campaign: Campaign) -> PatternTable:
    """Return how the qualifying lists overlap among the living people of a round's place."""
    return table_of(list(QUALIFYING), _patterns(_people(campaign)))


def joined_table_for(campaign: Campaign) -> PatternTable:
    """Return the same overlaps, had every two records still in doubt been found to be one person's.

    The other threshold of linkage: the register keeps doubtful pairs apart, which raises an estimate; joining all of
    them lowers it. The truth lies between, as far as linkage goes.
    """
    people = _people(campaign)
    groups = _in_doubt(people)
    joined = {pk for group in groups for pk in group}
    kinds = dict(people.filter(pk__in=joined).values_list("pk", "kinds"))
    patterns = _patterns(people)
    for group in groups:
        for pk in group:
            patterns[_pattern([kinds[pk]])] -= 1
        patterns[_pattern([kinds[pk] for pk in group])] += 1
    return table_of(list(QUALIFYING), +patterns)


def _people(campaign: Campaign) -> QuerySet[Person]:
    place = campaign.place_id
    within = Q(county=place) | Q(county__city=place) | Q(county__province=place)
    return Person.objects.filter(COUNTED, within, died_on__isnull=True)


def _patterns(people: QuerySet[Person]) -> Counter[tuple[bool, ...]]:
    patterns: Counter[tuple[bool, ...]] = Counter()
    for kinds, count in people.values_list("kinds").annotate(n=Count("pk")):
        patterns[_pattern([kinds])] += count
    return patterns


def _pattern(kinds: Iterable[str]) -> tuple[bool, ...]:
    known = {kind for one in kinds for kind in one.split()}
    return tuple(bool(known & set(group)) for group in QUALIFYING.values())


def _in_doubt(people: QuerySet[Person]) -> list[list[int]]:
    """Return the groups of people who would be one each, were every pair waiting for a decision the same."""
    waiting = ReviewPair.objects.filter(state__in=(ReviewPair.State.OPEN, ReviewPair.State.UNSURE))
    pairs = waiting.values_list("record__person", "candidate__person")
    known = set(
        people.filter(pk__in={pk for pair in pairs for pk in pair if pk}).values_list("pk", flat=True)
    )
    home: dict[int, int] = {}

    def root(pk: int) -> int:
        while home.setdefault(pk, pk) != pk:
            pk = home[pk]
        return pk

    for one, other in pairs:
        if one in known and other in known:
            home[root(one)] = root(other)
    groups: dict[int, list[int]] = {}
    for pk in home:
        groups.setdefault(root(pk), []).append(pk)
    return [group for group in groups.values() if len(group) > 1]


def worked_out(campaign: Campaign, table: PatternTable, joined: PatternTable) -> Estimate | None:
    """Return the last lead of a round that was worked out from these very tables."""
    same = {"counts__table": table.digest, "counts__joined__table": joined.digest}
    return Estimate.objects.filter(campaign=campaign, **same).order_by("-pk").first()


def study_for(table: PatternTable, *, draws: int, progress: Progress | None = None) -> Study:
    """Return what a table suggests; a list nobody is on was not delivered and does not qualify."""
    sizes = table.sizes()
    lists = [ListInfo(name, sizes[name] > 0) for name in table.lists]
    return study_overlaps(table, lists, draws=draws, progress=progress)


def figures(study: Study, joined: PatternTable, *, table: PatternTable, draws: int) -> dict[str, Any]:
    """Return what is kept of a study: counts, every method in both languages, the tests that warn, the tables' hashes."""
    gate, spread = study.gate, study.envelope
    return {
        "table": table.digest,
        "draws": draws,
        "seen": gate.seen,
        "lists": len(gate.qualifying),
        "overlaps": gate.overlaps,
        "qualifying": study.table.sizes(),
        "named": [{**_both(NAMES[name]), "people": count} for name, count in study.table.sizes().items()],
        "not_qualifying": [_both(NAMES[name]) for name in gate.dropped],
        "methods": [_row(lead) for lead in study.leads],
        "unended": [_both(METHODS[method]) for method in study.unended],
        "bound": [_row(study.bound)] if study.bound else [],
        "joined": _joined(joined),
        "reference": [_row(study.reference[0])] if study.reference else [],
        "envelope": [spread.least, spread.most, spread.low, _finite(spread.high)] if spread else [],
        "drops": [{"covered": drop.is_covered, **_both(_named(drop.text))} for drop in study.drops],
        "slides": [[row.xi, row.least, row.most] for row in study.slides],
    }


def _joined(table: PatternTable) -> dict[str, Any]:
    """What the quick methods say at the other threshold of linkage; without a passed gate counts alone."""
    study = study_for(table, draws=0)
    spread = study.envelope
    return {
        "table": table.digest,
        "seen": study.gate.seen,
        "overlaps": study.gate.overlaps,
        "range": [round(spread.least), round(spread.most)] if spread else [],
    }


def _named(text: Text) -> Text:
    """A sentence about a list with the list's name in the reader's language in place of its code."""
    zh, en = text.zh, text.en
    for code, name in NAMES.items():
        zh, en = zh.replace(f"“{code}”", f"“{name.zh}”"), en.replace(f"list {code} ", f"list “{name.en}” ")
    return Text(zh=zh, en=en)


#: How far the slider goes either way: e**2 is more than seven times as many.
MOST_XI = 2.0


def slid(counts: dict[str, Any], xi: float) -> tuple[int, int] | None:
    """Return what the methods' least and most become under an assumption nobody can test; None where none may be shown."""
    if not counts.get("envelope"):
        return None
    least, most = (scaled(counts["seen"], total, xi) for total in counts["envelope"][:2])
    return round(least), round(most)


def _finite(value: float) -> float | None:
    return None if value == float("inf") else value


def _row(lead: Lead) -> dict[str, Any]:
    return {
        **_both(METHODS[lead.method]),
        "estimate": round(lead.estimate),
        "low": round(lead.low),
        # An upper end nobody could work out is kept as nothing, and said to be open.
        "high": None if lead.high == float("inf") else round(lead.high),
        "level": lead.level,
        "open": lead.open_ended,
    }


def _both(text: Text) -> dict[str, str]:
    return {"text_zh": text.zh, "text_en": text.en}
