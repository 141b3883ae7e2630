"""Codes and words of a department's columns: read by the national tables, by the county's own words, and never dropped."""

from __future__ import annotations

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.register import words
from jiandi.rooms.register.models import Roster, RowOutcome
from jiandi.rooms.register.queries_rosters import report_of
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The county's own file of words, empty at first."""
    path = tmp_path / "codes.toml"
    monkeypatch.setattr(words, "own_file", lambda: path)
    return path


def of_kin(*said: str) -> bytes:
    rows = [
        cast.ANNA,
        *([*cast.BO[:1], f"见{i}", *cast.BO[2:4], "", one, *cast.BO[6:]] for i, one in enumerate(said)),
    ]
    return cast.hukou(*rows)


def test_an_unknown_word_is_kept_said_of_its_row_and_named_where_many_share_it(own) -> None:
    roster = cast.deliver(of_kin("那口子", "那口子", "那口子", "一人说的怪话"))

    assert roster.report["repairs"]["relation:unknown_code"] == 4
    (warning,) = roster.report["warnings"]
    assert "那口子(3)" in warning["zh"] and "codes.toml" in warning["en"]
    assert "怪话" not in str(roster.report)  # what one row says may be about a person
    line = RowOutcome.objects.filter(code="unknown_code").earliest("row_no")
    assert "代码不在代码表中" in line.detail_zh
    assert any("code list" in text.en for text, _ in report_of(roster)["repairs"])


def test_a_countys_own_word_counts_from_the_next_file_on(own) -> None:
    own.write_text('[kin]\n"配偶" = ["那口子"]\n', encoding="utf-8")

    roster = cast.deliver(of_kin("那口子", "爱人", "12"))

    assert "relation:unknown_code" not in roster.report["repairs"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("不是表", "codes.unreadable"),
        ('kin = "配偶"', "codes.unreadable"),
        ('[kin]\n"配偶" = "那口子"', "codes.unreadable"),
        ('[kin]\n"子" = ["女儿"]', "codes.word_taken"),
    ],
)
def test_a_file_of_words_that_is_wrong_stops_the_delivery_with_a_sentence(own, text: str, code: str) -> None:
    own.write_text(text, encoding="utf-8")

    with pytest.raises(Refused) as refused:
        cast.deliver(cast.hukou(), at=people.TUESDAY)

    assert refused.value.code == code
    assert not Roster.objects.exclude(state=Roster.State.STANDING).exists()
