"""Which lists could have caught a person on no other list, and how they overlap."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q

from jiandi.core.estimate.overlap import Leads, ListInfo, suggest_leads
from jiandi.rooms.register.models import Person
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


def leads_for(campaign: Campaign) -> Leads:
    """Return what the overlaps of the qualifying lists suggest for a round's place."""
    place = campaign.place_id
    within = Q(county=place) | Q(county__city=place) | Q(county__province=place)
    people = Person.objects.filter(within, superseded_by__isnull=True, died_on__isnull=True)
    patterns: Counter[tuple[bool, ...]] = Counter()
    for kinds, count in people.values_list("kinds").annotate(n=Count("pk")):
        known = set(kinds.split())
        pattern = tuple(bool(known & set(group)) for group in QUALIFYING.values())
        if any(pattern):
            patterns[pattern] += count
    infos = [ListInfo(name, any(pattern[i] for pattern in patterns)) for i, name in enumerate(QUALIFYING)]
    return suggest_leads(infos, patterns)
