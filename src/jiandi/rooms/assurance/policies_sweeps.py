"""What a sweep allows at which moment. Each refusal is a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from jiandi.core.estimate.sweep import MIN_AREAS
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.assurance import sweeping
from jiandi.rooms.assurance.models import Sweep, SweepArea, SweepEntry, SweepPerson
from jiandi.rooms.assurance.policies import check_drawn
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.circles import circle_of

#: What may be learnt of somebody found, and of an entry not found.
FOUND_ANSWERS = (SweepPerson.State.ON_LIST, SweepPerson.State.NO_LIST, SweepPerson.State.NOT_RESIDENT)
ENTRY_ANSWERS = (SweepEntry.State.LIVES, SweepEntry.State.ERRONEOUS, SweepEntry.State.UNRESOLVED)
#: Who may still be settled at the door.
ASKED = (SweepPerson.State.ASK, SweepPerson.State.DENIED)
#: How many must deny somebody whom a colleague met, before they leave the count.
DENIERS = 2
LEAST_REASON, MOST_REASON = 5, 300


def check_place(place: Place) -> None:
    """Refuse a sweep of less than a township: too few areas to draw from, and everybody would know who is asked."""
    if place.level not in (Level.COUNTY, Level.TOWN):
        raise Refused(
            "assurance.sweep_place",
            Text(zh="盲扫以县或乡镇为范围。", en="A sweep covers a county or a township."),
        )


def check_no_open_sweep(place: Place) -> None:
    """Refuse a second sweep of a place while one is open: nobody picks the nicer one."""
    if Sweep.objects.filter(place=place, closed_at__isnull=True).exists():
        raise Refused(
            "assurance.open_sweep",
            Text(
                zh="这里已有一次盲扫没有结束。请先做完。",
                en="A sweep of this place is still open. Finish it first.",
            ),
        )


def check_size(size: int, areas: int) -> None:
    """Refuse a number of areas that shows nothing or that the place does not have."""
    if areas < MIN_AREAS:
        raise Refused(
            "assurance.sweep_areas",
            Text(
                zh=f"这里只有{areas}片区域(至少{MIN_AREAS}片)。请先导入门牌。",
                en=f"There are only {areas} areas here ({MIN_AREAS} needed). Import the doors first.",
            ),
        )
    if not MIN_AREAS <= size <= areas:
        raise Refused(
            "assurance.sweep_size",
            Text(
                zh=f"抽{MIN_AREAS}至{areas}片。",
                en=f"Draw between {MIN_AREAS} and {areas} areas.",
            ),
        )


def check_outsiders(assigned: int, size: int) -> None:
    """Refuse to begin where somebody would have to walk their own town: insiders make no blind sweep."""
    if assigned < size:
        raise Refused(
            "assurance.sweep_inspectors",
            Text(
                zh=f"{size}片中有{size - assigned}片没有外乡镇的人可派。请先增派复核员。",
                en=f"{size - assigned} of {size} areas have no inspector from elsewhere. Appoint more inspectors first.",
            ),
        )


def check_own_area(by: Officer, area: SweepArea) -> None:
    """Refuse an area that is somebody else's or is finished."""
    if area.inspector_id != by.pk or area.swept_at is not None:
        raise Refused(
            "assurance.not_your_area",
            Text(zh="这一片不是您的,或已扫完。", en="This area is not yours, or it is finished."),
        )


def check_resident(name: str, sex: int | None, birth_year: int | None, year: int) -> str:
    """Return the name as it is kept; refuses an entry nobody could be asked about again."""
    clean = name.strip()
    if not 1 <= len(clean) <= 60:
        raise Refused(
            "assurance.sweep_name",
            Text(
                zh="请写姓名;不知道的写称呼和特征,如“西屋老人”。",
                en="Write a name; where nobody knows it, what they are called, such as “old man, west room”.",
            ),
        )
    if sex not in (None, 1, 2) or (birth_year is not None and not year - 125 <= birth_year <= year):
        raise Refused(
            "assurance.sweep_facts",
            Text(zh="性别或出生年不对。", en="Sex or year of birth cannot be right."),
        )
    return clean


def check_all_swept(sweep: Sweep) -> None:
    """Refuse to compare before the areas are drawn and every one is walked: none may be left out."""
    check_drawn(sweep)
    left = sweep.areas.filter(swept_at__isnull=True).count()
    if left:
        raise Refused(
            "assurance.sweep_unfinished",
            Text(
                zh=f"还有{left}片没有扫完。抽中的每一片都要扫完。",
                en=f"{left} areas are not finished. Every area drawn is swept.",
            ),
        )


def check_not_linked(sweep: Sweep) -> None:
    """Refuse to compare twice: what was settled in the field stays."""
    if sweep.linked_at is not None:
        raise Refused(
            "assurance.linked_conflict",
            Text(zh="这次盲扫已与名册比对。", en="This sweep was held against the register already."),
        )


def check_may_settle(by: Officer, area: SweepArea, settled: bool) -> None:
    """Refuse to settle one's own finding, one's own town, or what is settled or closed."""
    if settled or area.sweep.closed_at is not None:
        raise Refused(
            "assurance.settled_conflict", Text(zh="这一项已经核清。", en="This has been settled already.")
        )
    if by.pk == area.inspector_id or by.unit.place.town_id == area.town_id:
        raise Refused(
            "assurance.settle_by_other",
            Text(
                zh="须由没有扫过这一片、也不属于本乡镇的另一人去核。",
                en="Somebody else settles this: not who swept the area, nor anybody of this township.",
            ),
        )
    if sweeping.ties(by) & sweeping.named(area.village_id, area.group_no, area.town_id):
        raise _tied()


def check_answer(state: str, answers: Collection[str]) -> None:
    """Refuse a word that would count as nothing: what is neither an omission nor a wrong entry flatters the lists."""
    if state not in answers:
        raise Refused(
            "assurance.sweep_answer",
            Text(
                zh=f"“{state}”不是可填的结果。可填:{'、'.join(answers)}。",
                en=f'"{state}" is no result. There are: {", ".join(answers)}.',
            ),
        )


def check_in_reach(by: Officer, area: SweepArea, at: datetime) -> None:
    """Refuse a county where the officer inspects nothing."""
    if not sweeping.in_reach(by, at).filter(pk=area.pk).exists():
        raise Refused(
            "access.area",
            Text(
                zh="这里不属于您复核的县。请交给该县的复核员。",
                en="This is no county where you inspect. Pass it to an inspector there.",
            ),
        )


def check_no_tie(by: Officer, people: Iterable[int]) -> None:
    """Refuse to say of somebody close to oneself, or of whom it could be, where they live."""
    if not circle_of(by).people.isdisjoint(people):
        raise _tied()


def _tied() -> Refused:
    return Refused(
        "assurance.settle_tied",
        Text(
            zh="您申报过与这里或此人的关系,须由另一位复核员去核。",
            en="You have declared a tie to this place or person. Another inspector settles this.",
        ),
    )


def check_not_denied_by(by: Officer, found: SweepPerson) -> None:
    """Refuse a second word of who denied the person already: another decides between the two."""
    if any(officer == by.pk for officer, _ in found.denials):
        raise Refused(
            "assurance.denied_by_you",
            Text(
                zh="您已答过此人不住这里,须由另一位复核员再问。",
                en="You have said already that this person does not live here. Another inspector asks next.",
            ),
        )


def check_denial(reason: str) -> str:
    """Return why somebody whom a colleague met is no resident; refuses to drop them without a word."""
    clean = reason.strip()
    if not LEAST_REASON <= len(clean) <= MOST_REASON:
        raise Refused(
            "assurance.denial_reason",
            Text(
                zh=f"同事见到过此人。请写明为何不住这里:谁说的、此人住哪里({LEAST_REASON}至{MOST_REASON}字)。",
                en="A colleague met this person. Write why they do not live here: who says so, and where they live "
                f"({LEAST_REASON} to {MOST_REASON} characters).",
            ),
        )
    return clean


def check_settled(sweep: Sweep) -> None:
    """Refuse to close while anything is open, or nothing was compared; behind a wall nobody asks."""
    if sweep.closed_at is not None:
        raise Refused("assurance.closed_conflict", Text(zh="盲扫已结束。", en="The sweep is closed."))
    if sweep.linked_at is None:
        raise Refused(
            "assurance.not_linked",
            Text(zh="请先与名册比对。", en="Hold it against the register first."),
        )
    asks = SweepPerson.objects.filter(area__sweep=sweep, state=SweepPerson.State.ASK).count()
    entries = SweepEntry.objects.filter(area__sweep=sweep, state=SweepEntry.State.ASK)
    asks += entries.filter(person__wall__isnull=True).count()
    if asks:
        raise Refused(
            "assurance.sweep_asks",
            Text(
                zh=f"还有{asks}项要到门口再问。问不清的也要记下。",
                en=f"{asks} are still to be asked at the door. Enter those that cannot be settled as such.",
            ),
        )
