"""What the state of the register allows, apart from who may: each refusal a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from jiandi.core.identity import USABLE
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import unit_ids
from jiandi.rooms.register.models import FOUND, Authorisation, ChangeRequest, ReviewPair, Roster
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


def check_authorisation(authorisation: Authorisation, at: datetime) -> None:
    """Linkage runs under a written authorisation in force (Network Data Security Regulations, arts 15-17)."""
    day = timezone.localdate(at)
    if not authorisation.starts_on <= day <= authorisation.ends_on:
        raise Refused(
            "register.authorisation_not_in_force",
            Text(
                zh=f"授权书{authorisation.number}的有效期是{authorisation.starts_on}至{authorisation.ends_on},今天不能用。请登记新的授权。",
                en=f"Authorisation {authorisation.number} holds from {authorisation.starts_on} to {authorisation.ends_on}, not today. Record a new one.",
            ),
        )


def check_period(starts_on: date, ends_on: date) -> None:
    """An authorisation ends after it begins, and within three years."""
    if not starts_on <= ends_on or (ends_on - starts_on).days > 3 * 366:
        raise Refused(
            "register.authorisation_period",
            Text(
                zh="授权的起止日期不对(最长三年)。",
                en="The authorisation's dates are wrong (three years at most).",
            ),
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
    """Who may be hidden is merged only by two people, and who is sealed neither merged nor parted but by two."""
    parts = verdict == "not_same" and pair.record.person_id == pair.candidate.person_id and is_sealed(pair)
    why = why_two(pair) if verdict == "same" or parts else None
    if why is not None and (second_by is None or second_by.pk == by.pk):
        raise Refused("register.second_needed", why)


def why_two(pair: ReviewPair) -> Text | None:
    """Return why merging the pair needs a second person: it may hide somebody, or somebody in it is sealed; else None."""
    if is_sealed(pair):
        return _SEALED
    record = pair.record
    may_hide = record.id_status not in USABLE and record.roster.kind in WEAK_KINDS
    return _MAY_HIDE if may_hide or pair.candidate.roster.kind == FOUND else None


def is_sealed(pair: ReviewPair) -> bool:
    """Answer whether somebody in the pair is behind a wall."""
    people = (pair.record.person, pair.candidate.person)
    return any(person is not None and person.wall_id is not None for person in people)


_MAY_HIDE = Text(
    zh="这一行没有身份证号,又只来自一份较弱的名册,可能正是被漏掉的人。判为同一人须由另一位数据专员复核,最好先走访。",
    en="This row has no identity number and comes from one weak list: it may be the very person nobody knows of. “Same” needs a second steward, and better a visit first.",
)
_SEALED = Text(
    zh="其中一人的资料是封存的。须由另一位数据专员复核。",
    en="What is held about one of the two is sealed. The decision needs a second steward.",
)


def check_undecided(request: ChangeRequest) -> None:
    """A correction is decided once."""
    if request.decided_at is not None:
        raise Refused(
            "register.change_conflict",
            Text(zh="这条更正已经办过了。", en="This correction was already decided."),
        )
