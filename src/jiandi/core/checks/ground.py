"""The ground every rule stands on: canonical views, small macros, and a few tables computed once a run.

`g_known`   what all records together know of a person: kinds, a proven identity number, a telephone, adult roles
`g_doubtful` household registrations of adults entered late or into a collective book with no document of origin, and
             first cards of adults on a paper of the village
`g_verified` people whose identity some keeper of an identity file has verified
`g_namesake` people without identity whom a verified person so resembles that a link is likely missing: a question for
             the reviewers of links, not for the police
`g_seen`    when a person was last seen in person, and where that stands
More tables, which join what links cannot, are in `bridges.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import duckdb

from jiandi.core.checks.bridges import ALIAS, BRIDGED, HOLLOW, NAMED, WITNESSED
from jiandi.core.checks.schema import ALSO_CALLED, TABLES, view_of
from jiandi.core.identity.number import USABLE

VERIFYING = ("hukou", "idcard", "insurance", "residence", "death")
"""Files whose keepers check an identity number against the person."""

VILLAGE_PAPER = "村委会|村民委员会|居委会|居民委员会|本人(声明|陈述)|情况说明"
"""A paper of the village or the person's own word shows no origin: the village paper is how the first gate failed."""

SHOULD_CARRY_ID = (
    *("hukou", "marriage", "birth", "antenatal", "school", "dibao", "tekun", "disability", "subsidy", "smd"),
    *("lbc", "elderly", "payment", "idcard", "insurance", "residence", "orphan", "police_call", "clinic"),
)
"""Files that have a column for the identity number, so that its absence says something."""

# A slip, or the other calendar, leaves part of a birthday standing or moves it by weeks: brothers and sisters differ in all of it.
_TWO_BIRTHS = """two_births(a, b) AS coalesce(year(a) <> year(b) AND month(a) <> month(b) AND day(a) <> day(b) AND abs(a - b) > 60
    AND NOT (month(a) = 1 AND day(a) = 1) AND NOT (month(b) = 1 AND day(b) = 1), false)"""

_MACROS = (
    "row_ref(x) AS {'kind': 'row', 'id': x::BIGINT}",
    "visit_ref(x) AS {'kind': 'visit', 'id': x::BIGINT}",
    "report_ref(x) AS {'kind': 'report', 'id': x::BIGINT}",
    "unit_named(x, why) AS {'kind': 'unit', 'name': filled(x), 'id': NULL::BIGINT, 'why': why}",
    "unit_known(x, why) AS {'kind': 'unit', 'name': NULL::VARCHAR, 'id': x::BIGINT, 'why': why}",
    "officer_named(x, why) AS {'kind': 'officer', 'name': filled(x), 'id': NULL::BIGINT, 'why': why}",
    "officer_known(x, why) AS {'kind': 'officer', 'name': NULL::VARCHAR, 'id': x::BIGINT, 'why': why}",
    "person_known(x, n, why) AS {'kind': 'person', 'name': filled(n), 'id': x::BIGINT, 'why': why}",
)

# Pairs of characters too common in descriptions of people to say anything.
COMMON = "口音|身高|左右|右侧|左侧|脸上|手上|身上|不详|普通|中等|特征|明显|一处|疤痕|体型|偏瘦|偏胖|皮肤|头发|短发|长发|方言|说话|听不|不清|没有"
_PAIRS = f"""pairs_of(words) AS list_distinct(list_filter(
    list_transform(range(1, greatest(length(words), 1)), lambda i: substr(words, CAST(i AS INTEGER), 2)),
    lambda w: regexp_full_match(w, '[一-龥]{{2}}') AND NOT regexp_full_match(w, '{COMMON}')))"""

# Whatever is longer than the longest filler is told by its length: nearly every name and number.
_FILLERS = ("无", "没有", "/", "-", "—", "暂无", "不详", "未知", "空")
_FILLED = f"""filled(x) AS CASE WHEN strlen(trim(x)) > {max(len(filler.encode()) for filler in _FILLERS)} THEN trim(x)
    WHEN regexp_full_match(trim(x), '|{"|".join(_FILLERS)}') THEN NULL ELSE trim(x) END"""


def columns_of(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return the tables of the snapshot and their columns, as delivered."""
    found: dict[str, set[str]] = {}
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
    for table, column in con.execute(query).fetchall():
        found.setdefault(table, set()).add(column)
    return found


def _select_of(column: str, kind: str, delivered: set[str]) -> str:
    """Return one column of a view: read under any of its names, or empty where it was not delivered."""
    here = next((name for name in ALSO_CALLED.get(column, (column,)) if name in delivered), None)
    source = f'TRY_CAST("{here}" AS {kind})' if here else f"CAST(NULL AS {kind})"
    return f'{source} AS "{column}"'


def _make_view(
    con: duckdb.DuckDBPyConnection, table: str, wanted: Mapping[str, str], delivered: set[str] | None
) -> None:
    columns = ", ".join(_select_of(name, kind, delivered or set()) for name, kind in wanted.items())
    source = f'"{table}"' if delivered else "(SELECT 1 WHERE false)"
    name = "b_" + table.removeprefix("rows_") if table in BRIDGED else view_of(table)
    con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {columns} FROM {source}")


def lay(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Make views, macros and tables; return which tables and columns were delivered."""
    delivered = columns_of(con)
    _say(con)
    _bridge(con, delivered)
    for name, query in (("g_doubtful", _DOUBTFUL), ("g_known", _known()), ("g_seen", seen())):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_verified AS {_VERIFIED}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_namesake AS {namesakes('k_people')}")
    con.execute("CREATE OR REPLACE TEMP TABLE g_register AS SELECT person_id FROM k_people")
    return delivered


def _say(con: duckdb.DuckDBPyConnection) -> None:
    for macro in (_FILLED, _PAIRS, _SIGHT, _TWO_BIRTHS, _proven(), *_MACROS):
        con.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")


def kept(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the tables that hold all a later run on the same day stands on: the snapshot, the ground and the findings."""
    return [name for (name,) in con.execute(_KEPT).fetchall()]


# What was laid anew for a moment hides what was kept under the same name, so each name stands once.
_KEPT = """
    SELECT DISTINCT table_name FROM duckdb_tables()
    WHERE NOT internal AND database_name IN ('temp', current_database()) AND table_name NOT LIKE 'n\\_%' ESCAPE '\\' ORDER BY 1
"""


def take_up(con: duckdb.DuckDBPyConnection) -> None:
    """Make the views and macros anew over tables that were kept."""
    _say(con)
    show(con, columns_of(con))
    con.execute(f"CREATE OR REPLACE TEMP VIEW k_witnessed AS {WITNESSED}")


def show(con: duckdb.DuckDBPyConnection, delivered: Mapping[str, set[str]]) -> None:
    """Make the views under which rules read whole tables."""
    for table, wanted in TABLES.items():
        _make_view(con, table, wanted, delivered.get(table))
    for table, query in BRIDGED.items():
        con.execute(f"CREATE OR REPLACE TEMP VIEW {view_of(table)} AS {query}")


def _bridge(con: duckdb.DuckDBPyConnection, delivered: Mapping[str, set[str]]) -> None:
    for name in ("g_alias", "g_named"):  # the views across a bridge are made before it is
        con.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {name} (row_id BIGINT, person_id BIGINT, own_id BIGINT)"
        )
    show(con, delivered)
    for name, query in {"g_hollow": HOLLOW, **ALIAS, "g_named": NAMED}.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    con.execute(f"CREATE OR REPLACE TEMP VIEW k_witnessed AS {WITNESSED}")


def _proven() -> str:
    usable = ", ".join(f"'{status}'" for status in USABLE)
    return f"proven(id18, status) AS (length(id18) = 18 AND coalesce(status, '') IN ({usable}))"


_DOUBTFUL = f"""
    SELECT subject_person AS person_id, min(row_id) AS row_id
    FROM k_hukou
    WHERE (filled(origin_document) IS NULL OR regexp_matches(origin_document, '{VILLAGE_PAPER}'))
      AND date_sub('year', birth, entered_on) >= 16
      AND (regexp_matches(entry_reason, '补录|集体|其他') OR (hukou_kind LIKE '%集体%' AND entry_reason NOT LIKE '%出生%'))
    GROUP BY subject_person
    UNION ALL
    -- A grown person's first card on the village's word rests on that word alone.
    SELECT subject_person, min(row_id) FROM k_idcard
    WHERE issue_kind LIKE '%首%' AND date_sub('year', birth, issued_on) >= 18 AND regexp_matches(basis, '{VILLAGE_PAPER}')
    GROUP BY subject_person
"""


IN_A_BOOK = ("hukou", "residence", "insurance", "idcard", "birth")
"""Files that hold whoever lives or was born here."""


_OF_A_KIND: tuple[tuple[str, Collection[str]], ...] = (
    ("verifying", VERIFYING),
    ("in_police_file", ("hukou", "idcard")),
    ("carrying", SHOULD_CARRY_ID),
    # Papers of the family, and a round that asked after somebody: none of them shows that the person lives a life here.
    ("no_trace", ("marriage", "birth", "school", "hukou", "screening")),
    ("in_a_book", IN_A_BOOK),
)


_KINDS = sorted(name.removeprefix("rows_") for name in TABLES if name.startswith("rows_"))
_BITS = {kind: 1 << number for number, kind in enumerate(_KINDS)}


def kinds_told(*kinds: str) -> int:
    """Return the bits of these kinds of file in `g_known.kinds`: which files hold a record of the person."""
    return sum(_BITS[kind] for kind in kinds)


def _known() -> str:
    """Sum up each person's records: what each says is one number of bits, so that a person's are joined by one aggregate.

    The lowest bits tell the kinds of file, the five above what a record shows by itself.
    """
    proven, verified, without, phone, adult, own = (1 << (len(_KINDS) + number) for number in range(6))
    of_kinds = ", ".join(
        f"('{kind}', {bit | proven | (verified if kind in VERIFYING else 0)}::BIGINT,"
        f" {bit | (without if kind in SHOULD_CARRY_ID else 0)}::BIGINT)"
        for kind, bit in _BITS.items()
    )
    any_of = {name: kinds_told(*named) for name, named in _OF_A_KIND}
    other = kinds_told(*_KINDS) - any_of["no_trace"]
    return f"""
    WITH of_kinds (kind, with_number, without) AS (VALUES {of_kinds}),
    summed AS (
        SELECT person_id, min(row_id) AS first_row, max(row_id) AS last_row, min(birth_on) AS birth_on, max(birth_on) AS last_birth_on,
               bit_or(CASE WHEN proven(id18, id_status) THEN with_number ELSE without END
                      | CASE WHEN filled(phone) IS NOT NULL THEN {phone} ELSE 0 END
                      | CASE WHEN role IN (1, 2, 4, 5) THEN {adult | own} WHEN role < 6 THEN {own} ELSE 0 END) AS told
        FROM k_records r JOIN of_kinds k ON k.kind = r.kind WHERE person_id IS NOT NULL GROUP BY person_id
    )
    SELECT person_id, told & {verified} > 0 AS verified, told & {proven} > 0 AS has_number,
           told & {any_of["in_police_file"]} > 0 AS in_police_file, told & {any_of["verifying"]} > 0 AS in_any_file,
           told & {any_of["in_a_book"]} > 0 AS in_a_book, told & {without} > 0 AS asked_without, told & {phone} > 0 AS has_phone,
           told & {adult} > 0 AS adult_role, told & {own} > 0 AS own_record, told & {other} > 0 AS other_trace,
           told & {kinds_told(*_KINDS)} AS kinds, first_row, last_row, birth_on, last_birth_on
    FROM summed
    """


_VERIFIED = """
    SELECT person_id FROM g_known WHERE verified AND person_id NOT IN (SELECT person_id FROM g_doubtful WHERE person_id IS NOT NULL)
"""


# An age gives a year of birth within two. A name alone is shared by too many. With it must go the very day of birth, or the village and nearly the year,
# or a household: the same sex, nearly the year, and part of the name.
def namesakes(people: str) -> str:
    """Return the query for `g_namesake` over some of the people."""
    told = "person_id, household_id, village, name, sex, birth_on, year(birth_on) AS born"
    return f"""
    WITH open AS (
        SELECT {told}, month(birth_on) = 1 AND day(birth_on) = 1 AS year_only
        FROM (SELECT * FROM {people}) ANTI JOIN g_verified USING (person_id)
    ),
    proven AS (SELECT {told} FROM k_people SEMI JOIN g_verified USING (person_id)),
    pairs AS (
        SELECT o.person_id, v.person_id AS other_id
        FROM open o JOIN proven v ON v.name = o.name AND v.birth_on = o.birth_on
        WHERE NOT o.year_only AND coalesce(o.sex = v.sex, true)
        UNION ALL
        SELECT o.person_id, v.person_id FROM open o JOIN proven v ON v.name = o.name AND v.village = o.village
        WHERE coalesce(o.sex = v.sex, true) AND coalesce(abs(o.born - v.born) <= CASE WHEN o.year_only THEN 2 ELSE 1 END, true)
        UNION ALL
        SELECT o.person_id, v.person_id FROM open o JOIN proven v ON v.household_id = o.household_id
        WHERE coalesce(o.sex = v.sex, true) AND abs(o.born - v.born) <= 1 AND NOT two_births(o.birth_on, v.birth_on)
          AND (o.name[1] = v.name[1] OR o.name[2] = v.name[2] OR nullif(o.name[3], '') = v.name[3])
    )
    SELECT person_id, min(other_id) AS other_id FROM pairs GROUP BY person_id
"""


# A day, a kind of source and its id as one number: the latest of a person's is then the largest, found without sorting.
_SIGHT = f"""sight(day, is_visit, id) AS
    (day - DATE '0001-01-01')::HUGEINT * {1 << 64} + is_visit::HUGEINT * {1 << 63} + id::HUGEINT"""


def seen(people: str | None = None) -> str:
    """Return the query for `g_seen`: seen in person only; a relative's word, a telephone call or a proxy is not seeing.

    `people` is a table of the only ones to look for.
    """
    among = f"SEMI JOIN {people} USING (person_id)" if people else "WHERE person_id IS NOT NULL"
    return f"""
    WITH seen AS (
        SELECT s.person_id, sight(CAST(v.started_at AS DATE), 1, v.visit_id) AS sight
        FROM k_witnessed s JOIN k_visits v USING (visit_id) WHERE s.present = 'seen'
        UNION ALL
        SELECT subject_person, sight(followed_on, 0, row_id) FROM k_smd_followup WHERE met = '1' AND coalesce(mode, '') <> '3'
        UNION ALL
        SELECT subject_person, sight(last_seen_on, 0, row_id) FROM k_elderly
        WHERE NOT regexp_matches(coalesce(seen_how, ''), '电话|代|视频|网')
        UNION ALL
        SELECT subject_person, sight(class_checked_on, 0, row_id) FROM k_school
    ),
    last AS (SELECT person_id, max(sight) AS sight FROM seen {among} GROUP BY person_id HAVING max(sight) IS NOT NULL)
    SELECT person_id, DATE '0001-01-01' + CAST(sight // {1 << 64} AS INTEGER) AS seen_on,
           {{'kind': CASE WHEN (sight // {1 << 63}) % 2 = 1 THEN 'visit' ELSE 'row' END, 'id': CAST(sight % {1 << 63} AS BIGINT)}} AS source
    FROM last
"""
