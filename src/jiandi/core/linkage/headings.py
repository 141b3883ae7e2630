"""Which column of a table holds what, told by its heading: Chinese offices' headings and the usual Western ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from jiandi.core.linkage.clean import RAW_COLUMNS
from jiandi.core.linkage.generic import FIELDS as GENERIC_FIELDS
from jiandi.core.rosters.headers import bare, flat
from jiandi.core.rosters.kinds import catalogue
from jiandi.core.values import Refused, Text

# What a row says of a person: the raw record without our own numbers before it and the roster's date behind it.
RESIDENT_FIELDS = tuple(RAW_COLUMNS[RAW_COLUMNS.index("name") : RAW_COLUMNS.index("reference_on")])
FIELDS: dict[str, tuple[str, ...]] = {"cn-resident": RESIDENT_FIELDS, "generic": GENERIC_FIELDS}
# Somebody must be recognisable: a table needs one of these.
NEEDED = {"cn-resident": ("name", "id_number"), "generic": ("last_name", "name", "first_name", "id_number")}

_WESTERN: dict[str, str] = {
    "first_name": "firstname given_name givenname forename forenames first fname givennames",
    "last_name": "lastname surname last lname familyname family_name",
    "name": "fullname full_name person personname patientname clientname",
    "birth": "dob dateofbirth birthdate birthday date_of_birth birth_date born bornon",
    "sex": "gender sexcode",
    "id_number": "ssn socsecid soc_sec_id socialsecuritynumber nationalid nhsnumber personalnumber idnumber nationalnumber"
    " identitynumber taxid mrn",
    "phone": "telephone phonenumber mobile cell tel cellphone",
    "email": "emailaddress mail",
    "house": "housenumber streetnumber street_number housenr number",
    "street": "address1 streetname street_name addressline1",
    "address": "fulladdress addr streetaddress",
    "place": "city town suburb municipality birthplace birth_place locality",
    "postcode": "zip zipcode postalcode postcodefake plz",
    "region": "state county province",
}
_ALSO_RESIDENT: dict[str, str] = {
    "name": "name fullname",
    "id_number": "idnumber idcard id_number idno",
    "birth": "birth dob dateofbirth birthdate",
    "sex": "sex gender",
    "age": "age",
    "phone": "phone mobile tel telephone",
    "village": "village",
    "town": "town",
    "address": "address addr",
    "household_no": "householdno household 户号 户编号 家庭编号",
}
_OTHER_NAME = {"town_name": "town", "village_name": "village"}


@cache
def _known(profile: str) -> dict[str, str]:
    """Return every flat heading a profile knows with its field; the first field to claim a heading keeps it."""
    known: dict[str, str] = {}
    words = _WESTERN if profile == "generic" else _ALSO_RESIDENT
    for field, listed in words.items():
        for heading in (field, *listed.split()):
            known.setdefault(flat(heading), field)
    if profile != "generic":
        for kind in catalogue().kinds.values():
            for name, column in kind.fields.items():
                place = _OTHER_NAME.get(name, name)
                if place in RESIDENT_FIELDS:
                    for heading in column.headings:
                        known.setdefault(heading, place)
    return known


def find_columns(
    headers: Sequence[str], profile: str, told: Mapping[str, str], *, table: str
) -> dict[str, str]:
    """Return {field: heading} for one table: what was told, then what the headings say; refuses a table of nobody.

    A column that was told but stands under another heading here is looked for by its heading alone.
    """
    known = _known(profile)
    found = {field: heading for field, heading in told.items() if heading in headers}
    taken = set(found.values())
    for header in headers:
        field = known.get(flat(header)) or known.get(bare(header))
        if field and field not in found and header not in taken:
            found[field] = header
            taken.add(header)
    if not any(field in found for field in NEEDED[profile]):
        raise Refused(
            "link.no_column",
            _NO_COLUMN.filled(
                table=table, headers=", ".join(headers[:12]), needed=" / ".join(NEEDED[profile]),
                example=f"--map {NEEDED[profile][0]}={headers[0] if headers else 'COLUMN'}",
            ),
        )  # fmt: skip
    return found


def check_told(told: Mapping[str, str], profile: str, headers: Mapping[str, Sequence[str]]) -> None:
    """Refuse a field that the profile does not have, and a column that no table has."""
    for field, column in told.items():
        if field not in FIELDS[profile]:
            raise Refused(
                "link.unknown_field", _UNKNOWN_FIELD.filled(field=field, fields=" ".join(FIELDS[profile]))
            )
        if not any(column in listed for listed in headers.values()):
            raise Refused(
                "link.missing_column",
                _MISSING.filled(
                    column=column,
                    tables=", ".join(headers),
                    there=", ".join(next(iter(headers.values()))[:20]),
                ),
            )


_NO_COLUMN = Text(
    zh="“{table}”里认不出姓名或号码栏。它的栏目:{headers}。请用 --map 指明,如 {example}(至少要有:{needed})。",
    en="No column of {table} is known to hold a name or a number. Its columns: {headers}. Say which it is, for example {example} (needed:"
    " {needed}).",
)
_UNKNOWN_FIELD = Text(
    zh="没有“{field}”这一项。可用的项:{fields}。", en="There is no field {field}. The fields are: {fields}."
)
_MISSING = Text(
    zh="{tables} 里没有名为“{column}”的栏目。第一个文件的栏目:{there}。",
    en="No column of {tables} is called {column}. The first table's columns: {there}.",
)
