"""A Spark session for one linkage: quiet, private, bound to this machine unless there is a cluster. Needs the extra `spark`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from splink.internals.exceptions import SplinkException

from jiandi.core.linkage.spark.run import link_on_spark
from jiandi.core.linkage.spark.scoring import similarity_jar
from jiandi.core.linkage.tables import Engine
from jiandi.core.values import Refused, Text


@dataclass(frozen=True, slots=True)
class OnSpark:
    """A running session as the linkage needs it."""

    engine: Engine
    version: str


@contextmanager
def on_spark(master: str, folder: Path, told: dict[str, str]) -> Iterator[OnSpark]:
    """Start a session whose tables lie in `folder`, hand out its engine, stop it; what Spark cannot do is refused in words."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = None
    try:
        spark = _session(settings(master, folder) | told)
        spark.sparkContext.setCheckpointDir((folder / "splink").as_uri())
        yield OnSpark(partial(link_on_spark, spark=spark, folder=folder), spark.version)
    except (PySparkException, Py4JError, SplinkException) as error:
        raise Refused("link.spark_failed", _FAILED.filled(master=master, why=_reason(error))) from error
    finally:
        if spark is not None:
            spark.stop()


def settings(master: str, folder: Path) -> dict[str, str]:
    """Return Spark's settings for a master; whoever runs the command may override each of them.

    No web page of Spark's own is served: it shows statements and rows to whoever finds its port.
    """
    said = {
        "spark.master": master,
        "spark.app.name": "jiandi link",
        "spark.jars": similarity_jar(),
        "spark.driver.memory": "5g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": (folder / "warehouse").as_uri(),
    }
    if not master.startswith("local"):
        return said
    return said | {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
    }


def _session(said: dict[str, str]) -> SparkSession:
    builder = SparkSession.builder
    for key, value in said.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _reason(error: Exception) -> str:
    """Return the line of Spark's long complaint that says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = [line for line in lines if line.startswith(("Caused by:", "Error was:", ": org.", ": java."))]
    return (said[-1] if said else lines[0]).lstrip(": ").rstrip(".")[:300]


_FAILED = Text(
    zh="Spark({master})没有做完:{why}。请检查主节点地址、内存(--spark-conf spark.executor.memory=…)、--shared 文件夹在每台机器上都是同一个、都可写,"
    "以及各节点是否装了同一版本的 jiandi;原有文件没有改动。",
    en="Spark ({master}) did not finish: {why}. Check the master's address, memory (--spark-conf spark.executor.memory=...), that every machine sees"
    " and may write the --shared folder, and that every node has the same version of jiandi; no file was changed.",
)
