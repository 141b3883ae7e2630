"""A PostgreSQL database into one file and back, with the server's own client tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection

from jiandi.core.values import Refused, Text


def dump(target: Path) -> Path:
    """Dump the database as of one moment into a file, while others write."""
    tool = _tool("pg_dump")
    _run([tool, "--format=custom", "--no-owner", f"--file={target}", *database_arguments()])
    return target


def load(dumped: Path) -> None:
    """Load a dump into the empty database in use, in one transaction: what breaks off half way leaves it empty."""
    as_one = ["--no-owner", "--exit-on-error", "--single-transaction"]
    _run([_tool("pg_restore"), *as_one, *database_arguments(), str(dumped)])


def look_into() -> dict[str, Any]:
    """Return what the log of the database in use says: events, signed size, root."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_event")
        (events,) = cursor.fetchone()
        cursor.execute("SELECT size, encode(root, 'hex') FROM access_checkpoint ORDER BY size DESC LIMIT 1")
        last = cursor.fetchone()
    return {
        "events": events,
        "log_size": last[0] if last else 0,
        "log_root": last[1] if last else "",
    }


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            "backup.no_tool",
            Text(
                zh=f"本机没有{name}。请安装PostgreSQL客户端,或在数据库服务器上备份。",
                en=f"There is no {name} here. Install PostgreSQL's client tools, or back up on the database server.",
            ),
        )
    return found


def database_arguments() -> list[str]:
    """Return where the database in use lies, as the tools are told."""
    of = connection.settings_dict
    given = {"--host": of["HOST"], "--port": of["PORT"], "--username": of["USER"], "--dbname": of["NAME"]}
    return [f"{key}={value}" for key, value in given.items() if value]


def _run(command: list[str]) -> None:
    environment = os.environ | {"PGPASSWORD": str(connection.settings_dict.get("PASSWORD") or "")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise Refused(
            "backup.tool_failed",
            Text(zh=f"{Path(command[0]).name}失败:{last}", en=f"{Path(command[0]).name} failed: {last}"),
        )
