"""From the command line: the steward compares a model, the lead takes it into use, the next run names it, the lead goes back."""

from __future__ import annotations

import json

import pytest

from jiandi import cli
from jiandi.rooms.register.models import Authorisation
from jiandi.rooms.register.tests import cast
from jiandi.rooms.register.tests.test_models import DIBAO, stored
from tests import people
from tests.stories.reading import it_is


@pytest.fixture
def register(db: None, settings: object, tmp_path: object) -> str:
    """A register of five rows, and a model that is not in use yet; returns the authorisation's number."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    people.build_county()
    it_is(people.TUESDAY)
    cast.deliver(cast.hukou())
    cast.deliver(cast.dibao(*DIBAO), unit="明溪县民政局", name="低保.csv")
    cast.link()
    stored()
    return Authorisation.objects.get().number


def said(capsys: pytest.CaptureFixture[str], *words: str, by: str) -> dict:
    """Run a command and return what it answers in JSON."""
    cli.main([*words, "--as", by, "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_model_goes_from_the_steward_to_the_lead_to_the_run(
    register: str, capsys: pytest.CaptureFixture[str]
) -> None:
    under = ("--authorisation", register)
    few = said(capsys, "link-model", "train", *under, by="steward")
    assert few["refused"] == "register.few_labels"
    early = said(capsys, "link-model", "use", "1", by="lead")
    assert early["refused"] == "register.model_report_missing"

    assert said(capsys, "link-model", "report", "1", *under, by="steward")["rows_moved"] == 1
    assert said(capsys, "link-model", "use", "1", by="lead")["in_use"].startswith("1 ")
    named = said(capsys, "link", *under, "--model", "m.json", by="steward")
    assert named["refused"] == "link.model_of_county"
    said(capsys, "link", *under, by="steward")
    listed = said(capsys, "link-model", "list", by="overseer")
    assert listed["in_use"].startswith("1 ") and listed["models"][0]["state"] == "In use"

    assert said(capsys, "link-model", "use", "shipped", by="lead")["in_use"].startswith("shipped ")
    assert said(capsys, "link-model", "use", "9", by="lead")["refused"] == "register.unknown_model"


@pytest.mark.parametrize(("language", "words"), [("zh", "不得用于"), ("en", "Not to be used")])
def test_the_card_is_printed_for_people(
    register: str, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    assert cli.main(["link-model", "show", "1", "--as", "overseer", "--lang", language]) == 0
    assert words in capsys.readouterr().out

    report = ["link-model", "report", "1", "--authorisation", register, "--as", "steward", "--lang", language]
    assert cli.main(report) == 0
    assert ("没有移动任何人" if language == "zh" else "Nobody was moved") in capsys.readouterr().out
