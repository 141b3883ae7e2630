"""The way of one record in a browser: the same story as in tests/stories, clicked by the people it concerns.

1. The data steward uploads the marriage registry's workbook; the other departments' files are in already.
2. An officer of the women's federation reads the question, opens a case, assesses, plans, and refers it to health.
3. An officer of the township behind the papers looks for it and finds nothing.
4. Health accepts and answers; the federation confirms and proposes the outcome.
5. An inspector of another township writes down what she said, alone.
6. The lead closes the case; two looks are owed.
7. Press drafts, the overseer checks, the lead publishes; anybody reads the sentence.

Pictures of each step go to test-results/.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.models import Roster
from tests import people
from tests.browser.camera import IN_A_BROWSER, take
from tests.stories import rosters
from tests.stories import test_one_record as story
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "one-record"
PASSWORD = "a-long-invented-password"

pytestmark = IN_A_BROWSER


@pytest.fixture
def county(transactional_db, settings, tmp_path):
    """The story's county; everybody's password is the same, for this test alone."""
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # Argon2 is meant to be slow
    people.build_county()
    for number in (1, 2, 3):
        people.dwelling(number=number)
    for officer in Officer.objects.all():
        officer.set_password(PASSWORD)
        officer.save(update_fields=["password"])
    Installation.objects.filter(pk=1).update(is_demo=True)
    return people


@pytest.fixture
def page(browser) -> object:
    """A fresh window, 1440 wide, reading English."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(15_000)
    return context.new_page()


def test_one_record_in_a_browser(county, live_server, page):
    console = Console(page, live_server.url)
    it_is(story.MONDAY)

    a_workbook_is_uploaded(console)
    her = story.the_rows_are_linked()
    story.every_door_is_visited(her)
    alert = story.the_rules_ask(her)
    case = a_case_is_opened_and_planned(console, alert)
    the_township_finds_nothing(console, alert, case)
    health_answers(console, case)
    an_inspector_writes_her_words(console, case)
    the_lead_closes_it(console, case)
    the_public_reads(console)

    assert console.problems == []


class Console:
    """The console as one person at a time sees it."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address, self.pictures = page, address, 0
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.context.add_cookies([{"name": "jiandi_language", "value": "en", "url": address}])

    def be(self, username: str) -> None:
        """Log in as somebody else."""
        self.page.context.clear_cookies(name="sessionid")
        self.open(reverse("access:log_in"))
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.press("Log in")

    def open(self, path: str) -> int:
        """Go to an address; return how the server answered."""
        return self.page.goto(self.address + path).status

    def press(self, name: str) -> None:
        """Press a button or follow a link by its words, inside the page."""
        inside = self.page.locator("main")
        found = inside.get_by_role("button", name=name, exact=True)
        (found if found.count() else inside.get_by_role("link", name=name, exact=True)).first.click()
        self.page.wait_for_load_state()

    def unfold(self, name: str) -> None:
        """Open a folded part."""
        self.page.locator("summary", has_text=name).first.click()

    def says(self, words: str) -> bool:
        """Answer whether the page shows these words."""
        return words in self.page.locator("body").inner_text()

    def picture(self, name: str) -> None:
        """Keep what is on the screen."""
        self.pictures += 1
        take(self.page, PICTURES / f"{self.pictures:02d}-{name}.png")


def a_workbook_is_uploaded(console: Console) -> None:
    story.departments_deliver_their_files(except_for="婚姻登记档案.xlsx")
    console.be("steward")
    console.open(reverse("register:deliver"))
    page = console.page
    page.select_option("#id_unit", label="明溪县民政局")
    page.fill("#id_reference_on", "2026-11-01")
    page.set_input_files(
        "input[type=file]",
        {
            "name": "婚姻登记档案.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": rosters.marriages(),
        },
    )
    console.press("Deliver")
    console.picture("roster")
    assert Roster.objects.get(file_name="婚姻登记档案.xlsx").kind == "marriage"


def a_case_is_opened_and_planned(console: Console, alert: Alert) -> Case:
    it_is(story.WEDNESDAY)
    console.be("handler_women")
    console.open(reverse("checks:alerts"))
    console.picture("questions")
    console.open(reverse("checks:alert", args=[alert.pk]))
    assert console.says("861 days later")
    console.picture("question")
    console.press("Open a case")
    page = console.page
    page.select_option("[name=owner_unit]", label="明溪县妇女联合会")
    walled = page.locator("[name=owner_unit] option").all_inner_texts()
    assert rosters.TOWNSHIP not in walled
    console.press("Open the case")
    case = Case.objects.get()
    console.press("Begin the assessment")
    console.press("Write the plan")
    page.fill("[name=assessment]", "见到本人,无证件,说话先看家人脸色。")
    page.fill("[name=safety]", story.WITHOUT_ALARM)
    page.select_option("[name=measure-0-kind]", "medical")
    page.fill("[name=measure-0-what]", "安排女医生体检,单独问诊")
    page.select_option("[name=measure-0-unit]", label="明溪县卫生健康局")
    console.press("Make this the plan")
    console.press("Refer to a unit")
    page.select_option("[name=unit]", label="明溪县卫生健康局")
    page.select_option("[name=kind]", "medical")
    page.select_option("[name=clock]", "referral.answer")
    page.fill("[name=ask]", "安排女医生体检,单独问诊")
    page.check("[name=sections][value=who]")
    page.check("[name=sections][value=safety]")
    console.press("Send")
    console.open(case.get_absolute_url())
    assert console.says(case.number)
    console.picture("case")
    return case


def the_township_finds_nothing(console: Console, alert: Alert, case: Case) -> None:
    it_is(story.THURSDAY)
    console.be("inspector_a")
    for address in (reverse("cases:case", args=[case.pk]), reverse("cases:verify", args=[case.pk])):
        assert console.open(address) == 404
    console.picture("walled-off")
    console.be("township_a")
    assert console.open(reverse("checks:alert", args=[alert.pk])) in (403, 404)
    console.open(reverse("home"))
    assert not console.says(case.number) and not console.says(case.code_name_en)


def health_answers(console: Console, case: Case) -> None:
    referral = Referral.objects.get(case=case)
    console.be("handler_health")
    console.open(reverse("cases:inbox"))
    console.open(referral.get_absolute_url())
    console.press("Accept")
    console.page.fill("[name=answer]", "十一月五日由女医生体检并单独问诊")
    console.press("Answer")
    console.picture("answered")
    console.be("handler_women")
    console.open(referral.get_absolute_url())
    console.press("Confirm the answer")
    console.open(case.get_absolute_url())
    console.unfold("Propose the outcome")
    console.page.select_option("[name=result]", "identity")
    console.page.fill("[name=summary]", "身份已查清,住在庇护所,女儿已入学")
    console.press("Propose")


def an_inspector_writes_her_words(console: Console, case: Case) -> None:
    it_is(story.DECEMBER_4)
    console.be("inspector_b")
    console.open(reverse("cases:to_verify"))
    console.open(reverse("cases:verify", args=[case.pk]))
    for name in ("met_person", "met_alone", "holds"):
        console.page.check(f"[name={name}][value=yes]")
    console.page.fill("[name=own_words]", story.IN_HER_WORDS)
    console.picture("verify")
    console.press("Put on record")
    case.refresh_from_db()
    assert case.state == "verified"


def the_lead_closes_it(console: Console, case: Case) -> None:
    console.be("lead")
    console.open(case.get_absolute_url())
    assert console.says(story.IN_HER_WORDS)
    console.press("Close the case")
    console.open(case.get_absolute_url())
    assert console.says("after 30 days") and console.says("after 90 days")
    console.picture("closed")


def the_public_reads(console: Console) -> None:
    it_is(story.JANUARY_6)
    console.be("press")
    console.open(reverse("bulletins:bulletins"))
    console.press("Draft from today's numbers")
    draft = console.page.url.removeprefix(console.address)
    console.be("overseer")
    console.open(draft)
    console.press("I have checked it")
    console.be("lead")
    console.open(draft)
    console.press("Publish")
    console.open(draft)
    console.press("Public page")
    console.page.context.clear_cookies(name="sessionid")
    console.page.reload()
    assert console.says("fewer than 5 protection cases were opened")
    assert not console.says(rosters.SHE)
    console.picture("bulletin")
