"""Every roster's rows for one village, ordinary and planted, in the order departments deliver them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jiandi.world.dice import Dice
from jiandi.world.people import Entry, Village
from jiandi.world.rosters import civil, earlier, health, other, police

MAKERS: dict[str, Callable[[Village, Dice], Iterator[Entry]]] = {
    "hukou": police.hukou,
    "death": police.death,
    "marriage": civil.marriage,
    "birth": health.birth,
    "antenatal": health.antenatal,
    "clinic": health.clinic,
    "school": other.school,
    "dibao": civil.dibao,
    "tekun": civil.tekun,
    "disability": civil.disability,
    "subsidy": civil.subsidy,
    "smd": health.smd,
    "smd_followup": health.smd_followup,
    "orphan": civil.orphan,
    "left_behind": civil.left_behind,
    "lbc": civil.lbc,
    "elderly": civil.elderly,
    "payment": other.payment,
    "idcard": police.idcard,
    "hotline": other.hotline,
    "police_call": police.police_call,
    "missing": police.missing,
    "unknown_identity": other.unknown_identity,
    "official_query": police.official_query,
    "insurance": other.insurance,
    "residence": police.residence,
    "screening": earlier.screening,
}


def rows_of(kind: str, village: Village) -> list[Entry]:
    """Return one roster's rows of one village: ordinary ones first, planted ones mixed in."""
    dice = village.dice(kind)
    rows = list(MAKERS[kind](village, dice))
    for planted in village.extra.get(kind, ()):
        rows.insert(dice.whole(0, len(rows)), planted)
    return rows
