"""What new visits can change: whose answers are asked again, over only the rows that speak of them.

A run after new visits stands on the tables the last whole run laid (`ground.py`, `Ask.once`); nothing here reads the county's rows
more than once. It holds for the day of that run: a day later whole answers may change, and the night asks everything.

`g_news`     visits that are new, and old ones that a new one shows cannot have happened (or the reverse)
`g_touched`  people whom these visits speak of or whose door they were at, their households, and whoever they may be the same as
"""

from __future__ import annotations

import duckdb

from jiandi.core.checks.bridges import HOLLOW, NAMED
from jiandi.core.checks.ground import namesakes, seen
from jiandi.core.checks.schema import ROSTER_ROLES, TABLES, view_of

WHOLE = ("rows_missing", "rows_official_query")
"""Files whose rows may speak of anybody; they are short and are read whole."""

_TOUCHED = """
    WITH met AS (
        SELECT person_id FROM (FROM g_meant EXCEPT FROM g_named UNION (FROM g_named EXCEPT FROM g_meant))
        UNION
        SELECT person_id FROM k_sightings SEMI JOIN g_news USING (visit_id)
        UNION SELECT p.person_id FROM k_people p JOIN k_visits v ON v.dwelling_id = p.dwelling_id SEMI JOIN g_news n ON n.visit_id = v.visit_id
        UNION SELECT p.person_id FROM k_people p JOIN k_visits v ON v.household_id = p.household_id SEMI JOIN g_news n ON n.visit_id = v.visit_id
    ),
    homes AS (SELECT DISTINCT household_id FROM k_people SEMI JOIN met USING (person_id) WHERE household_id IS NOT NULL),
    kin AS (SELECT person_id FROM met UNION SELECT person_id FROM k_people SEMI JOIN homes USING (household_id))
    SELECT person_id FROM kin WHERE person_id IS NOT NULL
    UNION SELECT other_id FROM g_namesake SEMI JOIN kin USING (person_id)
    UNION SELECT n.person_id FROM g_namesake n SEMI JOIN kin k ON k.person_id = n.other_id
"""

# Whoever may be the same as somebody touched is looked at together with that person.
_NEAR = """
    SELECT person_id FROM g_touched
    UNION SELECT n.person_id FROM g_namesake n SEMI JOIN g_touched t ON t.person_id = n.other_id
"""


def take_in(con: duckdb.DuckDBPyConnection, visits: list[int]) -> None:
    """Take in new visits: bring up to date what they change for everybody, and find whom they touch."""
    con.execute("CREATE OR REPLACE TEMP TABLE g_before AS FROM g_hollow")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_hollow AS {HOLLOW}")
    con.execute("CREATE OR REPLACE TEMP TABLE g_news (visit_id BIGINT)")
    con.execute(
        "INSERT INTO g_news SELECT unnest(?::BIGINT[]) UNION (FROM g_hollow EXCEPT FROM g_before)"
        " UNION (FROM g_before EXCEPT FROM g_hollow)",
        [visits],
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE g_newcomers AS SELECT person_id FROM k_people ANTI JOIN g_register USING (person_id)"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE g_meant AS FROM g_named")
    if con.execute("SELECT 1 FROM g_newcomers LIMIT 1").fetchone():
        con.execute("INSERT INTO g_register FROM g_newcomers")
        newcomers = "k_people SEMI JOIN g_newcomers USING (person_id)"
        con.execute(f"INSERT INTO g_namesake {namesakes(newcomers)}")
        # A newcomer may bear the name that an order meant for somebody else.
        con.execute(f"CREATE OR REPLACE TEMP TABLE g_named AS {NAMED}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_touched AS {_TOUCHED}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_near AS {_NEAR}")


def narrow(con: duckdb.DuckDBPyConnection) -> None:
    """Show the rules only the rows that speak of somebody near, and see anew when those were last seen."""
    tables = _near_tables()
    for table, query in tables.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE n_{table} AS {query}")
    for table in tables:
        con.execute(f"CREATE OR REPLACE TEMP VIEW {view_of(table)} AS FROM n_{table}")
    con.execute("DELETE FROM g_seen WHERE person_id IN (FROM g_touched)")
    con.execute(f"INSERT INTO g_seen {seen('g_touched')}")


def _near_tables() -> dict[str, str]:
    """Return, for each table that is not read whole, the rows that speak of somebody near."""
    near = "(SELECT person_id FROM g_near)"
    queries: dict[str, str] = {}
    for kind, roles in ROSTER_ROLES.items():
        table = f"rows_{kind}"
        if table not in WHOLE:
            names = " OR ".join(f"{role}_person IN {near}" for role in roles)
            queries[table] = f"SELECT * FROM {view_of(table)} WHERE {names}"
    named = " UNION ".join(
        f"SELECT {role}_person AS person_id FROM n_{table}"
        for table in queries
        for role in ROSTER_ROLES[table.removeprefix("rows_")]
    )
    queries["people"] = f"SELECT * FROM k_people SEMI JOIN (FROM g_near UNION {named}) USING (person_id)"
    queries["records"] = "SELECT * FROM k_records SEMI JOIN g_near USING (person_id)"
    queries["visits"] = """SELECT * FROM k_visits SEMI JOIN (
        FROM g_news UNION SELECT visit_id FROM k_sightings SEMI JOIN g_near USING (person_id)
        UNION SELECT v.visit_id FROM k_visits v SEMI JOIN n_people p ON p.dwelling_id = v.dwelling_id
        UNION SELECT v.visit_id FROM k_visits v SEMI JOIN n_people p ON p.household_id = v.household_id
    ) USING (visit_id)"""
    queries["sightings"] = """SELECT * FROM k_sightings
        WHERE person_id IN (SELECT person_id FROM g_near) OR visit_id IN (SELECT visit_id FROM g_news)"""
    queries["reports"] = "SELECT * FROM k_reports WHERE false"
    assert set(queries) | set(WHOLE) == set(TABLES)
    return queries


def about_news(person: str = "person_id") -> str:
    """Return which answers a narrow run replaces: those about people touched, and those that rest on the visits alone."""
    own = "list_transform(list_filter(sources, lambda s: s.kind = 'visit'), lambda s: s.id)"
    return f"""({person} IN (SELECT person_id FROM g_touched)
    OR ({person} IS NULL AND list_has_any({own}, (SELECT coalesce(list(visit_id), []) FROM g_news))))"""
