"""A Spark session that answers as much of a DuckDB connection as the stages of the linkage ask of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from jiandi.core.linkage.spark.dialect import CannotSay, parsed, said


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that a statement gives."""

    frame: DataFrame | None = None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return every row; for counts and other small answers."""
        return [tuple(row) for row in self.frame.collect()] if self.frame is not None else []


@dataclass
class SparkTables:
    """Tables of one run: a table is a folder of Parquet below `folder`, which every machine of the cluster must see.

    Each table is written out before it is read: a plan that grows from stage to stage is worked out again and again,
    and the memory it takes ends the run.
    """

    spark: SparkSession
    folder: Path
    written: dict[str, Path] = field(default_factory=dict)
    versions: int = 0

    def execute(self, sql: str) -> Answer:
        """Carry out statements written for DuckDB; return the answer of the last."""
        answer = Answer()
        for statement in parsed(sql):
            answer = self._carry_out(statement)
        return answer

    def keep(self, name: str, frame: DataFrame) -> None:
        """Write a table and give it its name; one of that name is no longer seen."""
        self.versions += 1
        path = self.folder / f"{name}-{self.versions}"
        frame.write.parquet(path.as_uri())
        self.show(name, path)

    def show(self, name: str, path: Path) -> None:
        """Give a name to a folder of Parquet files."""
        self.spark.read.parquet(path.as_uri()).createOrReplaceTempView(name)
        self.written[name] = path

    def _carry_out(self, statement: exp.Expr) -> Answer:
        if isinstance(statement, exp.Create):
            self._create(statement)
        elif isinstance(statement, exp.Update):
            self._update(statement)
        elif isinstance(statement, exp.Drop):
            name = _named(statement)
            self.spark.catalog.dropTempView(name)
            self.written.pop(name, None)
        elif isinstance(statement, exp.Query):
            return Answer(self.spark.sql(said(statement)))
        else:
            raise CannotSay(said(statement))
        return Answer()

    def _create(self, statement: exp.Create) -> None:
        name, query = _named(statement), statement.expression
        if query is None:
            raise CannotSay(said(statement))
        if statement.kind == "VIEW":
            self.spark.sql(said(query)).createOrReplaceTempView(name)
        else:
            self.keep(name, self.spark.sql(said(query)))

    def _update(self, statement: exp.Update) -> None:
        """Change a column of every row (there is no other update in these stages)."""
        if statement.args.get("where") or statement.args.get("from_") or statement.args.get("from"):
            raise CannotSay(said(statement))
        changed = {one.this.name: said(one.expression) for one in statement.expressions}
        name = _named(statement)
        columns = [
            f"{changed[column]} as {column}" if column in changed else column
            for column in self.spark.table(name).columns
        ]
        self.keep(name, self.spark.sql(f"select {', '.join(columns)} from {name}"))


def _named(statement: exp.Expr) -> str:
    """Return the table a statement makes, changes or drops: the first it names."""
    table = statement.find(exp.Table)
    if table is None:
        raise CannotSay(said(statement))
    return table.name
