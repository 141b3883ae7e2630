"""From linked records to people: who keeps which number, what is known of each, which households and lists they belong to.

All in DuckDB tables; nothing here writes to the database. A person's number is issued once and follows the records: it is never
derived from a cluster, and a merge keeps both.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from jiandi.core.linkage import clean
from jiandi.core.linkage.golden import choice_sql, order_sql
from jiandi.core.linkage.households import households
from jiandi.core.rosters.kinds import catalogue
from jiandi.rooms.register import shelf, withholding
from jiandi.rooms.register.groups import OF_KIND

_CHECKED = "('hukou', 'idcard', 'insurance', 'residence')"
_PAYEES = "('dibao', 'subsidy', 'elderly', 'payment')"
OUTSIDE = frozenset(
    {"hotline", "official_query"}
)  # never linked to people: a name in a complaint proves nothing


def gather(con: duckdb.DuckDBPyConnection, folders: dict[int, tuple[str, Path]], prefix: str = "") -> None:
    """Make the view `records` over the rosters' records, and a view rows_<kind> for each kind there is."""
    files = [file for _, path in folders.values() for file in shelf.files(path, "records")]
    con.execute(f"CREATE OR REPLACE VIEW {prefix}records AS FROM read_parquet({files!r}, union_by_name=true)")
    for kind in {kind for kind, _ in folders.values()}:
        of_kind = [file for k, path in folders.values() if k == kind for file in shelf.files(path, "rows")]
        con.execute(
            f"CREATE OR REPLACE VIEW {prefix}rows_{kind} AS FROM read_parquet({of_kind!r}, union_by_name=true)"
        )


def settle_people(con: duckdb.DuckDBPyConnection, first_new: int) -> None:
    """Give each entity of `assignments` a person: the one its records already have, else a new number.

    Reads claimed(record_id, person_id), held_people and decisions. Leaves person_of(record_id, person_id, how), merged(person_id,
    into_id), newcomers(person_id), and doubts: what the comparison asks, and what was withheld. A person whose records were parted
    stays with most of them.
    """
    withholding.withhold(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE claims AS
        SELECT entity, person_id, count(*) AS n, max(record_id = entity) AS central
        FROM claiming GROUP BY entity, person_id
        QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY n DESC, central DESC, entity) = 1;
        CREATE OR REPLACE TEMP TABLE keeps AS
        SELECT entity, person_id FROM claims QUALIFY row_number() OVER (PARTITION BY entity ORDER BY n DESC, person_id) = 1;
        CREATE OR REPLACE TEMP TABLE merged AS
        SELECT c.person_id, k.person_id AS into_id FROM claims c JOIN keeps k USING (entity)
        ANTI JOIN stays s ON s.person_id = c.person_id WHERE c.person_id <> k.person_id;
        CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT entity, {first_new} - 1 + row_number() OVER (ORDER BY entity) AS person_id
        FROM (SELECT DISTINCT entity FROM assignments) ANTI JOIN keeps USING (entity) ANTI JOIN fallback USING (entity);
        CREATE OR REPLACE TEMP TABLE newcomers AS SELECT person_id FROM fresh;
        CREATE OR REPLACE TEMP TABLE person_of AS
        SELECT a.record_id, coalesce(s.person_id, k.person_id, l.person_id, f.person_id) AS person_id, a.how
        FROM assignments a LEFT JOIN stays s USING (record_id) LEFT JOIN keeps k ON k.entity = a.entity
        LEFT JOIN fallback l ON l.entity = a.entity LEFT JOIN fresh f ON f.entity = a.entity""")
    withholding.ask_instead(con)


def describe_people(con: duckdb.DuckDBPyConnection) -> None:
    """Leave `described`: what is known of each person, each value by the precedence of `core.linkage.golden`.

    Reads rosters(roster_id, unit_id, county), doors(village, door, dwelling_id), found_doors(record_id, dwelling_id): a visit
    knows the very door it was at.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE facts AS
        SELECT p.person_id, r.*, o.unit_id, o.county, coalesce(f.dwelling_id, d.dwelling_id) AS dwelling_id,
            row_number() OVER (ORDER BY {order_sql("r.kind", "reference_on", "r.record_id")}) AS k
        FROM records r JOIN person_of p USING (record_id) JOIN rosters o USING (roster_id)
        LEFT JOIN doors d ON d.village = r.village AND d.door = r.door LEFT JOIN found_doors f ON f.record_id = r.record_id;
        CREATE OR REPLACE TEMP TABLE described AS
        SELECT person_id, coalesce({choice_sql("name", "coalesce(name_clean, name)")}, '') AS name, {choice_sql("sex", "sex")} AS sex,
            {choice_sql("birth_on", "birth_on")} AS birth_on, {choice_sql("birth_on", "birth_precision")} AS birth_precision,
            {choice_sql("id", "id18")} AS id18, {choice_sql("phone", "phone")} AS phone, {choice_sql("address", "address")} AS address,
            {choice_sql("village", "village")} AS village,
            coalesce({choice_sql("village", "CASE WHEN village IS NOT NULL THEN town END")}, {choice_sql("village", "town")}) AS town,
            arg_min(county, k) AS county, arg_min(dwelling_id, k) AS own_door,
            string_agg(DISTINCT kind, ' ' ORDER BY kind) AS kinds, least(count(*), 30000) AS record_count,
            NOT bool_or(kind IN {_CHECKED}) AND count(DISTINCT unit_id) = 1 AS is_provisional
        FROM facts GROUP BY person_id""")
    _deaths(con)


def _deaths(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE deaths (person_id BIGINT, died_on DATE)")
    if _has(con, "rows_death"):
        con.execute("""INSERT INTO deaths SELECT p.person_id, min(d.died_on) FROM rows_death d
            JOIN person_of p ON p.record_id = d.row_id * 8 WHERE d.died_on IS NOT NULL GROUP BY 1""")


def _has(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(con.execute("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [table]).fetchall())


def read_doors(con: duckdb.DuckDBPyConnection) -> None:
    """Turn door_rows(record_id, village, town, address) into doors(village, door, dwelling_id), each door named once.

    The numbers of a door are read by the same rule as the numbers in a person's address.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE door_raw AS
        SELECT record_id, record_id AS row_id, 0::BIGINT AS roster_id, 'door' AS kind, 0 AS role, NULL::VARCHAR AS name,
            NULL::VARCHAR AS id_number, NULL::VARCHAR AS birth, NULL::VARCHAR AS sex, NULL::VARCHAR AS age,
            NULL::VARCHAR AS phone, village, town, address, NULL::VARCHAR AS household_no, DATE '2000-01-01' AS reference_on
        FROM door_rows""")
    clean(con, raw="door_raw", into="door_read")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE doors AS
        SELECT village, door, any_value(record_id) AS dwelling_id FROM door_read WHERE door IS NOT NULL
        GROUP BY village, door HAVING count(*) = 1""")
    con.execute("DROP TABLE door_read")


def settle_households(con: duckdb.DuckDBPyConnection) -> None:
    """Put everybody in person_of into the households `core.linkage.households` finds, and furnish those."""
    find_households(con, "person_of")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lives AS SELECT entity AS person_id, left(household, 80) AS key FROM household_of"
    )
    furnish(con)


def find_households(con: duckdb.DuckDBPyConnection, of: str) -> None:
    """Leave household_of(entity, household, via, door) for the people of the table `of`(record_id, person_id)."""
    con.execute(f"CREATE OR REPLACE TEMP VIEW people_of AS SELECT record_id, person_id AS entity FROM {of}")
    households(con, assignments="people_of", rosters="rosters")


def furnish(con: duckdb.DuckDBPyConnection) -> None:
    """Say where each household of lives(person_id, key) is and who heads it.

    Leaves member(person_id, key, own_door), homes(key, village, town, county, dwelling_id, size, some_name), heads. What most
    members say is so; where as many say one thing as another, the lower number, so that every run says the same.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE member AS
        SELECT d.person_id, l.key, own_door FROM described d LEFT JOIN lives l USING (person_id);
        CREATE OR REPLACE TEMP TABLE at_home AS
        SELECT m.key, d.village, d.town, d.county, m.own_door, d.name FROM member m JOIN described d USING (person_id)
        WHERE m.key IS NOT NULL""")
    joins = " ".join(
        f"""LEFT JOIN (SELECT key, arg_min(one, (-n, one)) AS most_{column} FROM (
            SELECT key, {column} AS one, count(*) AS n FROM at_home WHERE {column} IS NOT NULL GROUP BY key, {column}) GROUP BY key)
            USING (key)"""
        for column in ("village", "town", "county", "own_door")
    )
    con.execute(f"""CREATE OR REPLACE TEMP TABLE homes AS
        SELECT key, most_village AS village, most_town AS town, most_county AS county, most_own_door AS dwelling_id, size, some_name
        FROM (SELECT key, least(count(*), 30000) AS size, min(name) AS some_name FROM at_home GROUP BY key) {joins}""")
    con.execute("CREATE OR REPLACE TEMP TABLE heads (key VARCHAR, head_name VARCHAR)")
    if _has(con, "rows_hukou"):
        con.execute("""INSERT INTO heads SELECT m.key, min(h.name) FROM rows_hukou h JOIN person_of p ON p.record_id = h.row_id * 8
            JOIN member m USING (person_id) WHERE h.relation IN ('户主', '本人') AND h.name IS NOT NULL GROUP BY m.key""")


def list_memberships(con: duckdb.DuckDBPyConnection) -> None:
    """Leave listed(person_id, grp, roster_id, record_id, detail, starts_on): one line for each person and protection list."""
    parts = [
        f"""SELECT p.person_id, {group} AS grp, r.roster_id, r.row_id * 8 AS record_id, {detail} AS detail, {starts} AS starts_on
            FROM rows_{kind} r JOIN person_of p ON p.record_id = r.row_id * 8"""
        for kind, (group, detail, starts) in OF_KIND.items()
        if _has(con, f"rows_{kind}")
    ]
    union = (
        " UNION ALL ".join(parts)
        or "SELECT 0 AS person_id, '' AS grp, 0 AS roster_id, 0 AS record_id, '' AS detail, NULL::DATE AS starts_on WHERE false"
    )
    con.execute(f"""CREATE OR REPLACE TEMP TABLE listed AS SELECT * FROM ({union})
        QUALIFY row_number() OVER (PARTITION BY person_id, grp ORDER BY roster_id DESC, record_id DESC) = 1""")


def list_relations(con: duckdb.DuckDBPyConnection, of: str = "person_of") -> None:
    """Leave related(person_id, other_id, kind, row_id): kin and guardians as single rows say them; `of`: who the records are."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE named AS
        WITH told AS (SELECT r.row_id, r.kind, r.role, p.person_id FROM records r JOIN {of} p USING (record_id))
        FROM told WHERE row_id IN (SELECT row_id FROM told WHERE role > 0);
        CREATE OR REPLACE TEMP TABLE related AS
        SELECT DISTINCT a.person_id, b.person_id AS other_id,
            CASE WHEN a.role IN (1, 2) AND b.role IN (1, 2) THEN 'spouse' WHEN b.role = 4 THEN 'mother' WHEN b.role = 5 THEN 'father'
                WHEN b.role = 7 AND a.kind IN {_PAYEES} THEN 'payee' WHEN b.role IN (6, 7) THEN 'guardian' ELSE 'child' END AS kind, a.row_id
        FROM named a JOIN named b ON a.row_id = b.row_id AND a.person_id <> b.person_id
        WHERE (a.role IN (1, 2) AND b.role IN (1, 2)) OR (a.role = 3 AND b.role IN (4, 5)) OR (a.role IN (4, 5) AND b.role = 3)
            OR (a.role = 0 AND b.role IN (6, 7))""")


def kinds_known() -> tuple[str, ...]:
    """Return every kind of roster whose people are linked."""
    return tuple(code for code in catalogue().kinds if code not in OUTSIDE)
