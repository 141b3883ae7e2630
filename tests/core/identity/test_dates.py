import datetime as dt

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jiandi.core.identity import REASONS, lunar_table, lunar_to_solar, map_dates, read_date, solar_to_lunar
from jiandi.core.identity.lunar import lunar_only_dates

TODAY = dt.date(2026, 11, 2)
MAY = dt.date(1977, 5, 13)


@pytest.mark.parametrize(
    ("written", "on", "precision", "reason"),
    [
        ("1977.5.13", MAY, "day", None),
        ("1977年5月13日", MAY, "day", None),
        ("19770513", MAY, "day", None),
        ("１９７７－０５－１３", MAY, "day", None),
        ("1977-05-13 00:00:00", MAY, "day", None),
        ("28258", MAY, "day", "date_excel_serial"),
        ("77.5.13", MAY, "day", "date_two_digit_year"),
        ("770513", MAY, "day", "date_two_digit_year"),
        ("1977年5月", dt.date(1977, 5, 1), "month", "date_month_only"),
        ("197705", dt.date(1977, 5, 1), "month", "date_month_only"),
        ("1977", dt.date(1977, 1, 1), "year", "date_year_only"),
        ("农历1962年二月三十", dt.date(1962, 4, 4), "lunar", "date_lunar"),
        ("1962.2.30（农历）", dt.date(1962, 4, 4), "lunar", "date_lunar"),
        ("1962-02-30", dt.date(1962, 4, 4), "lunar", "date_lunar"),
        ("一九六二年腊月廿三", dt.date(1963, 1, 18), "lunar", "date_lunar"),
        ("1977.05.13.", MAY, "day", None),
        ("1977、5、13", MAY, "day", None),
        ("1977—5—13", MAY, "day", None),
        ("1977年5月13日生", MAY, "day", None),
        ("出生于1977年5月13日", MAY, "day", None),
        ("阳历1977.5.13", MAY, "day", None),
        ("1977.5.13(公历)", MAY, "day", None),
        ("一九七七年五月十三日", MAY, "day", None),  # 日: solar, as offices write it
        ("1977年五月十三日", MAY, "day", None),
        ("二〇〇八年五月一日", dt.date(2008, 5, 1), "day", None),
        ("二00八年五月一日", dt.date(2008, 5, 1), "day", None),
        ("一九七七年五月十三", dt.date(1977, 6, 29), "lunar", "date_lunar"),
        ("农历一九七七年五月十三日", dt.date(1977, 6, 29), "lunar", "date_lunar"),
        ("阴历1977.5.13", dt.date(1977, 6, 29), "lunar", "date_lunar"),
        ("1976年腊月30", dt.date(1977, 2, 17), "lunar", "date_lunar"),
        ("农历1977年闰五月初三", None, None, "date_impossible"),
        ("28258.7083333", MAY, "day", "date_excel_serial"),
        ("77年5月13日", MAY, "day", "date_two_digit_year"),
        ("77年5月", dt.date(1977, 5, 1), "month", "date_month_only"),
        ("1977-05-00", dt.date(1977, 5, 1), "month", "date_month_only"),
        ("19770000", dt.date(1977, 1, 1), "year", "date_year_only"),
        ("1977年5月上旬", dt.date(1977, 5, 1), "month", "date_month_only"),
        ("约1977年", dt.date(1977, 1, 1), "year", "date_year_only"),
        ("1977年春", dt.date(1977, 1, 1), "year", "date_year_only"),
        ("5/13/1977", MAY, "day", "date_year_last"),
        ("13.05.1977", MAY, "day", "date_year_last"),
        ("5/6/1977", dt.date(1977, 1, 1), "year", "date_year_only"),  # May or June: nobody can tell
        ("13-5-77", None, None, "date_impossible"),
        ("77.05", None, None, "date_unreadable"),
        ("2099-01-01", None, None, "date_future"),
        ("1890-01-01", None, None, "date_too_old"),
        ("1977-13-05", None, None, "date_impossible"),
        ("五月初", None, None, "date_unreadable"),
        ("不详", None, None, "date_placeholder"),
        ("1900-01-01", None, None, "date_placeholder"),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_it_reads_a_date_and_says_why(written, on, precision, reason):
    reading = read_date(written, reference_on=TODAY)

    assert (reading.on, reading.precision, reading.reason) == (on, precision, reason)
    assert reason is None or REASONS[reason].en


def test_it_allows_planned_dates_when_asked():
    assert read_date("2027-01-05", reference_on=TODAY, future=True).on == dt.date(2027, 1, 5)


@given(st.dates(dt.date(1901, 1, 1), dt.date(2099, 12, 31)))
def test_lunar_and_solar_agree(day):
    lunar = solar_to_lunar(day)
    there = (lunar // 10000, lunar // 100 % 100, lunar % 100)

    assert day in (lunar_to_solar(*there), lunar_to_solar(*there, leap=True))


def test_only_february_has_dates_that_no_sun_has_seen():
    assert {date // 100 % 100 for date in lunar_only_dates()} == {2}
    assert 19620230 in lunar_only_dates()


def test_the_lunar_table_has_one_row_a_day():
    con = duckdb.connect()
    lunar_table(con)

    assert con.execute(
        "select count(*) = count(distinct solar), count(*) > 39000 from lunar_days"
    ).fetchall() == [(True, True)]
    assert con.execute("select count(*) - count(distinct lunar) from lunar_days where plain").fetchall() == [
        (0,)
    ]


_DATES = st.dates(dt.date(1880, 1, 1), dt.date(2030, 1, 1))
_WRITTEN = st.one_of(
    st.tuples(
        _DATES,
        st.sampled_from(
            ["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日", "%y.%m.%d", "%Y%m", "%Y-%m/%d"]
        ),
    ).map(lambda pair: pair[0].strftime(pair[1])),
    st.text(alphabet="0123456789-./年月日农历 正三十,生", max_size=11),
    st.from_regex(r"(19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]", fullmatch=True),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(_WRITTEN, min_size=1, max_size=40))
@example(["11111111", "1900-01-01", "100001/01", "1977-05-13", "2099.01.01"])
def test_sql_reads_as_python_reads(written):
    con = duckdb.connect()
    con.execute("create table rows (birth varchar, reference_on date)")
    con.executemany("insert into rows values (?, ?)", [[text, TODAY] for text in written])

    map_dates(con, source="rows", column="birth", into="mapped")

    mapped = con.execute("select raw, on_day, precision, reason from mapped").fetchall()
    assert {raw for raw, *_ in mapped} == set(written)
    for raw, on, precision, reason in mapped:
        read = read_date(raw, reference_on=TODAY)
        assert (on, precision, reason) == (read.on, read.precision, read.reason), raw
