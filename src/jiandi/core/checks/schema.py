"""The tables a check may read: every column by name, and the roles of the people a row names.

Two things are absent on purpose. Ethnicity and place of origin are stored where a form needs them and are
never shown to a rule; a rule reads the views `k_<kind>` made from this page, so it cannot reach them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# kind -> (columns, roles); a role's own columns carry its name in front, a subject's do not.
_ROSTERS: dict[str, tuple[str, str]] = {
    "hukou": (
        "household_no name former_name sex birth id_number relation hukou_kind entered_on entry_reason origin_document marital phone address",
        "subject",
    ),
    "death": ("name sex id_number died_on cancelled_on", "subject"),
    "marriage": (
        "certificate_no registered_on entered_on registry_office registration_kind husband_name husband_id_number husband_birth"
        " wife_name wife_id_number wife_birth wife_documents certificate_issuer slip",
        "husband wife",
    ),
    "birth": (
        "certificate_no issued_on issuer child_name child_sex child_birth place_kind attendant mother_name mother_id_number"
        " mother_birth father_name father_id_number address",
        "child mother father",
    ),
    "antenatal": ("name id_number birth booked_on clinic due_on", "subject"),
    "clinic": (
        "name sex age id_number visited_on facility department visit_kind diagnosis companion",
        "subject",
    ),
    "school": (
        "student_no name sex birth id_number school grade status class_checked_on guardian_name guardian_id_number guardian_relation guardian2_name guardian2_id_number",
        "subject guardian guardian2",
    ),
    "dibao": (
        "household_head relation name id_number category monthly_yuan started_on guardian2_name",
        "subject guardian2",
    ),
    "tekun": ("name id_number support_kind guardian_name self_care started_on", "subject guardian"),
    "disability": ("name sex id_number card_no category grade issued_on guardian_name", "subject guardian"),
    "subsidy": ("name id_number subsidy_kind monthly_yuan started_on guardian2_name", "subject guardian2"),
    "smd": (
        "name id_number diagnosis confirmed_on danger_level managed_by past_restraint guardian_name",
        "subject guardian",
    ),
    "smd_followup": (
        "name id_number followed_on mode met lost_reason restraint adherence class doctor facility next_on",
        "subject",
    ),
    "orphan": ("name id_number birth category started_on guardian_name", "subject guardian"),
    "left_behind": ("category group name sex age phone address note", "subject"),
    "lbc": (
        "name id_number birth delegated_on last_parent_contact_on living guardian_name guardian_id_number",
        "subject guardian",
    ),
    "elderly": ("name id_number monthly_yuan last_seen_on seen_how guardian2_name", "subject guardian2"),
    "payment": ("name id_number scheme yuan paid_on guardian2_name", "subject guardian2"),
    "idcard": ("name id_number birth issued_on issuer issue_kind basis", "subject"),
    "hotline": (
        "order_no received_on order_kind address name body assigned_to due_on reply satisfaction",
        "subject",
    ),
    "police_call": ("call_no called_on station name id_number disposition", "subject"),
    "missing": ("name sex birth missing_on missing_from marks dialect registrar dna", "subject"),
    "unknown_identity": ("name sex age entered_on found_at marks dialect notice_on dna_on dna", "subject"),
    "official_query": ("name id_number queried_on queried_by answer", "subject"),
    "insurance": ("name id_number sex birth status", "subject"),
    "residence": ("name id_number birth registered_on", "subject"),
    "screening": ("category name sex birth id_number screened_on seen_how result screener", "subject"),
}

_OWN_TABLES: dict[str, str] = {
    "people": "person_id:BIGINT household_id:BIGINT dwelling_id:BIGINT village:BIGINT town:BIGINT name sex:TINYINT"
    " birth_on:DATE died_on:DATE",
    "records": "record_id:BIGINT row_id:BIGINT roster_id:BIGINT kind role:INTEGER person_id:BIGINT name id18 id_status"
    " birth_on:DATE sex:TINYINT phone village:BIGINT",
    "visits": "visit_id:BIGINT task_id dwelling_id:BIGINT household_id:BIGINT village:BIGINT officer_id:BIGINT unit_id:BIGINT"
    " started_at:TIMESTAMP ended_at:TIMESTAMP received_at:TIMESTAMP result outbuildings lat:DOUBLE lon:DOUBLE photo_sha",
    "sightings": "visit_id:BIGINT person_id:BIGINT name present alone:BOOLEAN own_id danger need words",
    "reports": "report_id:BIGINT village:BIGINT received_on:DATE channel body",
}

FINDINGS = (
    "rule VARCHAR, key VARCHAR, person_id BIGINT, household_id BIGINT, village BIGINT, detail_zh VARCHAR,"
    " detail_en VARCHAR, sources STRUCT(kind VARCHAR, id BIGINT)[], people BIGINT[],"
    " implicated STRUCT(kind VARCHAR, name VARCHAR, id BIGINT, why VARCHAR)[]"
)


def _type_of(column: str) -> str:
    """Return the type of a roster column by its name: days, money, else words as written."""
    if column.endswith(("_on", "birth")):
        return "DATE"
    return "DOUBLE" if column.endswith("yuan") else "VARCHAR"


def _roster_columns(columns: str, roles: str) -> dict[str, str]:
    fields = {column: _type_of(column) for column in columns.split()}
    keys = {"row_id": "BIGINT", "roster_id": "BIGINT", "row_no": "INTEGER"}
    return keys | fields | {f"{role}_person": "BIGINT" for role in roles.split()} | {"village": "BIGINT"}


def _own_columns(text: str) -> dict[str, str]:
    pairs = (item.partition(":") for item in text.split())
    return {name: kind or "VARCHAR" for name, _, kind in pairs}


TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {name: _own_columns(text) for name, text in _OWN_TABLES.items()}
    | {f"rows_{kind}": _roster_columns(columns, roles) for kind, (columns, roles) in _ROSTERS.items()}
)
"""Table -> column -> DuckDB type, for the whole snapshot."""

ROSTER_ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(roles.split()) for kind, (_, roles) in _ROSTERS.items()}
)

# A snapshot may name the subject's columns plainly; both spellings are read.
ALSO_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"village": ("village", "subject_village"), "subject_person": ("subject_person", "person_id")}
)


def view_of(table: str) -> str:
    """Return the name under which rules read a table: `rows_hukou` as `k_hukou`, `people` as `k_people`."""
    return "k_" + table.removeprefix("rows_")
