"""The log of how a form was filled in: measured where it can be, and otherwise a sentence that names the line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.forms.audit import LARGEST_LOG, MOST_ROWS, read_audit
from jiandi.core.values import Refused

START = 1_794_000_000_000
PLAIN = "event,node,start,end\n"
TRACKED = "event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user\n"


def line(event: str, node: str = "", start: float = 0, end: float | None = None, rest: str = "") -> str:
    """One line, its times in seconds from the start of the visit."""
    last = "" if end is None else str(START + int(end * 1000))
    return f"{event},{node},{START + int(start * 1000)},{last}{rest}\n"


def test_it_measures_times_edits_returns_and_time_away():
    log = read_audit(
        (
            TRACKED
            + line("form start", rest=",,,,,,")
            + line("question", "/data/result", 0, 10, ",34.7001,117.2,20,,met,grid_a1")
            + line("question", "/data/person[1]/name", 10, 30, ",34.7002,117.2,5,,样例,grid_a1")
            + line("jump", "", 30, rest=",,,,,,")
            + line("question", "/data/result", 30, 40, ",,,,met,refused,grid_a1")
            + line("form exit", "", 40, rest=",,,,,,")
            + line("form resume", "", 100, rest=",,,,,,")
            + line("group questions", "/data/person[1]", 100, 110, ",,,,,,")
            + line("constraint error", "/data/person[1]/birth_year", 110, rest=",,,,,,")
            + line("end screen", "", 110, 120, ",,,,,,")
            + line("form finalize", "", 120, rest=",,,,,,")
        ).encode()
    )

    assert (log.screens, log.jumps, log.resumes, log.errors, log.is_mocked) == (3, 1, 1, 1, False)
    assert log.seconds == pytest.approx((math.log(20) * 2 + math.log(10)) / 3)
    assert log.edits == log.returns == pytest.approx(1 / 3)
    assert log.away == pytest.approx(60 / 120)
    assert (log.lat, log.lon) == (34.7002, 117.2)  # the most accurate one
    assert log.spread is None  # three screens say nothing about it


def test_what_a_plain_log_cannot_say_stays_unsaid():
    log = read_audit((PLAIN + "".join(line("question", f"/data/q{n}", n, n + 1) for n in range(6))).encode())

    assert (log.edits, log.lat, log.lon, log.is_mocked) == (None, None, None, False)
    assert (log.seconds, log.spread, log.returns, log.away) == (0.0, 0.0, 0.0, 0.0)


def test_a_position_without_any_inaccuracy_is_no_position():
    log = read_audit((TRACKED + line("question", "/data/a", 0, 1, ",34.7,117.2,0.0,,,")).encode())

    assert log.is_mocked and log.lat is None


def test_a_value_with_commas_and_lines_is_one_cell():
    log = read_audit((TRACKED + line("question", "/data/a", 0, 1, ',,,,"a, ""b""\nc",d,x')).encode())

    assert log.edits == 1


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "columns", "Line 1"),
        (PLAIN.encode(), "empty", "nothing else"),
        (b"event,node,begin,end\n", "columns", "start"),
        (b"event,node,start,end,end\n", "columns", "twice"),
        ((PLAIN + "question,/data/a\n").encode(), "cells", "Line 2"),
        ((PLAIN + "question,/data/a,1,2,3\n").encode(), "cells", "Line 2"),
        ((PLAIN + 'question,"/data/a,1,2\n').encode(), "cells", "quotation"),
        ((PLAIN + "question,/data/a,,2\n").encode(), "times", "no start"),
        ((PLAIN + "question,/data/a,5,2\n").encode(), "times", "before it starts"),
        ((PLAIN + "question,/data/a,noon,2\n").encode(), "number", "noon"),
        ((PLAIN + "question,/data/a,٣,5\n").encode(), "number", "start"),
        ((PLAIN + f"question,/data/a,{9 * 10**18},\n").encode(), "number", "start"),
        ((TRACKED + line("question", "/a", 0, 1, ",91,0,5,,,")).encode(), "number", "91"),
        ((TRACKED + line("question", "/a", 0, 1, ",nan,0,5,,,")).encode(), "number", "nan"),
        ("event,node,start,end\n开始".encode("gb18030"), "text", "UTF-8"),
        (PLAIN.encode("utf-16"), "text", "UTF-8"),
        ((PLAIN + line("jump") * (MOST_ROWS + 1)).encode(), "large", "more than one visit"),
        (b"x" * (LARGEST_LOG + 1), "large", "more than one visit"),
    ],
)  # fmt: skip
def test_it_says_which_line_is_wrong_and_that_the_visit_counts(content, code, says):
    with pytest.raises(Refused) as refused:
        read_audit(content)

    assert refused.value.code == f"forms.audit_{code}"
    assert says in refused.value.text.en
    assert "走访照常计入" in refused.value.text.zh and "visit counts all the same" in refused.value.text.en


@given(st.binary(max_size=300))
def test_whatever_comes_it_is_read_or_refused(content):
    for body in (content, TRACKED.encode() + content):
        try:
            read_audit(body)
        except Refused as refused:
            assert refused.code.startswith("forms.audit_")


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60)), min_size=1, max_size=12))
def test_time_away_is_what_no_screen_covers(spans):
    rows = [line("question", f"/data/q{n}", at, at + took) for n, (at, took) in enumerate(spans)]
    covered = {second for at, took in spans for second in range(at, at + took)}
    first, last = min(at for at, _ in spans), max(at + took for at, took in spans)

    away = read_audit((PLAIN + "".join(rows)).encode()).away

    assert away == (None if first == last else pytest.approx(1 - len(covered) / (last - first)))


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_time_of_more_digits_than_a_number_holds_is_refused_in_a_sentence(digits):
    moment = "0" * 20 + "9" * digits
    row = f"question,/data/q,1,{moment}\n"

    with pytest.raises(Refused, match="audit_number"):
        read_audit((PLAIN + row).encode())
