"""`--engine`: which machine links the files, and what must be there before Spark is asked."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jiandi.core.linkage.tables import Engine, check_engine
from jiandi.core.values import Refused, Text

NEEDED = ("pyspark", "pandas", "py4j")  # what the extra `spark` brings
EXTRA = ("pyspark==4.3.0", "pandas>=2.2,<3")  # the same as in pyproject.toml
OLDEST_JAVA = 17  # Spark 4 starts on nothing older
MASTERS = re.compile(r"local(\[(\d+|\*)\])?|spark://.+|yarn|k8s://.+")


@dataclass(frozen=True, slots=True)
class Engaged:
    """The engine of one run: what links (None: DuckDB itself) and what it is called in the report."""

    engine: Engine | None
    named: dict[str, str]


def add_engine(of_files: Any) -> None:
    """Add the options that choose the engine."""
    of_files.add_argument(
        "--engine", choices=["duckdb", "spark"], default="duckdb",
        help="duckdb:一台机器,约两千五百万行以内都够用;spark:集群 · duckdb: one machine, enough to some 25 million rows; spark: a cluster",
    )  # fmt: skip
    of_files.add_argument(
        "--master",
        metavar="URL",
        help="Spark 主节点:local[*](默认)、spark://…、yarn、k8s://… · Spark's master (default local[*])",
    )
    of_files.add_argument(
        "--shared", type=Path, metavar="FOLDER",
        help="集群每台机器都在同一路径看到的文件夹 · a folder that every machine of the cluster sees under the same path",
    )  # fmt: skip
    of_files.add_argument(
        "--spark-conf", dest="spark_conf", action="append", default=[], type=_setting, metavar="KEY=VALUE",
        help="Spark 设置,可写多次,如 spark.executor.memory=8g · a setting of Spark's; repeat it",
    )  # fmt: skip


def _setting(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not (key.startswith("spark.") and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r}: spark.KEY=VALUE")
    return key, value


@contextmanager
def engaged(arguments: argparse.Namespace, scratch: Path) -> Iterator[Engaged]:
    """Make the chosen engine ready and take it down again; refuses, before anything starts, what cannot work."""
    if arguments.engine == "duckdb":
        _check_no_spark_options(arguments)
        yield Engaged(None, {"engine": "duckdb", "engine_version": duckdb.__version__})
        return
    master = arguments.master or "local[*]"
    check_engine(arguments.profile)
    check_master(master, arguments.shared)
    check_packages()
    check_java()
    sparksession = importlib.import_module("jiandi.commands.sparksession")
    try:
        folder = tempfile.TemporaryDirectory(prefix="jiandi-link-", dir=arguments.shared or scratch)
    except OSError as error:
        raise Refused(
            "link.no_shared_folder", _NOT_WRITABLE.filled(folder=arguments.shared, why=error.strerror or "")
        ) from error
    with folder as path, sparksession.on_spark(master, Path(path), dict(arguments.spark_conf)) as spark:
        yield Engaged(spark.engine, {"engine": "spark", "engine_version": spark.version, "master": master})


def _check_no_spark_options(arguments: argparse.Namespace) -> None:
    given = {
        "--master": arguments.master,
        "--shared": arguments.shared,
        "--spark-conf": arguments.spark_conf,
    }
    if words := " ".join(word for word, value in given.items() if value):
        raise Refused("link.spark_only", _SPARK_ONLY.filled(words=words))


def check_master(master: str, shared: Path | None) -> None:
    """Refuse a master that is none of Spark's, and a cluster without a folder that all its machines see."""
    if not MASTERS.fullmatch(master):
        raise Refused("link.master", _MASTER.filled(master=master))
    if not master.startswith("local") and shared is None:
        raise Refused("link.no_shared_folder", _NO_SHARED.filled(master=master))


def check_packages() -> None:
    """Refuse where the extra `spark` is not installed."""
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        install = f"{sys.executable} -m pip install " + " ".join(f"'{package}'" for package in EXTRA)
        raise Refused("link.no_pyspark", _NO_PYSPARK.filled(missing=" ".join(missing), install=install))


def check_java() -> None:
    """Refuse where there is no Java runtime, or one too old."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")
    if java is None:
        where = f"JAVA_HOME={home}" if home else "PATH"
        raise Refused("link.no_java", _NO_JAVA.filled(where=where, oldest=OLDEST_JAVA))
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if found is None or int(found[1]) < OLDEST_JAVA:
        version = found[1] if found else "?"
        raise Refused("link.old_java", _OLD_JAVA.filled(java=java, version=version, oldest=OLDEST_JAVA))


_NO_PYSPARK = Text(
    zh="这里没有装 Spark 的 Python 包(缺:{missing})。请执行 {install}(约460MB);或去掉 --engine spark,用 DuckDB 在本机比对。",
    en="Spark's Python packages are not installed here (missing: {missing}). Run {install} (some 460 MB), or leave out"
    " --engine spark and link on this machine with DuckDB.",
)
_NO_JAVA = Text(
    zh="找不到 Java(看了 {where})。Spark 需要 Java {oldest} 或更新:Debian/Ubuntu/UOS 装 openjdk-17-jre-headless,"
    "openEuler/麒麟装 java-17-openjdk-headless,再设 JAVA_HOME;或去掉 --engine spark,用 DuckDB 在本机比对。",
    en="No Java was found (looked in {where}). Spark needs Java {oldest} or newer: install openjdk-17-jre-headless (Debian, Ubuntu, UOS) or"
    " java-17-openjdk-headless (openEuler, Kylin) and set JAVA_HOME; or leave out --engine spark and link on this machine with DuckDB.",
)
_OLD_JAVA = Text(
    zh="{java} 的版本是 {version},Spark 需要 Java {oldest} 或更新。请安装后把 JAVA_HOME 指向它;或去掉 --engine spark,用 DuckDB 在本机比对。",
    en="{java} is version {version}; Spark needs Java {oldest} or newer. Install one and let JAVA_HOME point to it; or leave out"
    " --engine spark and link on this machine with DuckDB.",
)
_MASTER = Text(
    zh="“{master}”不是 Spark 主节点。可用:local[*]、local[4]、spark://主机:7077、yarn、k8s://地址。",
    en="{master} is no master of Spark's. There are: local[*], local[4], spark://host:7077, yarn, k8s://address.",
)
_NO_SHARED = Text(
    zh="用 {master} 时请用 --shared 指明一个集群每台机器都在同一路径看到的文件夹(如 NFS),中间结果写在那里。",
    en="With {master}, say with --shared which folder every machine of the cluster sees under the same path (NFS, for one):"
    " what goes between them is written there.",
)
_NOT_WRITABLE = Text(
    zh="写不到 --shared 文件夹 {folder}({why})。请检查路径和权限。",
    en="The --shared folder {folder} cannot be written to ({why}). Check the path and its permissions.",
)
_SPARK_ONLY = Text(
    zh="{words} 只对 --engine spark 有意义。请加上 --engine spark,或去掉它。",
    en="{words} means something to --engine spark alone. Add that, or leave it out.",
)
