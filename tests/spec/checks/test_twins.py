"""The engine and its plain twins, on counties nobody thought of: whatever the rows say, both answer alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiandi.core.checks import RULES, run
from jiandi.core.checks.engine import limits_of
from jiandi.core.checks.plain import TWINS, answers_of, read_county
from jiandi.core.checks.schema import FINDINGS, ROSTER_ROLES, TABLES
from jiandi.core.checks.table import rule
from jiandi.core.numbering import ROLE_CODES
from tests.core.checks.county import AT, row_id

PEOPLE = [1, 2, 3]
DAYS = st.sampled_from(
    [
        AT - timedelta(days=n)
        for n in (0, 1, 10, 31, 61, 63, 76, 91, 200, 364, 365, 366, 399, 401, 700, 3000, 6000)
    ]
    + [None]
)
BIRTHS = st.sampled_from(
    [
        date(2011, 9, 1),
        date(2010, 11, 24),
        date(2020, 8, 31),
        date(2015, 2, 28),
        date(1990, 1, 1),
        date(1960, 2, 29),
        None,
    ]
)
WORDS = {
    "name": ["甲某", "乙某", "丙丁", None],
    "died_on": [None, None, None, AT - timedelta(days=400)],
    "met": ["1", "2", "3", None],
    "mode": ["1", "2", "3", None],
    "lost_reason": ["外出", "无", None],
    "restraint": ["1", "2", "3", None],
    "past_restraint": ["1", "2", "3", None],
    "status": ["在校", "休学", "辍学", "转出", None],
    "entry_reason": ["出生", "补录", "集体落户", "迁入", None],
    "hukou_kind": ["家庭户", "集体户", None],
    "origin_document": ["户口迁移证", "无", None],
    "wife_documents": ["身份证、户口簿", "村委会证明", "无", None],
    "result": ["met", "no_contact", "moved", "无异常", None],
    "screener": ["村会计", "无", None],
    "present": ["seen", "away", "not_here", "dead", None],
    "danger": ["none", "locked", "injured", None],
    "own_id": ["yes", "no", "unknown", None],
    "words": ["女人被锁在屋里", "狗拴在门口", "没有关锁", "左眉有疤，缺门牙，说黔东话", None],
    "need": ["要药", "独自居住", "无", None],
    "body": ["老人被绑在床上", "门锁着，敲门没人应", "直播里夸他，孩子妈从来没露过脸", "直播卖惨，说老人有病要打赏", "像是疯了", None],
    "note": ["孩子被关在柴房", "身体好", "长期不在", "多次敲门无人应", "监护人不在", "精神异常", None],
    "issue_kind": ["首次", "换领", None],
    "basis": ["村委会证明", "户口簿", None],
    "seen_how": ["上门", "电话", "家属代述", None],
    "photo_sha": ["aa", "bb", "", None],
    "category": ["独居老人", "1", None],
    "grade": ["1", "4", None],
    "registration_kind": ["结婚登记", "补领", None],
    "certificate_no": ["J-1", "J-2", "无", None],
    "companion": ["丈夫甲某", "配偶: 乙某", "邻居", None],
    "husband_name": ["甲某", "乙某", None],
    "former_name": ["甲某", "无", None],
    "age": ["12", "33", "60", "不详", None],
    "visit_kind": ["住院", "门诊", None],
    "facility": ["甲医院", "乙医院", None],
    "slip": ["青崖县莫须有", "莫须", "无", None],
    "queried_by": ["青崖县人民检察院", "明溪县公安局", "妇联", None],
    "answer": ["有", "有", "无"],
    "support_kind": ["集中供养", "分散供养", None],
    "subsidy_kind": ["护理补贴", "生活补贴", None],
    "marital": ["10", "20", None],
    "diagnosis": ["精神分裂症", "双耳听力障碍", "左眉有疤", "感冒", None],
    "living": ["独居", "非独居", "随祖母", None],
    "disposition": ["告诫书", "无告诫", "调解", None],
    "dna": ["未比中", "未采", "比中", None],
    "reply": ["已办结", "转办", None],
    "satisfaction": ["不满意", "满意", None],
    "marks": ["左眉有疤缺门牙", "右手六指", None],
    "dialect": ["说黔东话", "北方口音", None],
    "missing_from": ["青崖县赶集", None],
    "found_at": ["青崖县赶集路上", None],
    "sex": ["1", "2", None],
}  # fmt: skip


def cells(column: str, kind: str) -> st.SearchStrategy:
    """Values of one column: few, so that rows collide; often nothing."""
    if column in WORDS and kind == "VARCHAR" or column in ("died_on",):
        return st.sampled_from(WORDS[column])
    if column.endswith("birth") or column == "birth_on":
        return BIRTHS
    if kind == "DATE":
        return DAYS
    if kind == "TIMESTAMP":
        return st.sampled_from(
            [
                datetime(2026, 11, 5, 9, 0, 1),
                datetime(2026, 11, 5, 9, 0, 30),
                datetime(2025, 1, 5, 9, 1),
                None,
            ]
        )
    if column == "sex" and kind == "TINYINT":
        return st.sampled_from([1, 2, None])
    if kind in ("BIGINT", "INTEGER", "TINYINT"):
        return st.sampled_from([1, 2, None])
    if kind == "DOUBLE":
        return st.sampled_from([34.1, 34.10001, None])
    return st.sampled_from(["甲", "乙", None]) if kind == "VARCHAR" else st.sampled_from([True, False, None])


def rows_of(table: str, most: int = 5) -> st.SearchStrategy:
    columns = {name: cells(name, kind) for name, kind in TABLES[table].items()}
    for name in columns:
        if name.endswith("_person") or (name == "person_id" and table != "people"):
            columns[name] = st.sampled_from([1, *PEOPLE, None])
    rows = st.fixed_dictionaries(columns)
    return st.one_of(st.lists(rows, min_size=3, max_size=most), st.lists(rows, max_size=most))


PEOPLE_ROWS = st.lists(
    st.fixed_dictionaries({name: cells(name, kind) for name, kind in TABLES["people"].items()}),
    min_size=len(PEOPLE),
    max_size=len(PEOPLE),
)


FAMILIES = {
    "marriages": ("R1", "R2", "R5", "R7", "R27"),
    "papers": ("R3", "R6", "R17", "R25"),
    "illness": ("R8", "R9", "R9b", "R10", "R11"),
    "benefits": ("R12", "R12b", "R12c", "R13", "R23"),
    "visits": ("R4", "R14", "R14b", "R14c", "R15", "R24", "R28"),
    "children": ("R16", "R16b", "R18", "R19"),
    "answers": ("R20", "R21", "R22", "R26", "R29"),
}
"""Rules that read much the same files: one invented county asks them all."""


def counties(names: tuple[str, ...]) -> st.SearchStrategy:
    """Counties in which only the tables these rules read hold rows, many of them about few people."""
    read = {need.partition(".")[0] for name in names for need in (*rule(name).needs, *rule(name).reads)}
    return st.fixed_dictionaries(
        {table: rows_of(table, most=7) for table in sorted(read - {"people", "records"})}
        | {"people": PEOPLE_ROWS}
    )


STATUSES = st.lists(
    st.sampled_from(["valid", "valid", "shared", "invalid", "missing", None]), min_size=1, max_size=7
)


def written(con: duckdb.DuckDBPyConnection, county: dict, statuses: list) -> None:
    """Write a county into emptied tables, with ids that are unique as the register's are."""
    con.execute("BEGIN")
    for table in TABLES:
        con.execute(f"DELETE FROM {table}")
    for number, row in enumerate(county["people"], 1):
        row["person_id"] = number
    for number, row in enumerate(county.get("visits", []), 1):
        row["visit_id"] = number
    for number, row in enumerate(county.get("reports", []), 1):
        row["report_id"] = number
    county = county | {"records": records_of(county, statuses)}
    for table, rows in county.items():
        if rows:
            names = sorted(rows[0])
            heading, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
            values = [[row[name] for name in names] for row in rows]
            con.executemany(f"INSERT INTO {table} ({heading}) VALUES ({marks})", values)
    con.execute("COMMIT")


def records_of(county: dict, statuses: list) -> list[dict]:
    """One record for each person a row names, with identity numbers of every standing."""
    records = []
    for kind, roles in ROSTER_ROLES.items():
        for number, row in enumerate(county.get(f"rows_{kind}", []), 1):
            row["row_id"] = row_id(kind, number)
            for role in roles:
                if row[f"{role}_person"] is not None:
                    records.append(record(kind, row, role, statuses[len(records) % len(statuses)]))
    return records


def record(kind: str, row: dict, role: str, status: str | None) -> dict:
    before = "" if role == "subject" else f"{role}_"
    own = {
        "record_id": row["row_id"] * 8 + ROLE_CODES[role],
        "row_id": row["row_id"],
        "kind": kind,
        "role": ROLE_CODES[role],
    }
    holder = 1 if status == "shared" else row[f"{role}_person"]  # a number that stands with another's name
    proven = status in ("valid", "shared")
    own |= {"person_id": row[f"{role}_person"], "name": row.get(f"{before}name")}
    own |= {
        "id_status": "valid" if proven else status,
        "id18": f"990101{holder:012d}" if proven else None,
        "phone": row.get(f"{before}phone"),
        "birth_on": row.get(f"{before}birth"),
    }
    return {column: own.get(column) for column in TABLES["records"]}


def tables() -> duckdb.DuckDBPyConnection:
    """Return a snapshot with every table and no row."""
    con = duckdb.connect()
    for table, columns in TABLES.items():
        _create(con, table, columns)
    con.execute(f"CREATE TABLE findings ({FINDINGS})")
    return con


@pytest.fixture(scope="module")
def con():
    return tables()


def _create(con, table, columns):
    heading = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute(f"CREATE TABLE {table} ({heading})")


LOW = {
    "R28": {"least_visits": 1, "chance": 0.9},
    "R14": {"minute_doors": 2},
    "R10": {"least_followups": 2, "missed_in_a_row": 2},
    "R12b": {"households": 2},
    "R9b": {"per_thousand": 900.0, "chance": 0.5},
    "R2": {"bulk_files": 2},
    "R20": {"shared_words": 1, "least_weight": 1.5},
}


@pytest.mark.parametrize("family", list(FAMILIES))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_they_agree_with_their_twins_on_any_county(con, family, data):
    names = FAMILIES[family]
    written(con, data.draw(counties(names)), data.draw(STATUSES))
    low = {name: LOW[name] for name in names if name in LOW}

    report = run(con, at=AT, only=names, thresholds=low)

    county = read_county(con)
    for name in names:
        assert report.of(name).state == "ran", report.of(name).reason
        assert TWINS[name](county, AT, limits_of(rule(name), low)) == answers_of(con, name), name


def test_every_rule_has_a_twin_and_is_asked_on_any_county():
    asked = [name for names in FAMILIES.values() for name in names]

    assert sorted(asked) == sorted(TWINS) == sorted(row.id for row in RULES)
