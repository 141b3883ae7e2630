"""What a run would do to people about whom only people decide, and does not: their rows stay where they are, and a pair asks.

All in DuckDB tables, between the comparison (assignments, claimed, decisions) and `linking.settle_people`. A row that belonged to
nobody still goes to whom the comparison says; only what would take a number away, or rows from a number, waits.
"""

from __future__ import annotations

import duckdb

from jiandi.rooms.register.safeguarding import HELD, HELD_SAYS


def withhold(con: duckdb.DuckDBPyConnection) -> None:
    """Make claiming(record_id, entity, person_id): the rows whose people a run may settle; and stays: those that stay where they are.

    Reads held_people(person_id). Wherever the comparison puts a row of somebody held, every row that has a person keeps it. What
    people have said goes before: two they called the same are one, and what they parted stays parted.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE had AS
        SELECT a.record_id, a.entity, c.person_id FROM assignments a JOIN claimed c USING (record_id);
        CREATE OR REPLACE TEMP TABLE parted AS
        WITH said AS (SELECT record_a AS one, record_b AS other FROM decisions WHERE verdict = 'not_same'
            UNION SELECT record_b, record_a FROM decisions WHERE verdict = 'not_same')
        SELECT DISTINCT a.entity, h.person_id FROM said JOIN assignments a ON a.record_id = one JOIN had h ON h.record_id = other
        SEMI JOIN held_people p ON p.person_id = h.person_id WHERE a.entity <> h.entity;
        CREATE OR REPLACE TEMP TABLE joined AS
        WITH said AS (SELECT a.entity, a.person_id AS one, b.person_id AS other FROM decisions d JOIN had a ON a.record_id = record_a
            JOIN had b ON b.record_id = record_b WHERE verdict = 'same' AND a.entity = b.entity AND a.person_id <> b.person_id)
        SELECT entity, one AS person_id FROM said UNION SELECT entity, other FROM said;
        CREATE OR REPLACE TEMP TABLE held_here AS
        SELECT DISTINCT entity FROM had SEMI JOIN held_people USING (person_id) ANTI JOIN parted USING (entity, person_id);
        CREATE OR REPLACE TEMP TABLE stays AS
        FROM had SEMI JOIN held_here USING (entity) ANTI JOIN parted USING (entity, person_id) ANTI JOIN joined USING (entity, person_id);
        CREATE OR REPLACE TEMP TABLE claiming AS
        FROM had ANTI JOIN stays USING (record_id) ANTI JOIN parted USING (entity, person_id);
        CREATE OR REPLACE TEMP TABLE fallback AS
        SELECT entity, person_id FROM (SELECT entity, person_id, count(*) AS n FROM stays GROUP BY ALL)
        QUALIFY row_number() OVER (PARTITION BY entity ORDER BY n DESC, person_id) = 1""")


def ask_instead(con: duckdb.DuckDBPyConnection) -> None:
    """Make doubts: the reviews of the comparison, and the pairs that stand for what was withheld; reads keeps."""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE rows_held AS SELECT entity, person_id, min(record_id) AS record_id, count(*) AS n FROM stays GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE settled_in AS
        SELECT entity, person_id, min(record_id) AS record_id FROM had SEMI JOIN (
            FROM keeps UNION ALL FROM fallback ANTI JOIN keeps USING (entity)) k USING (entity, person_id) GROUP BY ALL;
        CREATE OR REPLACE TEMP TABLE withheld AS
        WITH home AS (FROM rows_held QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY n DESC, entity) = 1)
        SELECT r.record_id, s.record_id AS candidate FROM rows_held r JOIN settled_in s USING (entity) WHERE r.person_id <> s.person_id
        UNION SELECT r.record_id, h.record_id FROM rows_held r JOIN home h USING (person_id) WHERE r.entity <> h.entity;
        CREATE OR REPLACE TEMP TABLE doubts AS
        SELECT record_id, candidate, reason, detail_zh, detail_en, match_weight, margin FROM reviews
        UNION ALL BY NAME
        SELECT record_id, candidate, '{HELD}' AS reason, '{HELD_SAYS.zh}' AS detail_zh, '{HELD_SAYS.en}' AS detail_en FROM withheld w
        ANTI JOIN reviews v ON v.record_id = w.record_id AND v.candidate = w.candidate
        ANTI JOIN decisions d ON least(d.record_a, d.record_b) = least(w.record_id, w.candidate)
            AND greatest(d.record_a, d.record_b) = greatest(w.record_id, w.candidate)""")
