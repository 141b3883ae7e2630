"""`jiandi transfer`: two counties, each with its own keys, hand a person over by files alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiandi import cli
from jiandi.rooms.register import actions, life
from jiandi.rooms.register.models import Person
from tests import people


@pytest.fixture
def two(db, settings, tmp_path):
    """The story county, and how to sit down at its system or at the other county's."""
    people.build_county()

    def sit(where: str) -> Path:
        folder = tmp_path / where
        folder.mkdir(exist_ok=True)
        settings.DATA = folder
        return tmp_path

    return sit


def test_a_person_goes_from_one_county_to_the_other_by_four_commands(two, capsys) -> None:
    files = two("here")
    her = Person.objects.create(
        code="P000000001",
        name="见安娜",
        village_id=people.VILLAGE_A1,
        town_id=people.TOWN_A,
        county_id=people.COUNTY,
    )
    prints = {}
    for where in ("here", "there"):
        two(where)
        prints[where] = actions.own_card().fingerprint
        assert cli.main(["transfer", "card", str(files / f"{where}.json"), "--json"]) == 0
        assert prints[where] in capsys.readouterr().out
    for where, other in (("here", "there"), ("there", "here")):
        two(where)
        trust = ["transfer", "trust", str(files / f"{other}.json"), "--as", "lead", "--fingerprint"]
        assert cli.main([*trust, "00000"]) == 2  # not what was read out
        assert cli.main([*trust, prints[other]]) == 0
    two("here")
    sealed, receipt = str(files / "offer.jdt"), str(files / "receipt.jdt")
    why = [
        "--to",
        prints["there"],
        "--moved-on",
        "2026-11-01",
        "--document",
        "户口迁移证 X-1",
        "--as",
        "steward",
    ]

    assert cli.main(["transfer", "offer", "NOBODY2345", sealed, *why]) == 2
    assert cli.main(["transfer", "offer", her.code, sealed, *why]) == 0
    assert cli.main(["transfer", "offer", her.code, sealed, *why]) == 2  # a file is not overwritten
    two("there")
    village = ["--village", str(people.VILLAGE_B1), "--as", "steward"]
    assert cli.main(["transfer", "accept", sealed, receipt, *village]) == 0
    two("here")
    assert life.ended_people() == {}
    assert cli.main(["transfer", "receipt", receipt, "--as", "steward"]) == 0
    assert list(life.ended_people()) == [her.pk]
