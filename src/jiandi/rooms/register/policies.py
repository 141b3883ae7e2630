"""What the state of the register allows, apart from who may: each refusal a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.utils import timezone

from jiandi.core.identity import USABLE
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import unit_ids
from jiandi.rooms.register.models import FOUND, ChangeRequest, ReviewPair, Roster
from jiandi.rooms.register.safeguarding import held_among
from jiandi.rooms.register.states import PAIR, ROSTER

# A row without an identity number from one of these lists is where a hidden person shows (linkage guard rail 7).
WEAK_KINDS = frozenset(
    {"left_behind", "clinic", "hotline", "police_call", "missing", "unknown_identity", "antenatal", FOUND}
)


def check_own_unit(by: Officer, unit: Unit, roles: Iterable[str]) -> None:
    """A department's handler delivers for the own unit; stewards and scheduled work for any."""
    if set(roles) <= {"handler"} and unit.pk not in unit_ids(by):
        raise Refused(
            "register.other_unit",
            Text(
                zh=f"部门经办只能报送本单位的名册,不能替“{unit.name}”报送。请交数据专员。",
                en=f"A department's handler delivers only for the own unit, not for “{unit.name}”. Ask the data steward.",
            ),
        )


def check_reference(reference_on: date, at: datetime) -> None:
    """A roster's date is not in the future."""
    if reference_on > timezone.localdate(at):
        raise Refused(
            "register.future_reference",
            Text(
                zh=f"数据截至日{reference_on}还没有到。请填写名册实际的截至日期。",
                en=f"The roster's date {reference_on} has not come yet. Give the day the data was true.",
            ),
        )


def check_withdrawable(roster: Roster) -> None:
    """Only a roster that was read can be taken back, once."""
    if "withdrawn" not in ROSTER[roster.state][1]:
        raise Refused(
            "register.not_withdrawable",
            Text(
                zh=f"这份名册现在是“{ROSTER[roster.state][0].zh}”,不能撤回。",
                en=f"This roster is “{ROSTER[roster.state][0].en}” and cannot be withdrawn.",
            ),
        )


def check_waiting(roster: Roster) -> None:
    """The columns of a waiting roster are chosen once."""
    if roster.state != Roster.State.RECEIVED:
        raise Refused(
            "register.mapping_conflict",
            Text(
                zh=f"这份名册已经是“{ROSTER[roster.state][0].zh}”。请刷新页面查看。",
                en=f"This roster is already “{ROSTER[roster.state][0].en}”. Reload the page to see it.",
            ),
        )


def check_mappable(roster: Roster) -> None:
    """Columns are chosen for a roster that waits, or chosen anew for the one that counts now."""
    if roster.state not in (Roster.State.RECEIVED, Roster.State.READ):
        raise Refused(
            "register.not_mappable",
            Text(
                zh=f"这份名册现在是“{ROSTER[roster.state][0].zh}”,不能再改各列的对应。请从现行的那一份改起。",
                en=f"This roster is “{ROSTER[roster.state][0].en}”: its columns can no longer be changed. Start from the one that counts now.",
            ),
        )


def check_reason(reason: str) -> None:
    """A decision that others must understand later needs a reason."""
    if len(reason.strip()) < 2:
        raise Refused(
            "register.reason_missing",
            Text(zh="请写明理由,以后要凭它核对。", en="Give a reason; others will rely on it later."),
        )


def check_open(pair: ReviewPair, verdict: str) -> None:
    """A pair is decided while it waits; a decision is changed by undoing it first."""
    if verdict not in PAIR[pair.state][1]:
        raise Refused(
            "register.pair_conflict",
            Text(
                zh=f"这一对已判定为“{PAIR[pair.state][0].zh}”。要改,请先撤销原判定。",
                en=f"This pair was already decided: “{PAIR[pair.state][0].en}”. Undo that decision first.",
            ),
        )


def check_waiting_pair(pair: ReviewPair) -> None:
    """Only a pair that waits can be taken in hand."""
    if pair.state not in (ReviewPair.State.OPEN, ReviewPair.State.UNSURE):
        raise Refused(
            "register.pair_conflict",
            Text(
                zh=f"这一对已判定为“{PAIR[pair.state][0].zh}”。",
                en=f"This pair was already decided: “{PAIR[pair.state][0].en}”.",
            ),
        )


def check_free(pair: ReviewPair, by: Officer, at: datetime) -> None:
    """While one person looks at a pair, nobody else decides it: two answers at once would be no second opinion."""
    if is_held(pair, by, at):
        assert pair.held_by is not None  # the database holds that they come together
        until = timezone.localtime(pair.held_until).strftime("%H:%M")
        raise Refused(
            "register.pair_held_conflict",
            Text(
                zh=f"{pair.held_by.name}正在看这一对(至{until})。请看下一对。",
                en=f"{pair.held_by.name} is looking at this pair (until {until}). Take the next one.",
            ),
        )


def is_held(pair: ReviewPair, by: Officer, at: datetime) -> bool:
    """Answer whether somebody else has the pair in hand."""
    return pair.held_by_id not in (None, by.pk) and pair.held_until is not None and pair.held_until > at


def check_second(pair: ReviewPair, verdict: str, by: Officer, second_by: Officer | None) -> None:
    """Who may be hidden is merged only by two people; about whom more is held than lists say, two merge and two part."""
    needed = why_two(pair) if verdict == "same" else why_two_to_part(pair) if verdict == "not_same" else None
    if needed is not None and (second_by is None or second_by.pk == by.pk):
        raise Refused("register.second_needed", needed)


def why_two(pair: ReviewPair, held: Collection[int] | None = None) -> Text | None:
    """Return why merging the pair needs a second person, in the same words for every reason; else None.

    It may hide somebody, or about somebody in it more is held than lists say: a seal, a paper, what others work on. Whoever
    reads the words must not learn which. `held`: whom `safeguarding.held_among` named, where many pairs are asked about at once.
    """
    return _TWO if may_hide(pair) or _people_of(pair) & _held(pair, held) else None


def why_two_to_part(pair: ReviewPair) -> Text | None:
    """Return why saying “not the same” needs a second person: a program made them one, and more is held than lists say."""
    is_one = pair.record.person_id is not None and pair.record.person_id == pair.candidate.person_id
    return _TWO if is_one and _held(pair, None) else None


def may_hide(pair: ReviewPair) -> bool:
    """Answer whether the row may be the very person nobody knows of: no number, and from one weak list, or met at a door."""
    record = pair.record
    is_nameless = record.id_status not in USABLE and record.roster.kind in WEAK_KINDS
    return is_nameless or pair.candidate.roster.kind == FOUND


def check_visit_note(pair: ReviewPair, verdict: str, visit_note: str) -> None:
    """Before such a row becomes somebody else, somebody went there (linkage guard rail 7)."""
    if verdict == "same" and may_hide(pair) and len(visit_note.strip()) < LEAST_SEEN:
        raise Refused(
            "register.visit_note_missing",
            Text(
                zh="这一行没有身份证号,又只来自一份较弱的名册或走访,可能正是被漏掉的人。判为同一人前须有人上门看过:请写明何时、谁、见到了什么。",
                en="This row has no identity number and comes from one weak list or from a door: it may be the very person nobody knows of. Before “same” somebody must have gone there: write when, who, and what they saw.",
            ),
        )


def _people_of(pair: ReviewPair) -> set[int]:
    return {one for one in (pair.record.person_id, pair.candidate.person_id) if one}


def _held(pair: ReviewPair, held: Collection[int] | None) -> set[int]:
    return set(held) if held is not None else held_among(_people_of(pair))


LEAST_SEEN = 6
_TWO = Text(
    zh="判错会让一个人从名单上消失,或者动到名册以外另有记载的人。须由另一位数据专员一起看过,最好先走访。",
    en="A mistake here takes a person off the lists, or touches somebody of whom more is held than these lists say. A second steward must look as well, and better a visit first.",
)


def check_undecided(request: ChangeRequest) -> None:
    """A correction is decided once."""
    if request.decided_at is not None:
        raise Refused(
            "register.change_conflict",
            Text(zh="这条更正已经办过了。", en="This correction was already decided."),
        )


def check_other_than_asked(request: ChangeRequest, by: Officer) -> None:
    """A value that stands before what departments wrote is never one person's word."""
    if request.asked_by_id == by.pk:
        raise Refused(
            "register.change_needs_another",
            Text(
                zh="这条更正是您自己提出的。要在登记册中采用,须由另一位数据专员决定。",
                en="You asked for this correction yourself. For it to stand in the register another steward must decide.",
            ),
        )


def check_in_force(request: ChangeRequest) -> None:
    """Only a value that stands can be taken back."""
    if not request.is_in_force:
        raise Refused(
            "register.change_conflict",
            Text(zh="这条决定已不在采用中。请刷新页面。", en="This value no longer stands. Reload the page."),
        )
