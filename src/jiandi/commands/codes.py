"""`jiandi codes`: the code tables rosters are read by, with the county's own words."""

from __future__ import annotations

import argparse
from typing import Any

from jiandi.commands.speaking import add_common, both, language_of, show
from jiandi.core.codes import CodeTable, code_tables
from jiandi.core.values import Refused, Text
from jiandi.rooms.register import words


def add_commands(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "codes",
        help="读名册用的代码表和县自己的词(数据文件夹的 codes.toml)· the code tables, with a county's own words",
    )
    parser.add_argument(
        "table", nargs="?", help="表名,如 kin;不写则列出各表 · one table; all are listed without it"
    )
    add_common(parser, acts=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the tables, or the values of one; refuses where the county's own file is wrong."""
    language, tables = language_of(arguments), words.codes()
    if arguments.table is None:
        figures = {name: both(table.title) | {"standard": table.standard} for name, table in tables.items()}
        show(arguments, figures, [_listed(table, language) for table in tables.values()])
        return 0
    if arguments.table not in tables:
        raise Refused("codes.unknown_table", _NO_TABLE.filled(table=arguments.table, known=" ".join(tables)))
    table, national = tables[arguments.table], code_tables()[arguments.table]
    values = {value.kept: _words(table, value.kept) for value in table.values}
    own = {word for word in table.written if word not in national.written}
    lines = [
        f"{kept}: {' '.join(f'{one}*' if one in own else one for one in said)}"
        for kept, said in values.items()
    ]
    note = [OWN.say(language)] if own else []
    show(
        arguments,
        {"table": table.name, "values": values, "own": sorted(own)},
        [_listed(table, language), *lines, *note],
    )
    return 0


def _listed(table: CodeTable, language: str) -> str:
    standard = f" ({table.standard})" if table.standard else ""
    return f"{table.name}: {table.title.say(language)}{standard}"


def _words(table: CodeTable, kept: str) -> list[str]:
    return [word for word, value in table.written.items() if value == kept]


OWN = Text(zh="* 县自己加的词", en="* the county's own words")
_NO_TABLE = Text(
    zh="没有代码表「{table}」。可用的代码表:{known}。",
    en="There is no code table “{table}”. The tables are: {known}.",
)
