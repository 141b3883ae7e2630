"""How a rule's SQL says what it found: one sentence in two languages, its sources, the implicated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter

from jiandi.core.values import Text

Fact = str | tuple[str, str]
"""A DuckDB expression, or one for the Chinese and one for the English sentence."""

_UNKNOWN = ("不详", "unknown")


def quoted(text: str) -> str:
    """Return a text as a DuckDB string."""
    return "'" + text.replace("'", "''") + "'"


def _formatted(sentence: str, facts: Mapping[str, Fact], language: int) -> str:
    """Return the DuckDB call that fills the sentence's named gaps; what is unknown is said to be unknown."""
    template, arguments = "", []
    for literal, gap, _, _ in Formatter().parse(sentence):
        template += literal
        if gap is None:
            continue
        fact = facts[gap]
        expression = fact if isinstance(fact, str) else fact[language]
        template += "{}"
        arguments.append(f"coalesce(CAST({expression} AS VARCHAR), {quoted(_UNKNOWN[language])})")
    return f"format({', '.join([quoted(template), *arguments])})" if arguments else quoted(template)


def finding(
    *,
    key: str,
    text: Text,
    facts: Mapping[str, Fact] | None = None,
    sources: str,
    person: str = "NULL",
    household: str = "NULL",
    village: str = "NULL",
    implicated: Sequence[str] = (),
    people: str = "[]",
) -> str:
    """Return the columns of one finding, to stand after SELECT.

    `sources` is a DuckDB list of `row_ref(...)`, `visit_ref(...)` or `report_ref(...)`; `implicated` holds
    expressions of `unit_named`, `officer_known`, `officer_named` or `person_known`; nameless ones are dropped.
    `people` is a list of ids where one question is about several people.
    """
    facts = facts or {}
    return f"""
        CAST({key} AS VARCHAR) AS key,
        CAST({person} AS BIGINT) AS person_id,
        CAST({household} AS BIGINT) AS household_id,
        CAST({village} AS BIGINT) AS village,
        {_formatted(text.zh, facts, 0)} AS detail_zh,
        {_formatted(text.en, facts, 1)} AS detail_en,
        CAST({sources} AS STRUCT(kind VARCHAR, id BIGINT)[]) AS sources,
        CAST({people} AS BIGINT[]) AS people,
        CAST([{", ".join(implicated)}] AS STRUCT(kind VARCHAR, name VARCHAR, id BIGINT, why VARCHAR)[]) AS implicated"""


WHY: Mapping[str, Text] = {
    "registered": Text(zh="登记了这一事项", en="registered it"),
    "certified": Text(zh="出具了证明", en="issued the paper"),
    "issued": Text(zh="签发了证件", en="issued the document"),
    "attended": Text(zh="接生或接诊", en="attended"),
    "managed": Text(zh="负责管理或随访", en="manages or follows up"),
    "visited": Text(zh="报告了走访", en="reported the visit"),
    "guardian": Text(zh="是监护人或照料人", en="is guardian or carer"),
    "payee": Text(zh="代领待遇", en="draws the benefit"),
    "spouse": Text(zh="是婚姻另一方", en="is the spouse"),
    "kin": Text(zh="是同户或亲属", en="is kin or of the household"),
    "companion": Text(zh="陪同就诊", en="accompanied to the clinic"),
    "handled": Text(zh="承办或处置", en="handled it"),
    "named": Text(zh="记录中写明", en="named in the record"),
    "school": Text(zh="上报在校", en="reported the child in class"),
}
"""Why somebody is implicated, in words."""
