"""R27: what an old case leaves open. Reads the answers of official queries and the slips of the archive, no roster of offenders.

A place named on a slip is compared with the place of the authority that answered; nobody is asked about for where
she comes from.
"""

from __future__ import annotations

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.values import Text

OLD_CASE = Text(
    zh="{name}的婚姻登记（{registered}）附件写有“{slip}”；{asked}在{day}就{broker}的查询答复为“有”，{link}。",
    en="The marriage file of {name} ({registered}) holds a slip “{slip}”; {asked} answered yes about {broker} on {day}: {link}.",
)
AUTHORITIES = "公安|检察|法院|司法"


def arrivals_of_an_old_case(ask: Ask) -> str:
    """A wife's file names somebody about whom an authority answered yes, or the place of that case, in those years."""
    link = (
        "CASE how WHEN 'name' THEN '附件中有此人的姓名' ELSE '附件写有该机关所在地名，且妻子身份无从核实' END",
        "CASE how WHEN 'name' THEN 'the slip names that person'"
        " ELSE 'the slip names the place of that authority, and no file verifies the identity of the wife' END",
    )
    columns = finding(
        key="concat_ws(':', person_id, day)",
        person="person_id",
        text=OLD_CASE,
        facts={
            "name": "name",
            "registered": "registered_on",
            "slip": "slip",
            "asked": "asked",
            "day": "day",
            "broker": "broker",
            "link": link,
        },
        sources="[row_ref(row_id), row_ref(query_row)]",
        implicated=(
            "unit_named(registry_office, 'registered')",
            "unit_named(certificate_issuer, 'certified')",
            "person_known(husband_person, husband_name, 'spouse')",
        ),
    )
    return f"""
    WITH answered AS (
        SELECT row_id AS query_row, filled(name) AS broker, queried_on AS day, queried_by AS asked,
               regexp_extract(queried_by, '^(.{{2,8}}?)(市|县|区|省|州|旗)?(人民|公安|中级|高级|检察|司法|法院)', 1) AS place
        FROM k_official_query
        WHERE answer = '有' AND regexp_matches(queried_by, '{AUTHORITIES}') AND queried_on <= {ask.day}
    ),
    wives AS (
        SELECT m.row_id, m.wife_person AS person_id, m.wife_name AS name, m.registered_on, filled(m.slip) AS slip,
               m.registry_office, m.certificate_issuer, m.husband_person, m.husband_name,
               v.person_id IS NOT NULL AS verified
        FROM k_marriage m LEFT JOIN g_verified v ON v.person_id = m.wife_person
        WHERE filled(m.slip) IS NOT NULL AND m.wife_person IS NOT NULL
    ),
    linked AS (
        SELECT w.*, a.*, CASE WHEN length(broker) >= 2 AND contains(slip, broker) THEN 'name' ELSE 'place' END AS how
        FROM wives w JOIN answered a
          ON (length(broker) >= 2 AND contains(slip, broker))
          OR (length(place) >= 2 AND contains(slip, place) AND NOT verified
              AND abs(a.day - w.registered_on) <= {ask.days("era_days")})
    )
    SELECT {columns} FROM linked
    """
