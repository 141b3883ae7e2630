"""When somebody declares a tie later: cases of those close to them, and their referrals, close before them at once."""

from __future__ import annotations

from jiandi.core.values import Text
from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.access.notices import holders, post_notice
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.cases.states import RUNNING
from jiandi.rooms.intake.actions_ties import wall_reports
from jiandi.rooms.register.circles import circle
from jiandi.rooms.register.standing import numbers_of

ALONE = Text(
    zh="{name}申报了关系,其所在单位没有别的人能办这件事,请改派。",
    en="{name} declared a tie and nobody else of their unit can take this on. Please give it to another unit.",
)


def wall_cases_off(tie: Tie) -> list[int]:
    """A case has its wall from birth, and so have its referrals; the report it began with gets one, inside the declaring."""
    people = numbers_of(circle(tie.kind, tie.subject_id).people)
    near = Case.objects.filter(subjects__person__in=people).select_related("county", "wall").distinct()
    cases = list(near.order_by("pk"))
    if not tie.has_colleagues():
        _tell_leads(tie, cases)
    return [case.wall_id for case in cases] + wall_reports(tie, {c.report_id for c in cases if c.report_id})


def _tell_leads(tie: Tie, cases: list[Case]) -> None:
    """Put work that had only this one reader in its unit before the leads inside the wall."""
    waiting = Referral.objects.filter(case__in=cases, unit=tie.officer.unit, state__in=RUNNING)
    links = {case.pk: case.get_absolute_url() for case in cases if case.owner_unit_id == tie.officer.unit_id}
    links |= {referral.case_id: referral.get_absolute_url() for referral in waiting}
    for case in cases:
        if case.pk in links:
            told = holders("lead", case.county, at=tie.at, wall_id=case.wall_id)
            others = [one for one in told if one.pk != tie.officer.pk]
            post_notice(others, ALONE.filled(name=tie.officer.name), link=links[case.pk], at=tie.at)
