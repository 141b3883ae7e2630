"""From an address as written to the town and village it may lie in, set-based, against the county's own place table.

First by the names as they stand, in full, shortened or under an earlier name; then, for what is left, with traditional and
variant characters made plain; then by sound. Every place it may be stays a candidate: one is taken only on a stated ground.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa

from jiandi.core.names import normalise, pinyin_key

TOWN, VILLAGE = 4, 5
MOST_LEFT = (
    50_000  # spellings looked at again by sound; more are another county's roster, not slips of the pen
)
MOST_CANDIDATES = 5

# From the first house, group or street number on, an address no longer says which village it is in.
_TAIL = "(第?[0-9〇零一二三四五六七八九十百]+(村民)?(小?组|社|队|号|栋|幢|楼|单元|室|户|门)).*$"
_TOWN_END = "(镇|乡|街道办事处|街道办|街道|民族乡|农场|林场|开发区|管委会)$"
_VILLAGE_END = "(村民委员会|居民委员会|社区居委会|社区居民委员会|村委会|居委会|社区|村|委会)$"
_CALLED = ("村", "社区", "居委会")  # what a village is called whatever its full name ends in


def locate_addresses(
    con: duckdb.DuckDBPyConnection, *, addresses: str, places: str, out: str, own_town: int | None = None
) -> None:
    """Write `out(address, village, town, found, candidates)` for each distinct address of `addresses(address)`.

    `places(id, name, level, parent)`: level 4 towns, 5 villages; a place may stand there under several names. `found` is the
    ground: both (town and village are named), village_only (the name is borne once), own_town (borne in several towns, one
    of them the sender's), by_sound (one village of the named town sounds so), or why the village stays open: ambiguous
    (several bear the name), town (only the town is named), nothing. `candidates` lists the villages it may be. The longest
    name that fits wins.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _prefix AS
        SELECT DISTINCT address, regexp_replace(address, '{_TAIL}', '') AS prefix FROM {addresses} WHERE address IS NOT NULL""")
    _name_forms(con, places)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE _now_prefix AS SELECT DISTINCT prefix, prefix AS said FROM _prefix"
    )
    con.execute(
        "CREATE OR REPLACE TEMP VIEW _now_form AS SELECT id, level, parent, form AS said, n FROM _place_form"
    )
    _match(con, "_by_name", gap=0)
    _match_again(con)
    own = own_town if own_town is not None else -1
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {out} AS
        WITH best AS (
            SELECT p.address, n.* EXCLUDE (prefix), s.village AS heard,
                CASE WHEN s.with_town OR s.ties = 0 THEN s.town END AS heard_town, s.with_town AS heard_in_town,
                s.candidates AS heard_of,
                list_extract(list_filter(n.candidates, lambda c: c.town = {own}), 1) AS at_home
            FROM _prefix p JOIN _by_name n USING (prefix) LEFT JOIN _by_sound s USING (prefix))
        SELECT address,
            CASE found WHEN 'own_town' THEN at_home.village WHEN 'by_sound' THEN heard ELSE village END AS village,
            CASE found WHEN 'own_town' THEN at_home.town WHEN 'by_sound' THEN heard_town ELSE coalesce(town, heard_town) END AS town,
            found, list_transform(CASE WHEN found IN ('ambiguous', 'own_town') THEN candidates
                ELSE coalesce(heard_of, []) END[1:{MOST_CANDIDATES}], lambda c: c.village) AS candidates
        FROM (SELECT *, CASE WHEN ties > 1 THEN CASE WHEN NOT with_town AND at_home IS NOT NULL
                    AND len(list_filter(candidates, lambda c: c.town = {own})) = 1 THEN 'own_town' ELSE 'ambiguous' END
                WHEN village IS NOT NULL THEN CASE WHEN with_town THEN 'both' ELSE 'village_only' END
                WHEN heard IS NOT NULL AND heard_in_town THEN 'by_sound'
                WHEN town IS NOT NULL OR heard_town IS NOT NULL THEN 'town' ELSE 'nothing' END AS found FROM best)""")
    con.execute("DROP VIEW _now_form")
    for table in ("_prefix", "_place_form", "_now_prefix", "_by_name", "_by_sound", "_form_said"):
        con.execute(f"DROP TABLE IF EXISTS {table}")


def _name_forms(con: duckdb.DuckDBPyConnection, places: str) -> None:
    """List what each place may be called: in full, and by its stem (at least two characters)."""
    called = " ".join(
        f"UNION SELECT id, level, parent, stem || '{end}' FROM named WHERE level = {VILLAGE} AND stem <> ''"
        for end in _CALLED
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _place_form AS
        WITH named AS (
            SELECT id, level, parent, name AS full_name,
                regexp_replace(name, CASE WHEN level = {TOWN} THEN '{_TOWN_END}' ELSE '{_VILLAGE_END}' END, '') AS stem
            FROM {places} WHERE level IN ({TOWN}, {VILLAGE})),
        forms AS (
            SELECT id, level, parent, full_name AS form FROM named {called}
            UNION SELECT id, level, parent, stem FROM named WHERE length(stem) >= 2)
        SELECT f.id, f.level, f.parent, f.form, length(f.form) AS n, bool_and(f.form = named.stem) AS is_stem
        FROM forms f JOIN named USING (id) GROUP BY ALL""")


def _match(con: duckdb.DuckDBPyConnection, into: str, *, gap: int) -> None:
    """Write `into(prefix, village, town, with_town, ties, candidates)` for the spellings of _now_prefix, by the forms of _now_form.

    Villages of the town named are looked for in what follows the town's name (`gap` characters of which may be shared), then,
    where no town is named, villages anywhere.
    """
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _town_hit AS
        SELECT p.prefix, p.said, f.id AS town, max_by(f.said, f.n) AS form, max(f.n) AS n
        FROM _now_prefix p JOIN _now_form f ON f.level = {TOWN} AND contains(p.said, f.said) GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE _village_hit AS
        SELECT t.prefix, f.parent AS town, f.id AS village, f.n + t.n AS n, true AS with_town
        FROM _town_hit t JOIN _now_form f ON f.level = {VILLAGE} AND f.parent = t.town
            AND contains(substr(t.said, instr(t.said, t.form) + length(t.form) - {gap}), f.said)
        UNION ALL
        SELECT p.prefix, f.parent, f.id, f.n, false
        FROM (FROM _now_prefix ANTI JOIN _town_hit USING (prefix)) p
        JOIN _now_form f ON f.level = {VILLAGE} AND contains(p.said, f.said);
        CREATE OR REPLACE TEMP TABLE {into} AS
        WITH towns AS (
            SELECT prefix, CASE WHEN count(*) = 1 THEN any_value(town) END AS town FROM (
                SELECT prefix, town FROM _town_hit QUALIFY rank() OVER (PARTITION BY prefix ORDER BY n DESC) = 1) GROUP BY prefix),
        villages AS (
            SELECT prefix, any_value(with_town) AS with_town, list(DISTINCT {{'village': village, 'town': town}}) AS candidates FROM (
                SELECT * FROM _village_hit QUALIFY rank() OVER (PARTITION BY prefix ORDER BY n DESC) = 1) GROUP BY prefix)
        SELECT p.prefix, CASE WHEN len(candidates) = 1 THEN candidates[1].village END AS village,
            CASE WHEN len(list_distinct(list_transform(candidates, lambda c: c.town))) = 1 THEN candidates[1].town ELSE t.town END AS town,
            coalesce(with_town, false) AS with_town, coalesce(len(candidates), 0) AS ties, list_sort(coalesce(candidates, [])) AS candidates
        FROM (SELECT DISTINCT prefix FROM _now_prefix) p LEFT JOIN villages USING (prefix) LEFT JOIN towns t USING (prefix);
        DROP TABLE _town_hit; DROP TABLE _village_hit""")


def _match_again(con: duckdb.DuckDBPyConnection) -> None:
    """Look again at the spellings that named no village: in plain characters, then by sound; into _by_sound.

    By sound only names with their ending count (桃园村, not 桃园), or of three characters: shorter ones sound like too much.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE _by_sound AS FROM _by_name LIMIT 0")
    left = [
        prefix
        for (prefix,) in con.execute(
            f"SELECT prefix FROM _by_name WHERE ties = 0 AND length(prefix) >= 2 ORDER BY prefix LIMIT {MOST_LEFT + 1}"
        ).fetchall()
    ]
    if not left or len(left) > MOST_LEFT:
        return
    forms = [form for (form,) in con.execute("SELECT DISTINCT form FROM _place_form").fetchall()]
    for said, counted, gap, lone_towns in _WAYS:
        _said_table(con, "_now_prefix", left, said)
        _said_table(con, "_form_said", forms, said)
        con.execute(f"""CREATE OR REPLACE TEMP VIEW _now_form AS
            SELECT id, level, parent, s.said, n FROM _place_form f JOIN _form_said s ON s.prefix = f.form WHERE {counted}""")
        _match(con, "_heard_now", gap=gap)
        con.execute(
            f"INSERT INTO _by_sound FROM _heard_now WHERE ties > 0 OR {lone_towns} AND town IS NOT NULL"
        )
        known = {prefix for (prefix,) in con.execute("SELECT prefix FROM _by_sound").fetchall()}
        left = [prefix for prefix in left if prefix not in known]
        con.execute("DROP TABLE _heard_now")
        if not left:
            return


def _heard(text: str) -> str | None:
    """Return how a text sounds, with a space on both sides so that syllables match whole."""
    return f" {pinyin_key(normalise(text) or '')} "


# How a text is made to be compared, the names that count then, the characters names share, and whether a town alone is an answer.
_WAYS: tuple[tuple[Callable[[str], str | None], str, int, bool], ...] = (
    (normalise, "true", 0, False),
    (_heard, "NOT is_stem OR n >= 3", 1, True),
)


def _said_table(
    con: duckdb.DuckDBPyConnection, into: str, texts: list[str], said: Callable[[str], str | None]
) -> None:
    pairs = [(text, one) for text in texts if (one := said(text)) and one.strip()]
    columns = list(zip(*pairs, strict=True)) or [(), ()]
    con.register("said_now", pa.table([pa.array(c, pa.string()) for c in columns], names=["prefix", "said"]))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS FROM said_now")
    con.unregister("said_now")
