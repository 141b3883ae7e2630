import datetime as dt

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum.cn.ric import calc_check_digit

from jiandi.core.identity import REASONS, check_character, numbers_sql, read_number, whole_number
from jiandi.core.identity.number_sql import BIT

TODAY = dt.date(2026, 11, 2)
GOOD = whole_number("990101", 19770513, 123)
LUNAR = whole_number("990101", 19620230, 12)


@pytest.mark.parametrize(
    ("written", "status", "reasons", "number"),
    [
        (GOOD, "valid", (), GOOD),
        ("".join(chr(ord(char) + 0xFEE0) for char in GOOD), "repaired", ("id_tidied",), GOOD),
        (f" {GOOD[:6]} {GOOD[6:]}", "repaired", ("id_tidied",), GOOD),
        (GOOD[:6] + GOOD[8:17], "repaired", ("id_15_to_18",), GOOD),
        (GOOD + "43", "repaired", ("id_from_card",), GOOD),
        (GOOD + "43B1", "repaired", ("id_from_card",), GOOD),
        (LUNAR, "lunar", ("id_lunar_date",), LUNAR),
        ("9.90101E+17", "invalid", ("id_scientific",), None),
        (GOOD[:15] + "000", "invalid", ("id_excel_rounded",), None),
        ("990101********1231", "invalid", ("id_masked",), None),
        (GOOD[:17], "invalid", ("id_length",), None),
        (GOOD[:16] + "0" + GOOD[17], "invalid", ("id_check_digit",), None),
        (whole_number("990101", 19771340, 1), "invalid", ("id_no_date",), None),
        (whole_number("990101", 20990101, 1), "invalid", ("id_future",), None),
        (whole_number("990101", 18990101, 1), "invalid", ("id_too_old",), None),
        ("990101770513997", "invalid", ("id_15_reserved",), None),
        ("无", "placeholder", ("id_placeholder",), None),
        ("111111111111111111", "placeholder", ("id_placeholder",), None),
        ("户口待办", "placeholder", ("id_placeholder",), None),
        ("", "missing", (), None),
        (None, "missing", (), None),
    ],
)
def test_it_reads_a_number_and_says_why(written, status, reasons, number):
    reading = read_number(written, reference_on=TODAY)

    assert (reading.status, reading.reasons, reading.number) == (status, reasons, number)
    assert all(REASONS[reason].zh and REASONS[reason].en for reason in reasons)


def test_it_reads_sex_and_birth():
    reading = read_number(GOOD, reference_on=TODAY)

    assert (reading.sex, reading.birth_on) == (1, dt.date(1977, 5, 13))
    assert read_number(LUNAR, reference_on=TODAY).birth_on == dt.date(1962, 4, 4)


def test_an_unknown_area_is_said_and_does_not_refuse():
    reading = read_number(GOOD, reference_on=TODAY, known_areas={"990102"})

    assert reading.usable and "id_area_unknown" in reading.reasons


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_its_check_digit_is_the_standard_one(first):
    assert check_character(first) == calc_check_digit(first + "0")


_NUMBERS = st.builds(
    whole_number,
    st.sampled_from(["990101", "990102", "000000"]),
    st.integers(18900101, 20301231),
    st.integers(0, 999),
)
_WRITTEN = st.one_of(
    st.none(),
    _NUMBERS,
    _NUMBERS.map(lambda number: number[:6] + number[8:17]),
    _NUMBERS.map(str.lower),
    st.tuples(_NUMBERS, st.text(alphabet="0123456789B ", max_size=8)).map("".join),
    st.tuples(_NUMBERS, st.integers(0, 17), st.sampled_from("0123456789X*? -.'")).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + 1 :]
    ),
    st.from_regex(r"[0-9](\.[0-9]{1,5})?E\+?[0-9]{1,2}", fullmatch=True),
    st.text(alphabet="0123456789xX０１Ｘ*?.- '无证E+\u3000\u00a0", max_size=24),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_WRITTEN, min_size=1, max_size=40))
@example([GOOD, LUNAR, "０", "0.0", ".0", "123456", "*", "1E5"])
def test_sql_reads_as_python_reads(written):
    con = duckdb.connect()
    con.execute("create table rows (record_id integer, id_number varchar, reference_on date)")
    con.executemany(
        "insert into rows values (?, ?, ?)", [[at, text, TODAY] for at, text in enumerate(written)]
    )
    con.execute("create table areas as select '990101' as code")

    found = con.execute(
        f"select record_id, id18, id_status, id_text, id_birth, id_sex, id_bits from ({numbers_sql('rows', known_areas='areas')})"
    ).fetchall()

    for at, number, status, text, birth, sex, bits in found:
        read = read_number(written[at], reference_on=TODAY, known_areas={"990101"})
        said = tuple(code for code in REASONS if bits & BIT[code])
        assert (number, status, text, birth, sex) == (
            read.number,
            read.status,
            read.text,
            read.birth,
            read.sex,
        ), written[at]
        assert set(said) == set(read.reasons), written[at]
