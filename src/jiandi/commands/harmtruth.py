"""The planted harm of an invented county, in the register's own ids, and which rules should speak of which shape."""

from __future__ import annotations

from pathlib import Path

import duckdb

from jiandi.core.checks.table import RULES
from jiandi.core.numbering import ROLES, ROW_BITS
from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register.models import Roster

EVERY_RULE = tuple(rule.id for rule in RULES)
# Which rules should speak of which planted shape; one of them is enough. A shape with one rule measures that rule. A
# shape laid beyond the rules' own wording names every rule: there the question is whether anything at all spoke.
EXPECTED: dict[str, tuple[str, ...]] = {
    "marriage_without_papers": ("R1",),
    "backdated_registration": ("R2",),
    "several_names": ("R3",),
    "adult_on_no_register": ("R4", "R15"),
    "collective_book_without_origin": ("R4",),
    "bride_without_trace": ("R5",),
    "birth_without_care": ("R6",),
    "mother_too_young": ("R7",),
    "helpless_without_service": ("R8",),
    "illness_outside_register": ("R9",),
    "followup_never_in_person": ("R10",),
    "restrained_at_home": ("R11",),
    "shut_away_unknown": ("R11",),
    "guardian_holds_all": ("R12",),
    "payee_of_many": ("R12b",),
    "benefit_after_death": ("R13",),
    "nobody_has_seen_them": ("R14b",),
    "named_but_unlisted": ("R4", "R15"),
    "child_not_in_school": ("R16",),
    "in_register_not_in_class": ("R16",),
    "child_in_no_book": ("R16",),
    "child_of_other_parents": ("R17",),
    "barred_carer": ("R18",),
    "child_left_alone": ("R19",),
    "orphan_in_name": ("R19",),
    "missing_person_here": ("R20",),
    "no_match_taken_as_clear": ("R21",),
    "repeated_calls_no_order": ("R22",),
    "severe_without_subsidy": ("R23",),
    "destitute_not_enrolled": ("R23",),
    "elder_no_answer": ("R24",),
    "same_number_two_places": ("R25",),
    "number_of_the_dead": ("R13", "R25"),
    "shown_for_income": ("R26",),
    "brides_by_one_road": ("R27",),
    "unit_reports_all_clear": ("R28",),
    "reply_not_true": ("R29",),
    "workers_held_at_kiln": ("R11",),
    "elder_lent_a_life": EVERY_RULE,
    "replay_family": EVERY_RULE,
}
OF_A_PLACE = ("unit_reports_all_clear",)
"""Shapes whose harm is a whole village's: a finding about the village speaks of them, and of no other shape."""

ANSWERED_BY_SEEING = (
    "guardian_holds_all",
    "nobody_has_seen_them",
    "elder_no_answer",
    "elder_lent_a_life",
    "named_but_unlisted",
)
"""Shapes whose rules ask because nobody has seen the person: once met, and heard, the person is no longer hidden."""


def load(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Fill the tables `evaluate` reads: `truth`, `harm`, `harm_sources` and `harm_met`."""
    _open(con, folder)
    con.execute(_TRUTH)
    con.execute(_HARM)
    _leave_out_places_with_a_fabricator(con, folder)
    con.execute(_SOURCES)
    con.execute(_MET)
    con.execute(
        "CREATE TABLE harm_claimed AS SELECT DISTINCT h.harm_id FROM harm h JOIN sightings s USING (person_id)"
        " JOIN visits v USING (visit_id) WHERE s.present = 'seen' AND list_contains(?, v.officer_id)",
        [_styled(con, folder, ("fabricating", "rule-aware", "sloppy"))],
    )


def _open(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    truth = folder / "truth"
    con.execute("CREATE TABLE files (file VARCHAR, roster_id BIGINT)")
    rosters = Roster.objects.filter(state="read").values_list("file_name", "pk")
    con.executemany("INSERT INTO files VALUES (?, ?)", list(rosters))
    con.execute("CREATE TABLE doors (code VARCHAR, dwelling_id BIGINT)")
    doors = list(Dwelling.objects.values_list("code", "pk"))
    con.execute(
        "INSERT INTO doors SELECT unnest(?), unnest(?)", [[d[0] for d in doors], [d[1] for d in doors]]
    )
    for view, file in (("t_rows", "rows"), ("t_harm", "harm"), ("t_people", "people")):
        con.execute(f"CREATE VIEW {view} AS SELECT * FROM '{truth / file}.parquet'")


def _leave_out_places_with_a_fabricator(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """A quiet village is no innocent look-alike where one of its workers, in truth, never left the desk."""
    officers = _styled(con, folder, ("fabricating", "rule-aware"))
    con.execute(
        "DELETE FROM harm WHERE look_alike AND list_contains(?, shape) AND village IN"
        " (SELECT village FROM visits WHERE list_contains(?, officer_id))",
        [list(OF_A_PLACE), officers],
    )


def _styled(con: duckdb.DuckDBPyConnection, folder: Path, styles: tuple[str, ...]) -> list[int]:
    """Return the officers who, in truth, work in one of these ways."""
    truth = con.execute(f"SELECT username, style FROM '{folder}/truth/visitors.parquet'").fetchall()
    names = [name for name, style in truth if style in styles]
    return list(Officer.objects.filter(username__in=names).values_list("pk", flat=True))


# A true person may stand in several people of the register: a rule that speaks of any of them has spoken.
_TRUTH = f"""
    CREATE TABLE truth AS
        SELECT ((f.roster_id * {1 << ROW_BITS} + t.row_no) * {ROLES} + t.role)::BIGINT AS record_id, t.true_id
        FROM t_rows t JOIN files f ON f.file = t.file::VARCHAR;
    CREATE TABLE who AS SELECT DISTINCT true_id, person_id FROM truth JOIN records USING (record_id) WHERE person_id IS NOT NULL
"""

# Somebody in no list at all is still behind a door: the household of those who live there, by the lists.
_HARM = """
    CREATE TABLE homes AS
        SELECT DISTINCT t.village_code, t.household_true, p.household_id FROM t_people t JOIN who w USING (true_id)
        JOIN people p USING (person_id) WHERE p.household_id IS NOT NULL AND t.household_true > 0;
    CREATE TABLE harm AS
        SELECT h.harm_id, h.shape, w.person_id, coalesce(p.household_id, o.household_id) AS household_id,
               h.village_code::BIGINT AS village, h.look_alike, h.true_id
        FROM t_harm h LEFT JOIN who w USING (true_id) LEFT JOIN people p ON p.person_id = w.person_id
        LEFT JOIN homes o ON w.person_id IS NULL AND o.household_true = h.household_true AND o.village_code = h.village_code AND h.household_true > 0
"""

# The rows a scene laid, and the visits to the door of somebody whom no roster names.
_SOURCES = f"""
    CREATE TABLE harm_sources AS
        WITH hints AS (SELECT DISTINCT harm_id, unnest(string_split(hinted_in, ';')) AS hint FROM t_harm)
        SELECT harm_id, 'row' AS kind, (f.roster_id * {1 << ROW_BITS} + split_part(hint, '#', 2)::BIGINT)::BIGINT AS id
        FROM hints JOIN files f ON f.file = split_part(hint, '#', 1) WHERE hint <> ''
        UNION
        SELECT h.harm_id, 'visit', v.visit_id FROM harm h JOIN t_people t USING (true_id) JOIN doors d ON d.code = t.dwelling_code
        JOIN visits v ON v.dwelling_id = d.dwelling_id WHERE h.person_id IS NULL
"""

# Scenes whose person was met on the round and told the visitor: no longer hidden, whatever a rule about absence says.
_MET = """
    CREATE TABLE harm_met AS
        SELECT DISTINCT h.harm_id FROM harm h JOIN sightings s ON s.person_id = h.person_id
        WHERE s.present = 'seen' AND (nullif(s.need, '') IS NOT NULL OR coalesce(s.danger, 'none') <> 'none')
        UNION
        SELECT DISTINCT h.harm_id FROM harm_sources h JOIN sightings s ON h.kind = 'visit' AND s.visit_id = h.id
        WHERE s.present = 'seen' AND (nullif(s.need, '') IS NOT NULL OR coalesce(s.danger, 'none') <> 'none')
"""
