"""The demonstration's signed paper is a whole PDF, the same each time, and says on its face that it is invented."""

from __future__ import annotations

from jiandi.commands.invented_paper import invented_paper
from jiandi.core.papers import kind_of_paper

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
