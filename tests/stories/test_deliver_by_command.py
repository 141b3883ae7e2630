"""A steward delivers from the command line and says which column is which; what cannot be followed is refused in a sentence."""

from __future__ import annotations

import argparse
import json

import pytest

from jiandi.commands import county as commands
from jiandi.rooms.register.models import Record, Roster
from jiandi.rooms.register.tests import cast
from tests import people

OWN = ["哪一位", "证号", "住哪里"]
ROW = ["见安娜", cast.ANNA[4], "清溪镇石桥村第1组1号"]
MAPPED = ("--map", "name=哪一位", "--map", "id_number=#2", "--map", "address=住哪里")


@pytest.fixture
def say(county, settings, tmp_path, capsys):
    """Run `roster deliver` on a file of a clerk's own headings; return the exit code and what became of the file."""
    settings.DATA = tmp_path
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    file = tmp_path / "十月.csv"
    file.write_bytes(cast.csv_of(OWN, ROW))

    def run(*more: str) -> tuple[int, dict]:
        given = ["roster", "deliver", str(file), "--unit", "明溪县民政局", "--reference", "2026-11-01"]
        arguments = parser.parse_args([*given, "--as", "steward", "--json", *more])
        code = arguments.run(arguments)
        return code, json.loads(capsys.readouterr().out)["files"][0]

    return run


def test_it_reads_a_file_by_the_columns_named(say):
    code, file = say("--kind", "dibao", *MAPPED)

    assert (code, file["state"], file["accepted"]) == (0, "read", 1)
    assert Record.objects.get().name == "见安娜" and Record.objects.get().village_id == people.VILLAGE_A1


def test_it_says_why_a_file_waits_and_reads_it_when_told(say):
    code, waiting = say()
    again, read = say("--kind", "dibao", *MAPPED)

    assert (code, waiting["state"], waiting["code"]) == (0, "received", "roster_without_header")
    assert "表头" in waiting["why"]
    assert (again, read["state"], read["roster"]) == (0, "read", waiting["roster"])


@pytest.mark.parametrize(
    ("more", "code", "word"),
    [
        (("--kind", "dibao", "--map", "name=姓名"), "mapping_loses_column", "姓名"),
        (("--kind", "dibao", "--map", "address=住哪里"), "roster_misses_column", "姓名"),
        (("--kind", "dibao", "--map", "nickname=哪一位"), "mapping_unknown_field", "nickname"),
        (("--kind", "allowance", "--map", "name=哪一位"), "mapping_unknown_kind", "dibao"),
        (("--map", "name=哪一位"), "roster_of_unknown_kind", "指明类别"),
    ],
)
def test_it_refuses_what_it_cannot_follow(say, more, code, word):
    ended, file = say(*more)

    assert (ended, file["state"], file["code"]) == (1, "refused", code)
    assert word in file["why"]
    assert not Record.objects.exists()


def test_a_wrong_mapping_leaves_a_waiting_file_waiting(say):
    say()

    ended, file = say("--kind", "dibao", "--map", "name=姓名")

    assert (ended, file["code"]) == (1, "mapping_loses_column")
    assert Roster.objects.get().state == "received"


def test_it_refuses_a_word_without_a_column(say):
    with pytest.raises(SystemExit):
        say("--map", "name")
