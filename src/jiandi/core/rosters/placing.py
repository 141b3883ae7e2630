"""Where the people of a row live: the row's town and village columns and its address, together, as one place or as candidates."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from jiandi.core.rosters.addresses import locate_addresses
from jiandi.core.rosters.kinds import PLACE_COLUMNS, Field, Kind, RowPerson

# What is said of a row by the ground on which its village was found, or by why it was not.
SAID: Mapping[str, str] = {
    "ambiguous": "place_ambiguous", "nothing": "place_unknown", "town": "village_unknown",
    "by_sound": "place_by_sound", "own_town": "place_of_sender",
}  # fmt: skip
OPEN = ("place_unknown", "place_ambiguous", "village_unknown")  # the village stays open


def said_of_place(found: str) -> str:
    """Return SQL for the note a row gets, led by a space, from the column that holds the ground."""
    branches = " ".join(f"WHEN '{ground}' THEN ' address:{code}'" for ground, code in SAID.items())
    return f"CASE {found} {branches} END"


def written_place(person: RowPerson, present: Mapping[str, Field]) -> str | None:
    """Return the SQL text that says where a person of the row lives: town and village columns, then the address."""
    column = person.column("address")
    parts = [
        f"v_{c}"
        for c in (*PLACE_COLUMNS, column)
        if c and c in present and (column or person.role == "subject")
    ]
    return f"nullif(concat_ws('', {', '.join(parts)}), '')" if parts else None


def locate(
    con: duckdb.DuckDBPyConnection,
    kind: Kind,
    present: Mapping[str, Field],
    *,
    own_town: int | None,
    places: str | None,
) -> None:
    """Write _located(address, village, town, found, candidates, names) for the distinct places of _judged.

    `names` gives the candidates in words, for whoever has to ask. Without `places` addresses stay text. Where no town is
    named the sender's own town, if it has one, is the town.
    """
    texts = {text for person in kind.people if (text := written_place(person, present))}
    union = " UNION ".join(
        f"SELECT DISTINCT {text} AS address FROM _judged WHERE refused IS NULL" for text in sorted(texts)
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _addresses AS {union or 'SELECT NULL::VARCHAR AS address WHERE false'}"
    )
    if places is None:
        con.execute("""CREATE OR REPLACE TEMP TABLE _located AS SELECT address, NULL::BIGINT AS village, NULL::BIGINT AS town,
            'both' AS found, []::BIGINT[] AS candidates, NULL::VARCHAR AS names FROM _addresses""")
        return
    locate_addresses(con, addresses="_addresses", places=places, out="_grounds", own_town=own_town)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _located AS
        WITH called AS (SELECT v.id, any_value(t.name) || any_value(v.name) AS name
            FROM {places} v JOIN {places} t ON t.id = v.parent GROUP BY v.id),
        named AS (SELECT address, string_agg(name, '、' ORDER BY id) AS names
            FROM (SELECT address, unnest(candidates) AS id FROM _grounds) JOIN called USING (id) GROUP BY address)
        SELECT g.* REPLACE (coalesce(town, {own_town if own_town is not None else "NULL"}) AS town), names
        FROM _grounds g LEFT JOIN named USING (address);
        DROP TABLE _grounds""")
