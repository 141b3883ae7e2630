"""DuckDB's SQL said in Spark's words: sqlglot does most of it, this page the rest, and what it cannot say it refuses.

The stages are written once, for DuckDB. What differs silently is what matters: `"a" = "b"` compares two strings in Spark,
a number with a point is a decimal there and loses digits in a division, `hash` has 32 bits, and `split` cuts characters
beyond the first plane of Unicode in two.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp


class CannotSay(ValueError):
    """A statement that has no equal in Spark; a fault of the programmer's, not of the data."""


def parsed(sql: str) -> list[exp.Expr]:
    """Return the statements of a text in DuckDB's SQL, each made ready to be said in Spark's."""
    return [_ready(one) for one in sqlglot.parse(sql, read="duckdb") if one is not None]


def said(statement: exp.Expr) -> str:
    """Return one statement in Spark's SQL."""
    return statement.sql(dialect="spark")


def condition(sql: str) -> str:
    """Return a condition in Spark's SQL, names in backticks."""
    return said(_ready(sqlglot.parse_one(sql, read="duckdb")))


def _ready(statement: exp.Expr) -> exp.Expr:
    for select in list(statement.find_all(exp.Select)):
        _spell_out_stars(select)
        _whole_rows(select)
    for union in list(statement.find_all(exp.SetOperation)):
        _by_position(union)
    return statement.transform(_word)


def _word(node: exp.Expr) -> exp.Expr:
    """Return one node with Spark's meaning."""
    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        return exp.cast(node.copy(), "double") if not isinstance(node.parent, exp.Cast) else node
    if isinstance(node, exp.Anonymous) and node.name.lower() == "hash":
        return exp.func("xxhash64", *node.expressions)
    if isinstance(node, exp.Split) and node.expression.name == "":
        return exp.Anonymous(
            this="regexp_extract_all",
            expressions=[node.this, exp.Literal.string("(?s)."), exp.Literal.number(0)],
        )
    return node


def _sources(select: exp.Select) -> list[exp.Expr]:
    joins = [join.this for join in select.args.get("joins") or []]
    first = select.args.get("from_") or select.args.get("from")
    return ([first.this] if first else []) + joins


def _whole_rows(select: exp.Select) -> None:
    """Where a source itself is selected as one value, name it a struct: r becomes struct(r.*) as r."""
    names = {source.alias_or_name for source in _sources(select)}
    for column in list(select.expressions):
        if isinstance(column, exp.Column) and not column.table and column.name in names:
            star = exp.Column(this=exp.Star(), table=exp.to_identifier(column.name))
            column.replace(exp.alias_(exp.Anonymous(this="struct", expressions=[star]), column.name))


def _spell_out_stars(select: exp.Select) -> None:
    """Write out `* replace (...)` over a list of values; over anything else there is no telling the columns."""
    for star in [one for one in select.expressions if isinstance(one, exp.Star)]:
        if star.args.get("except_") or star.args.get("except"):
            raise CannotSay("* exclude")
        changed = {one.alias: one.this for one in star.args.get("replace") or ()}
        if not changed:
            continue
        source = _sources(select)[0]
        alias = source.args.get("alias")
        names = [column.name for column in alias.columns] if alias else []
        if not isinstance(source, exp.Values) or not names:
            raise CannotSay("* replace")
        columns = [
            exp.alias_(changed[name].copy(), name) if name in changed else exp.column(name) for name in names
        ]
        select.set("expressions", columns)


def _by_position(union: exp.SetOperation) -> None:
    """Spark unites by position: `by name` is dropped where the names stand in one order already."""
    if not union.args.get("by_name"):
        return
    if union.this.named_selects != union.expression.named_selects or "*" in union.this.named_selects:
        raise CannotSay("union by name of columns in another order")
    union.set("by_name", False)
