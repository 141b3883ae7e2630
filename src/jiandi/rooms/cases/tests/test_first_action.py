"""One click on a question opens the case and asks the unit that can act; never one with a part in it, never one's own."""

import pytest

from jiandi.core.checks import rule
from jiandi.core.values import Refused
from jiandi.rooms.access.permissions import has_wall_between
from jiandi.rooms.cases import actions_first
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.checks.models import Alert


def test_it_opens_the_case_plans_the_rules_first_action_and_asks_who_can_do_it(county):
    alert = cast.alert(cast.person())

    sent = actions_first.refer_first(
        by=county.officer("lead"), at=county.MONDAY, alert=alert, rule=rule("R18")
    )

    assert (sent.unit.name, sent.kind, sent.state) == ("明溪县民政局", "benefit", Referral.State.SENT)
    assert sent.case.state == Case.State.ACTIVE
    assert sent.measure is not None and sent.measure.what == rule("R18").first_action.zh
    assert cast.verbs(sent.case) == ["cases.open_case", "cases.assess", "cases.make_plan"]
    assert has_wall_between(county.officer("grid_a1"), sent.wall_id)
    assert Alert.objects.get().state == "confirmed"


def test_a_unit_with_a_part_in_it_is_passed_over_and_nobody_asks_their_own(county):
    alert = cast.alert(cast.person(), implicated=("明溪县民政局",))

    with pytest.raises(Refused, match="No other unit"):
        actions_first.refer_first(by=county.officer("lead"), at=county.MONDAY, alert=alert, rule=rule("R18"))

    assert not Case.objects.exists()


def test_the_unit_the_question_was_sent_to_is_asked_first(county):
    alert = cast.alert(cast.person())
    alert.routed_to = county.unit("明溪县妇女联合会")

    sent = actions_first.refer_first(
        by=county.officer("lead"), at=county.MONDAY, alert=alert, rule=rule("R18")
    )

    assert sent.unit.name == "明溪县妇女联合会"


def test_danger_is_taken_up_by_two_and_a_visit_is_arranged_elsewhere(county):
    danger = cast.alert(cast.person(), key="R11:1", rule_class="danger")

    for asked, code in ((rule("R11"), "cases.first_needs_two"), (rule("R16"), "cases.first_is_visit")):
        with pytest.raises(Refused) as refused:
            actions_first.refer_first(by=county.officer("lead"), at=county.MONDAY, alert=danger, rule=asked)
        assert refused.value.code == code


def test_the_page_offers_it_in_one_click_to_those_who_may(county, client):
    alert = cast.alert(cast.person())
    Alert.objects.update(rule="R18")
    client.force_login(county.officer("lead"))
    page = f"/checks/{alert.pk}/"

    assert 'data-key="f"' in client.get(page).content.decode()
    gone = client.post(f"/cases/open/alert/{alert.pk}/refer/", follow=True)

    assert gone.redirect_chain[-1][0] == Case.objects.get().get_absolute_url()
    assert Referral.objects.get().unit.name == "明溪县民政局"
    assert 'data-key="f"' not in client.get(page).content.decode()
    client.force_login(county.officer("grid_a1"))
    assert client.post(f"/cases/open/alert/{alert.pk}/refer/").status_code == 404
