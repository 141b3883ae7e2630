"""How many people each list stands for, by set operations over the linked records: nothing here writes to the database.

Counted twice over: for those who may see sensitive lists, at the county alone; and open, everywhere, where sensitive lists
are as if they did not exist. A wall moves no open number: whoever an ordinary list names is counted before and after, for a
township knows how long its own lists are. Only somebody sealed whom no list names is left out: cases enter such people.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from jiandi.core import checks
from jiandi.core.numbering import roster_records
from jiandi.rooms.register import shelf
from jiandi.rooms.register.actions_entering import STOCKS
from jiandi.rooms.register.groups import SENSITIVE_FILES
from jiandi.rooms.register.linking import OUTSIDE
from jiandi.rooms.register.models import COUNTED, FOUND, Person, Record, Roster
from jiandi.rooms.register.queries_snapshot import snapshot
from jiandi.rooms.register.rebuilding import on_shelf

# Who stands on no register of who is: met at a door, named by another's row, or on lists of what happened alone.
EVENTS, NAMED = "events", "named"
ASIDE = (FOUND, NAMED, EVENTS)
OLD_AGE = (
    80  # Law on the elderly, art. 33: allowances from eighty; a county that pays earlier has more on its list
)
# Rules of the checks that already ask who should stand on a list: counted here, asked there.
SHARED = ("R16", "R16b", "R23")
_HOMES = {
    "person_id": pa.int64(), "village": pa.int64(), "town": pa.int64(), "county": pa.int64(), "is_sealed": pa.bool_(),
    "is_found": pa.bool_(),
}  # fmt: skip
_SUBJECTS = "role <= 3"  # whom the row is about; guardians and parents are only named by it


def count(con: duckdb.DuckDBPyConnection, on: date, scratch: Path) -> None:
    """Leave list_counts and overlap_counts for every place from village to county."""
    snapshot(con)
    people = Person.objects.filter(COUNTED)
    homes = people.values_list("pk", "village_id", "town_id", "county_id", "wall_id", "kinds")
    shelf.load(
        con,
        "homes",
        _HOMES,
        ((*row[:4], row[4] is not None, row[5] == FOUND) for row in homes.iterator(shelf.CHUNK)),
    )
    if not _has(con, "records"):
        con.execute("CREATE TABLE records (person_id BIGINT, roster_id BIGINT, kind VARCHAR, role INTEGER)")
    _expect(con, on)
    _compare(con, scratch)
    _place(con)
    _count_lists(con)
    _count_overlaps(con)


def _has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [table]).fetchall())


def _listed(kinds: frozenset[str] | tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{kind}'" for kind in sorted(kinds)) + ")"


def _expect(con: duckdb.DuckDBPyConnection, on: date) -> None:
    """Leave gaps(person_id, kind): who should be on a list by the lists' own rules and is not; rules(kind): which were asked."""
    delivered = {
        row[0].removeprefix("rows_")
        for row in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'rows_%'"
        ).fetchall()
    }
    con.execute("CREATE TABLE gaps (person_id BIGINT, kind VARCHAR); CREATE TABLE rules (kind VARCHAR)")
    day = f"DATE '{on.isoformat()}'"
    resident = [k for k in ("hukou", "residence") if k in delivered]
    if {"hukou", "elderly"} <= delivered:
        _gap(con, "elderly", f"""SELECT person_id FROM people WHERE died_on IS NULL
            AND date_sub('year', birth_on, {day}) >= {OLD_AGE} AND person_id IN (SELECT subject_person FROM rows_hukou)""")  # fmt: skip
    if resident:
        # Other offices serve them here, so the police should know them: as registered, or as staying.
        where = " OR ".join(f"kind = '{kind}'" for kind in resident)
        serving = _listed(
            ("dibao", "tekun", "disability", "subsidy", "school", "orphan", "lbc", "elderly", "insurance")
        )
        _gap(con, "hukou", f"""SELECT DISTINCT person_id FROM records SEMI JOIN people USING (person_id)
            WHERE kind IN {serving} AND role = 0 AND person_id NOT IN
            (SELECT person_id FROM records WHERE ({where}) AND person_id IS NOT NULL)""")  # fmt: skip
    if {"left_behind", "lbc"} <= delivered:
        _gap(
            con,
            "lbc",
            "SELECT DISTINCT subject_person FROM rows_left_behind WHERE contains(category, '儿童')",
        )
    if {"smd_followup", "smd"} <= delivered:
        _gap(con, "smd", "SELECT DISTINCT subject_person FROM rows_smd_followup")
    _ask_the_checks(con, on)


def _gap(con: duckdb.DuckDBPyConnection, kind: str, should: str) -> None:
    con.execute(f"""INSERT INTO rules VALUES ('{kind}');
        INSERT INTO gaps SELECT s.person_id, '{kind}' FROM ({should}) s(person_id)
        WHERE s.person_id IS NOT NULL AND s.person_id NOT IN
            (SELECT person_id FROM records WHERE kind = '{kind}' AND {_SUBJECTS} AND person_id IS NOT NULL)""")


def _ask_the_checks(con: duckdb.DuckDBPyConnection, on: date) -> None:
    """Take school, subsidies and destitute care from the rules that ask about them, word for word the same question."""
    report = checks.run(con, at=on, only=SHARED)
    ran = {line.rule for line in report.rules if line.state == "ran"}
    about = {"R16": ("school",), "R16b": ("school",), "R23": ("subsidy", "tekun")}
    for kind in sorted({kind for rule in ran for kind in about[rule]}):
        con.execute("INSERT INTO rules VALUES (?)", [kind])
    con.execute("""INSERT INTO gaps SELECT DISTINCT person_id,
            CASE WHEN rule <> 'R23' THEN 'school' WHEN ends_with(key, ':destitute') THEN 'tekun' ELSE 'subsidy' END
        FROM findings WHERE person_id IS NOT NULL AND (rule <> 'R16' OR ends_with(key, ':school'))""")


def _compare(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Leave moved(roster_id, village, town, what): who is new, gone or written otherwise than in the delivery before."""
    con.execute("CREATE TABLE moved (roster_id BIGINT, village BIGINT, town BIGINT, what VARCHAR)")
    con.execute("CREATE TABLE compared (roster_id BIGINT)")
    live = Roster.objects.filter(state=Roster.State.READ, replaces__isnull=False)
    for roster in live.exclude(replaces__state=Roster.State.WITHDRAWN).select_related(
        "unit__place", "replaces__unit__place"
    ):
        assert roster.replaces is not None
        for table, one in (("was", roster.replaces), ("now", roster)):
            files = shelf.files(on_shelf(one, scratch), "records")
            con.execute(f"""CREATE OR REPLACE TEMP TABLE {table} AS
                SELECT coalesce(id18, name_clean || coalesce(birth::VARCHAR, '')) AS key, any_value(village) AS village,
                    any_value(town) AS town, min(md5(concat_ws(chr(31), name_clean, phone, address, household_no, village))) AS said
                FROM read_parquet({files!r}) WHERE {_SUBJECTS} GROUP BY key HAVING key IS NOT NULL""")
        con.execute(f"""INSERT INTO compared VALUES ({roster.pk});
            INSERT INTO moved
            SELECT {roster.pk}, coalesce(n.village, w.village), coalesce(n.town, w.town),
                CASE WHEN w.key IS NULL THEN 'added' WHEN n.key IS NULL THEN 'gone' ELSE 'changed' END
            FROM now n FULL JOIN was w USING (key) WHERE n.said IS DISTINCT FROM w.said OR n.key IS NULL OR w.key IS NULL""")


def _place(con: duckdb.DuckDBPyConnection) -> None:
    """Leave at(is_open, place, person_id): each person at each place they count at; and files(is_open, kind)."""
    secret, never = _listed(SENSITIVE_FILES), _listed(OUTSIDE)
    con.execute(f"""
        CREATE TEMP TABLE around AS
            SELECT true AS is_open, unnest(list_filter([county, town, village], lambda x: x IS NOT NULL)) AS place, person_id
            FROM homes WHERE NOT (is_sealed AND is_found)
            UNION ALL SELECT false, county, person_id FROM homes;
        CREATE TEMP TABLE files AS SELECT DISTINCT true AS is_open, kind FROM records WHERE kind NOT IN {secret} AND kind NOT IN {never}
            UNION ALL SELECT DISTINCT false, kind FROM records WHERE kind NOT IN {never};
        CREATE TEMP TABLE listed AS SELECT DISTINCT person_id, kind, roster_id FROM records
            WHERE person_id IS NOT NULL AND {_SUBJECTS};
        CREATE TEMP TABLE alone AS
            SELECT f.is_open, l.person_id, min(kind) AS kind FROM listed l JOIN files f USING (kind)
            GROUP BY f.is_open, l.person_id HAVING count(DISTINCT kind) = 1""")


def _count_lists(con: duckdb.DuckDBPyConnection) -> None:
    """Leave list_counts, by kind and by delivery."""
    _count_lines(con)
    con.execute("""
        CREATE TEMP TABLE by_kind AS
            SELECT a.is_open, a.place, l.kind, NULL::BIGINT AS roster_id, count(DISTINCT l.person_id) AS people,
                count(DISTINCT o.person_id) AS only_here
            FROM around a JOIN listed l USING (person_id) JOIN files f ON f.kind = l.kind AND f.is_open = a.is_open
            LEFT JOIN alone o ON o.is_open = a.is_open AND o.person_id = l.person_id AND o.kind = l.kind GROUP BY ALL
            UNION ALL
            SELECT a.is_open, a.place, l.kind, l.roster_id, count(*), 0
            FROM around a JOIN listed l USING (person_id) JOIN files f ON f.kind = l.kind AND f.is_open = a.is_open GROUP BY ALL;
        CREATE TEMP TABLE missing_at AS
            SELECT a.is_open, a.place, g.kind, NULL::BIGINT AS roster_id, count(DISTINCT g.person_id) AS missing
            FROM around a JOIN gaps g USING (person_id) JOIN files f ON f.kind = g.kind AND f.is_open = a.is_open GROUP BY ALL;
        CREATE TEMP TABLE keyed AS
            SELECT is_open, place, kind, roster_id FROM by_kind UNION SELECT is_open, place, kind, roster_id FROM lines_at
            UNION SELECT is_open, place, kind, roster_id FROM missing_at;
        CREATE TABLE list_counts AS
            SELECT k.place, k.is_open, k.kind, k.roster_id, coalesce(n.lines, 0) AS lines, coalesce(n.repaired, 0) AS repaired,
                coalesce(b.people, 0) AS people, coalesce(b.only_here, 0) AS only_here,
                CASE WHEN k.roster_id IS NULL AND k.kind IN (SELECT kind FROM rules) THEN coalesce(m.missing, 0) END AS missing,
                CASE WHEN c.roster_id IS NOT NULL THEN coalesce(n.added, 0) END AS added,
                CASE WHEN c.roster_id IS NOT NULL THEN coalesce(n.gone, 0) END AS gone,
                CASE WHEN c.roster_id IS NOT NULL THEN coalesce(n.changed, 0) END AS changed
            FROM keyed k
            LEFT JOIN by_kind b ON b.is_open = k.is_open AND b.place = k.place AND b.kind = k.kind AND b.roster_id IS NOT DISTINCT FROM k.roster_id
            LEFT JOIN lines_at n ON n.is_open = k.is_open AND n.place = k.place AND n.roster_id = k.roster_id
            LEFT JOIN missing_at m ON m.is_open = k.is_open AND m.place = k.place AND m.kind = k.kind AND k.roster_id IS NULL
            LEFT JOIN compared c ON c.roster_id = k.roster_id""")


def _count_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Leave lines_at: the lines of each delivery at each place, how many were repaired, what changed since the one before."""
    con.execute("CREATE TEMP TABLE where_lines (roster_id BIGINT, kind VARCHAR, "
                "village BIGINT, town BIGINT, county BIGINT, what VARCHAR, n BIGINT)")  # fmt: skip
    kinds = {"roster_id": pa.int64(), "village": pa.int64(), "town": pa.int64(), "county": pa.int64(),
             "is_repaired": pa.bool_(), "row_no": pa.int64()}  # fmt: skip
    read = Roster.objects.filter(state=Roster.State.READ)
    for number, kind, county in read.values_list("pk", "kind", "county_id"):
        rows = Record.objects.filter(pk__range=roster_records(number), role__lte=3)
        found = rows.values_list("village_id", "village__town_id", "repairs", "row_no")
        shelf.load(
            con,
            "lines_of",
            kinds,
            ((number, v, t, county, r != "", no) for v, t, r, no in found.iterator(shelf.CHUNK)),
        )  # fmt: skip
        con.execute(f"""INSERT INTO where_lines
            WITH lines AS (SELECT roster_id, row_no, bool_or(is_repaired) AS is_repaired,
                any_value(village) AS village, any_value(town) AS town, any_value(county) AS county FROM lines_of GROUP BY ALL)
            SELECT roster_id, '{kind}', village, town, county, 'lines', count(*) FROM lines GROUP BY ALL UNION ALL
            SELECT roster_id, '{kind}', village, town, county, 'repaired', count(*) FROM lines WHERE is_repaired GROUP BY ALL
            UNION ALL SELECT roster_id, '{kind}', village, town, {county}, what, count(*) FROM moved
            WHERE roster_id = {number} GROUP BY ALL""")
    con.execute("""
        CREATE TEMP TABLE lines_at AS
        WITH spread AS (
            SELECT true AS is_open, unnest(list_filter([county, town, village], lambda x: x IS NOT NULL)) AS place, roster_id, kind, what, n
            FROM where_lines
            UNION ALL SELECT false, county, roster_id, kind, what, n FROM where_lines)
        SELECT s.is_open, place, s.kind, roster_id, coalesce(sum(n) FILTER (what = 'lines'), 0) AS lines,
            coalesce(sum(n) FILTER (what = 'repaired'), 0) AS repaired, coalesce(sum(n) FILTER (what = 'added'), 0) AS added,
            coalesce(sum(n) FILTER (what = 'gone'), 0) AS gone, coalesce(sum(n) FILTER (what = 'changed'), 0) AS changed
        FROM spread s JOIN files f ON f.kind = s.kind AND f.is_open = s.is_open GROUP BY ALL""")


def _count_overlaps(con: duckdb.DuckDBPyConnection) -> None:
    """Leave overlap_counts: people by exactly which registers of who is they stand on; the rest by why they stand on none."""
    con.execute(f"""
        CREATE TEMP TABLE sets AS
            SELECT f.is_open, l.person_id,
                coalesce(string_agg(DISTINCT l.kind, ' ' ORDER BY l.kind) FILTER (l.kind IN {_listed(STOCKS)}), '{EVENTS}') AS kinds
            FROM listed l JOIN files f USING (kind) GROUP BY f.is_open, l.person_id;
        CREATE TEMP TABLE just_named AS SELECT DISTINCT f.is_open, person_id FROM records r JOIN files f USING (kind)
            WHERE person_id IS NOT NULL;
        CREATE TABLE overlap_counts AS
            SELECT a.place, a.is_open, left(coalesce(s.kinds, CASE WHEN h.is_found THEN '{FOUND}' ELSE '{NAMED}' END), 300) AS kinds,
                count(*) AS people
            FROM around a JOIN homes h USING (person_id) LEFT JOIN sets s ON s.is_open = a.is_open AND s.person_id = a.person_id
            LEFT JOIN just_named j ON j.is_open = a.is_open AND j.person_id = a.person_id
            WHERE s.kinds IS NOT NULL OR h.is_found OR j.person_id IS NOT NULL GROUP BY ALL""")
