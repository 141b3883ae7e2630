"""The demonstration's signed paper is a whole PDF, the same each time, and says on its face that it is invented."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from jiandi.commands import mainjob
from jiandi.commands.invented_paper import invented_paper
from jiandi.core.papers import kind_of_paper
from jiandi.rooms.access import sealing
from tests import people

LINES = ["文号 授〔2026〕1号", "签发人 方首(组长)"]


def test_it_is_a_pdf_whose_table_leads_to_each_part() -> None:
    paper = invented_paper("授权书(演示)", LINES)

    assert kind_of_paper(paper) == "pdf"
    table = int(paper.split(b"startxref\n")[1].split()[0])
    places = [int(line[:10]) for line in paper[table:].split(b"\n") if line.endswith(b" 00000 n ")]
    assert all(
        paper[place:].startswith(f"{number} 0 obj".encode()) for number, place in enumerate(places, start=1)
    )
    assert len(places) == 8


def test_it_says_that_it_is_invented_and_is_the_same_each_time() -> None:
    paper = invented_paper("授权书(演示)", LINES)

    for said in ("均为虚构", *LINES):
        assert said.encode("utf-16-be").hex().encode() in paper
    assert b"invented".hex().encode() in paper
    assert paper == invented_paper("授权书(演示)", LINES)


@pytest.mark.usefixtures("county")
def test_the_demonstrations_permission_carries_it(settings, tmp_path) -> None:
    settings.DATA = tmp_path
    job = SimpleNamespace(officer=people.officer)

    made = mainjob._authorisation(job)

    paper = sealing.read_file(made.document_sha256)
    assert (made.document_kind, made.kinds, made.signed_by) == ("pdf", [], "方首")
    assert "均为虚构".encode("utf-16-be").hex().encode() in paper
