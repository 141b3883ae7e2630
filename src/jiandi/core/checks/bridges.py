"""Small bridges between records, laid once a run: what the files say of one person and the links cannot join.

`g_hollow`     visits that cannot all have happened (the marks of R14): whoever they claim to have seen was not seen
`k_witnessed`  the sightings of all other visits; rules read it where seeing is evidence
`g_alias`      a party written with a number and no name is whoever holds that number
`g_named`      a hotline order that names somebody of the village by a name only one person there bears
"""

from __future__ import annotations

from jiandi.core.numbering import ROLE_CODES

PHOTO_DOORS = 2
MINUTE_DOORS = 4
"""Marks of a visit that did not take place: one photograph at two dwellings; four doors in a minute from one spot."""

PAID_TO = ("dibao", "subsidy", "elderly", "payment")
"""Files that name who draws the money, often by the number alone."""


def repeated(photo_doors: int, minute_doors: int, visits: str = "k_visits") -> str:
    """Visits that share a photograph, or a minute and a spot, with so many others: few of all, whose doors are then counted.

    The minute is the one the visit began, not the one it was sent: batches go out together when there is a signal. A
    family met in one yard shares a spot, so only people said to be met inside their homes count.
    """
    return f"""
    photographed AS (
        SELECT visit_id, dwelling_id, officer_id, photo_sha, hash(photo_sha, officer_id) AS mark
        FROM {visits} WHERE length(trim(photo_sha)) > 0 AND dwelling_id IS NOT NULL
    ),
    same_photo AS MATERIALIZED (
        SELECT * FROM photographed SEMI JOIN (SELECT mark FROM photographed GROUP BY mark HAVING count(*) >= {photo_doors}) USING (mark)
    ),
    placed AS (
        SELECT visit_id, dwelling_id, officer_id, date_trunc('minute', started_at) AS minute, round(lat, 4) AS at_lat, round(lon, 4) AS at_lon,
               hash(date_trunc('minute', started_at), round(lat, 4), officer_id) AS mark
        FROM {visits} WHERE result = 'met' AND lat IS NOT NULL AND started_at IS NOT NULL
    ),
    same_minute AS MATERIALIZED (
        SELECT * FROM placed SEMI JOIN (SELECT mark FROM placed GROUP BY mark HAVING count(*) >= {minute_doors}) USING (mark)
    )"""


HOLLOW = f"""
    WITH {repeated(PHOTO_DOORS, MINUTE_DOORS)},
    photos AS (SELECT officer_id, photo_sha FROM same_photo GROUP BY ALL HAVING count(DISTINCT dwelling_id) >= {PHOTO_DOORS}),
    minutes AS (SELECT officer_id, minute, at_lat, at_lon FROM same_minute GROUP BY ALL HAVING count(DISTINCT dwelling_id) >= {MINUTE_DOORS})
    SELECT v.visit_id FROM same_photo v JOIN photos p ON p.photo_sha = v.photo_sha AND p.officer_id IS NOT DISTINCT FROM v.officer_id
    UNION
    SELECT v.visit_id FROM same_minute v JOIN minutes m ON m.minute = v.minute AND m.at_lat = v.at_lat
        AND m.officer_id IS NOT DISTINCT FROM v.officer_id AND m.at_lon IS NOT DISTINCT FROM v.at_lon
"""

# A payment list often carries the account holder's number and no name; such a record stands for itself alone.
# Each step lies in a table of its own, so that whole files are only looked through for the few of the step before.
ALIAS = {
    "g_nameless": f"""
    SELECT DISTINCT person_id FROM k_records
    WHERE role = {ROLE_CODES["guardian2"]} AND kind IN ({", ".join(f"'{kind}'" for kind in PAID_TO)}) AND filled(name) IS NULL AND person_id IS NOT NULL
""",
    "g_payees": "SELECT person_id, id18, id_status, name FROM k_records SEMI JOIN g_nameless USING (person_id)",
    "g_by_number": """
    SELECT person_id, min(id18) AS id18 FROM g_payees GROUP BY person_id
    HAVING count(filled(name)) = 0 AND bool_and(proven(id18, id_status)) AND min(id18) = max(id18)
""",
    "g_holders": "SELECT person_id, id18, id_status, name FROM k_records SEMI JOIN g_by_number USING (id18)",
    "g_alias": """
    WITH holders AS (
        SELECT id18, min(person_id) AS own_id FROM g_holders
        WHERE filled(name) IS NOT NULL AND proven(id18, id_status) AND person_id IS NOT NULL
        GROUP BY id18 HAVING min(person_id) = max(person_id)
    )
    SELECT n.person_id, h.own_id FROM g_by_number n JOIN holders h USING (id18)
""",
}

# Two people of one name in a village are told apart by the address, or not at all.
NAMED = """
    WITH orders AS (
        SELECT row_id, filled(name) AS name, village, address FROM b_hotline
        WHERE subject_person IS NULL AND filled(name) IS NOT NULL
    ),
    -- Few of a county bear a name that an order names: their doors are looked up, not everybody's.
    bearers AS (SELECT p.person_id FROM k_people p SEMI JOIN orders o ON p.name = o.name AND p.village = o.village),
    homes AS (SELECT subject_person AS person_id, address FROM k_hukou h SEMI JOIN bearers b ON b.person_id = h.subject_person),
    meant AS (
        SELECT o.row_id, p.person_id, coalesce(bool_or(h.address = o.address), false) AS same_door
        FROM orders o JOIN k_people p ON p.name = o.name AND p.village = o.village
        LEFT JOIN homes h ON h.person_id = p.person_id
        WHERE p.died_on IS NULL GROUP BY o.row_id, p.person_id
    )
    SELECT row_id, CASE WHEN count(*) = 1 THEN min(person_id) ELSE min(person_id) FILTER (WHERE same_door) END AS person_id
    FROM meant GROUP BY row_id HAVING count(*) = 1 OR count(*) FILTER (WHERE same_door) = 1
"""

WITNESSED = "SELECT s.* FROM k_sightings s ANTI JOIN g_hollow h USING (visit_id)"

BRIDGED = {
    "rows_hotline": """SELECT b.* REPLACE (coalesce(b.subject_person, n.person_id) AS subject_person)
        FROM b_hotline b LEFT JOIN g_named n USING (row_id)""",
} | {
    f"rows_{kind}": f"""SELECT b.* REPLACE (coalesce(a.own_id, b.guardian2_person) AS guardian2_person)
        FROM b_{kind} b LEFT JOIN g_alias a ON a.person_id = b.guardian2_person"""
    for kind in PAID_TO
}
"""Tables whose view reads across a bridge; the bare view is named `b_<kind>`."""
