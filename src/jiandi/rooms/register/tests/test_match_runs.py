"""Each match run can be asked afterwards: under whose word, over which rosters, what it counted, what it changed."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions, queries_runs
from jiandi.rooms.register.models import MatchRun, Person
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"
ANNAS = ["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "", ""]


def only(*kinds: str):
    return actions.authorise(
        by=people.officer("lead"), at=people.MONDAY, number="授〔2026〕8号", issued_by="明溪县工作专班", signed_by="方首",
        signed_office="组长", purpose="试点", starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31), kinds=kinds,
    )  # fmt: skip


def page(client: Client, run: MatchRun, by: str = "steward") -> str:
    client.force_login(people.officer(by))
    return client.get(reverse("register:match_run", args=[run.pk])).content.decode()


def test_it_says_which_rosters_it_used_and_which_it_left_out_and_why(client: Client) -> None:
    used = cast.deliver(cast.hukou())
    uncovered = cast.deliver(cast.dibao(ANNAS), unit=CIVIL, name="低保.csv")
    waiting = cast.deliver(
        cast.csv_of(["哪一位", "档"], ["见安娜", "A"]), unit="明溪县残疾人联合会", name="看不出.csv"
    )

    run = cast.link(under=only("hukou"))

    assert run.rosters == [used.pk]
    assert run.report["left_out"] == {"not_covered": [uncovered.pk], waiting.state: [waiting.pk]}
    told = queries_runs.told(run)
    assert [line.count for line in told.left_out] == [1, 1]
    text = page(client, run)
    assert "授权书没有写到这一类" in text and CIVIL in text and used.sha256[:12] in text
    assert uncovered.sha256[:12] not in text


def test_it_shows_the_engines_figures_in_words_and_what_changed(client: Client) -> None:
    cast.deliver(cast.hukou())
    first = cast.link()
    cast.deliver(cast.dibao(ANNAS), unit=CIVIL, name="低保.csv")

    second = cast.link(at=people.WEDNESDAY)

    told = queries_runs.told(second)
    assert told.before == first
    records, found, *_ = told.totals
    assert (records.before, records.now, records.difference) == (3, 4, 1)
    assert (found.difference, second.report["new"]) == (0, 0)
    assert {"parted": 0, "redirected": 0}.items() <= second.report.items()
    assert told.canaries is None or told.canaries is True
    text = page(client, second)
    assert "身份证号相同，姓名相同" in text and "新增的人" in text
    assert "None" not in text


def test_a_number_that_a_run_did_not_count_is_no_nought(client: Client) -> None:
    cast.deliver(cast.hukou())
    run = cast.link()
    MatchRun.objects.filter(pk=run.pk).update(report={"records": 3, "people": 3, "new": 3, "reviews": 0})
    run.refresh_from_db()

    told = queries_runs.told(run)
    text = page(client, run)

    assert (told.left_out, told.by_rule, told.sizes, told.canaries) == (None, None, None, None)
    assert [count for _, count in told.signs] == [None] * len(told.signs)
    assert "本次未统计" in text and "本次没有记下未参与的名册" in text


def test_it_counts_people_joined_and_numbers_that_lead_elsewhere() -> None:
    """A stranger on one list turns out, by a number delivered later, to be Anna: her number leads to Anna's from then on."""
    cast.deliver(cast.hukou())
    cast.deliver(cast.dibao(["柳阿禾", cast.ANNA[4], "女", "A", "1", "", "柳树镇白果村", "", ""]), unit=CIVIL)
    cast.link()
    pair = Person.objects.filter(superseded_by__isnull=True).count()
    row, anna = (Person.objects.get(name=name).records.first() for name in ("柳阿禾", "见安娜"))
    from jiandi.rooms.register.models import Judgement  # noqa: PLC0415

    Judgement.objects.create(
        record=row, candidate=anna, verdict="same", reason="核对", made_by=people.officer("steward"), made_at=people.WEDNESDAY
    )  # fmt: skip

    run = cast.link(at=people.THURSDAY)

    assert pair == 4
    assert (run.report["merged"], run.report["redirected"], run.report["parted"]) == (1, 1, 0)


def test_its_page_names_nobody_and_is_for_those_who_read_permissions(client: Client) -> None:
    cast.deliver(cast.hukou(), name="见安娜一家.csv")
    run = cast.link()

    for username in ("lead", "steward", "overseer"):
        text = page(client, run, username)
        assert f"/linking/runs/{run.pk}/" in text
        for said in (*cast.ANNA[1:2], cast.ANNA[4], cast.BO[1], Person.objects.get(name="见安娜").code):
            assert said not in text
    for username in ("township_a", "grid_a1", "handler_police", "inspector_a", "press"):
        client.force_login(people.officer(username))
        for name in ("match_run", "match_run_export"):
            assert client.get(reverse(f"register:{name}", args=[run.pk])).status_code == 403


def test_it_leads_to_its_event_in_the_log(client: Client) -> None:
    cast.deliver(cast.hukou())
    run = cast.link()
    event = Event.objects.get(verb="register.link")

    assert reverse("access:event", args=[event.pk]) in page(client, run, "overseer")


def test_its_model_is_named_in_the_readers_language(client: Client) -> None:
    cast.deliver(cast.hukou())
    run = cast.link()
    named = run.model_version.removeprefix("shipped ")

    for language, said in (("zh", f"随附 {named}"), ("en", f"shipped {named}")):
        client.cookies["jiandi_language"] = language
        assert said in page(client, run)
        assert said in client.get(reverse("register:linking")).content.decode()


def test_its_record_leaves_as_json_with_an_event_of_its_own(client: Client) -> None:
    roster = cast.deliver(cast.hukou())
    run = cast.link()
    client.force_login(people.officer("lead"))

    response = client.get(reverse("register:match_run_export", args=[run.pk]))

    said = json.loads(response.content)
    assert response["Content-Disposition"].startswith("attachment")
    assert said["authorisation"]["kinds"] == "all" and said["authorisation"]["document_sha256"] is None
    assert said["rosters"][0]["sha256"] == roster.sha256 and said["rosters"][0]["rows"] == 3
    assert "kept" not in said["report"] and said["report"]["people"] == 3
    assert "见安娜" not in response.content.decode()
    assert Event.objects.filter(verb="access.export_ledger").exists()


def test_the_list_of_runs_leads_to_each(client: Client) -> None:
    cast.deliver(cast.hukou())
    run = cast.link()
    client.force_login(people.officer("steward"))

    listed = client.get(reverse("register:linking")).content.decode()
    under = client.get(reverse("register:authorisation", args=[run.authorisation_id])).content.decode()

    assert (
        reverse("register:match_run", args=[run.pk]) in listed
        and reverse("register:match_run", args=[run.pk]) in under
    )
