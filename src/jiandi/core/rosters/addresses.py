"""From an address as written to the town and village it lies in, set-based, against the county's own place table."""

from __future__ import annotations

import duckdb

TOWN, VILLAGE = 4, 5

# From the first house, group or street number on, an address no longer says which village it is in.
_TAIL = "(第?[0-9〇零一二三四五六七八九十百]+(村民)?(小?组|社|队|号|栋|幢|楼|单元|室|户|门)).*$"
_TOWN_END = "(镇|乡|街道办事处|街道办|街道|民族乡|农场|林场|开发区|管委会)$"
_VILLAGE_END = "(村民委员会|居民委员会|社区居委会|社区居民委员会|村委会|居委会|社区|村|委会)$"


def locate_addresses(con: duckdb.DuckDBPyConnection, *, addresses: str, places: str, out: str) -> None:
    """Write `out(address, village, town, found)` for each distinct address of `addresses(address)`.

    `places(id, name, level, parent)`: level 4 towns, 5 villages. `found` is both, town, village_only, ambiguous or nothing.
    A village named without its town counts only when its name is borne once; the longest name that fits wins.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _prefix AS
        SELECT DISTINCT address, regexp_replace(address, '{_TAIL}', '') AS prefix FROM {addresses} WHERE address IS NOT NULL""")
    _name_forms(con, places)
    _town_matches(con)
    _village_matches(con)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {out} AS
        SELECT p.address, v.village, coalesce(v.town, t.town) AS town,
            CASE WHEN v.ties > 1 THEN 'ambiguous' WHEN v.village IS NOT NULL AND v.with_town THEN 'both'
                WHEN v.village IS NOT NULL THEN 'village_only' WHEN t.town IS NOT NULL THEN 'town' ELSE 'nothing' END AS found
        FROM _prefix p LEFT JOIN _village_of v USING (prefix) LEFT JOIN _town_of t USING (prefix)""")


def _name_forms(con: duckdb.DuckDBPyConnection, places: str) -> None:
    """List what each place may be called: in full, and by its stem (at least two characters)."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _place_form AS
        WITH named AS (
            SELECT id, level, parent, name AS full_name,
                regexp_replace(name, CASE WHEN level = {TOWN} THEN '{_TOWN_END}' ELSE '{_VILLAGE_END}' END, '') AS stem
            FROM {places} WHERE level IN ({TOWN}, {VILLAGE})),
        forms AS (
            SELECT id, level, parent, full_name AS form FROM named
            UNION SELECT id, level, parent, stem || '村' FROM named WHERE level = {VILLAGE} AND stem <> ''
            UNION SELECT id, level, parent, stem || '社区' FROM named WHERE level = {VILLAGE} AND stem <> ''
            UNION SELECT id, level, parent, stem FROM named WHERE length(stem) >= 2)
        SELECT id, level, parent, form, length(form) AS n FROM forms""")


def _town_matches(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _distinct_prefix AS SELECT DISTINCT prefix FROM _prefix;
        CREATE OR REPLACE TEMP TABLE _town_hit AS
        SELECT p.prefix, f.id AS town, max_by(f.form, f.n) AS form, max(f.n) AS n
        FROM _distinct_prefix p JOIN _place_form f ON f.level = {TOWN} AND contains(p.prefix, f.form)
        GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE _town_of AS
        SELECT prefix, CASE WHEN count(*) = 1 THEN any_value(town) END AS town FROM (
            SELECT prefix, town FROM _town_hit QUALIFY rank() OVER (PARTITION BY prefix ORDER BY n DESC) = 1)
        GROUP BY prefix""")


def _village_matches(con: duckdb.DuckDBPyConnection) -> None:
    """Look for villages of the town named first, in what follows the town's name; then for villages anywhere."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _village_hit AS
        SELECT t.prefix, f.parent AS town, f.id AS village, f.n + t.n AS n, true AS with_town
        FROM _town_hit t JOIN _place_form f ON f.level = {VILLAGE} AND f.parent = t.town
            AND contains(substr(t.prefix, instr(t.prefix, t.form) + length(t.form)), f.form);
        INSERT INTO _village_hit
        SELECT p.prefix, f.parent, f.id, f.n, false
        FROM (FROM _distinct_prefix ANTI JOIN _town_hit USING (prefix)) p
        JOIN _place_form f ON f.level = {VILLAGE} AND contains(p.prefix, f.form);
        CREATE OR REPLACE TEMP TABLE _village_of AS
        SELECT prefix, count(DISTINCT village) AS ties, any_value(with_town) AS with_town,
            CASE WHEN count(DISTINCT village) = 1 THEN any_value(village) END AS village,
            CASE WHEN count(DISTINCT town) = 1 THEN any_value(town) END AS town
        FROM (SELECT * FROM _village_hit QUALIFY rank() OVER (PARTITION BY prefix ORDER BY n DESC) = 1)
        GROUP BY prefix""")
