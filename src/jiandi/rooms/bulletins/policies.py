"""What the state of a bulletin allows. Each refusal is a sentence."""

from __future__ import annotations

from jiandi.core.disclosure import THRESHOLD
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.bulletins.models import Bulletin, Claim
from jiandi.rooms.bulletins.states import MOVES, NAMES, PUBLIC


def check_move(bulletin: Bulletin, to: str) -> None:
    """Refuse a step the bulletin's state does not allow."""
    if to not in MOVES[bulletin.state]:
        here, there = NAMES[bulletin.state], NAMES[to]
        raise Refused(
            "bulletins.state",
            Text(
                zh=f"通报现在是“{here.zh}”,不能直接变为“{there.zh}”。",
                en=f"The bulletin is “{here.en}”; it cannot become “{there.en}” from there.",
            ),
        )


def check_someone_else(by: Officer, bulletin: Bulletin) -> None:
    """Refuse the drafter as checker: nobody vouches for their own sentence."""
    if by.pk == bulletin.drafted_by_id:
        raise Refused(
            "bulletins.own_draft",
            Text(
                zh="起草人不能核对自己起草的通报,请另一位同事核对。",
                en="You drafted this bulletin, so somebody else must check it.",
            ),
        )


def check_has_claims(bulletin: Bulletin) -> None:
    """Refuse a bulletin that says nothing."""
    if not bulletin.claims.exists():
        raise Refused(
            "bulletins.empty",
            Text(
                zh="通报里没有一句有依据的话。请先有数据,再起草。",
                en="The bulletin holds no sentence with evidence. Draft it again when there is data.",
            ),
        )


# Between two bulletins a small step in one of these would count a handful of people.
COUNTS_OF_PEOPLE = frozenset({"unlisted_found", "opened"})


def earlier_claims(claim: Claim) -> list[Claim]:
    """Return the published, uncorrected sentences of the same query and place, newest first."""
    return list(
        Claim.objects.filter(
            query=claim.query,
            bulletin__place_id=claim.bulletin.place_id,
            bulletin__state__in=PUBLIC,
            bulletin__number__lt=claim.bulletin.number,
            corrections__isnull=True,
        ).order_by("-bulletin__number")[:5]
    )


def check_against_earlier(claim: Claim, growing: frozenset[str]) -> None:
    """Refuse a number that can only grow and did not, and a step so small that it points at somebody."""
    for earlier in earlier_claims(claim):
        if claim.values.get("campaign") != earlier.values.get("campaign"):
            continue
        for name in sorted(growing & set(claim.values) & set(earlier.values)):
            step = claim.values[name] - earlier.values[name]
            if step < 0:
                raise Refused("bulletins.contradicts", _contradiction(claim, earlier, name))
            if 0 < step < THRESHOLD and name in COUNTS_OF_PEOPLE:
                raise Refused("bulletins.small_step", _small_step(earlier, name))


def _contradiction(claim: Claim, earlier: Claim, name: str) -> Text:
    now, then, number = claim.values[name], earlier.values[name], earlier.bulletin.number
    return Text(
        zh=f"与第{number}期矛盾:当时“{name}”为{then:,},现在为{now:,},而它只会增加。请先更正第{number}期的那句话并说明原因。",
        en=f"This contradicts bulletin {number}: “{name}” was {then:,} and is now {now:,}, yet it can only grow. "
        f"Correct the sentence of bulletin {number} first and say why.",
    )


def _small_step(earlier: Claim, name: str) -> Text:
    number = earlier.bulletin.number
    return Text(
        zh=f"与第{number}期相减,“{name}”只差不到{THRESHOLD},会指向具体的人。请等数字变化更大后再发布。",
        en=f"Subtracting bulletin {number} would show fewer than {THRESHOLD} in “{name}” and so point at somebody. Wait until it has moved further.",
    )
