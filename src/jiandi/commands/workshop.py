"""`./jiandi check` and `./jiandi test`: what a maintainer runs before anything lands, and all that CI runs."""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PYTHON = sys.executable
BIN = Path(PYTHON).parent

CHECKS: list[tuple[str, list[str]]] = [
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("lint", [str(BIN / "ruff"), "check", "."]),
    ("types", [PYTHON, "-m", "mypy", "src/jiandi"]),
    ("contracts", [str(BIN / "lint-imports"), "--no-cache"]),
    ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("shape", [PYTHON, "-m", "pytest", "tests/shape", "-p", "no:cacheprovider"]),
]

# Folders of tests that use no database, the core's above all: a second database would tell nothing new, and costs minutes.
NO_DATABASE = ("tests/core", "tests/world", "tests/spec/checks", "tests/shape")


def _environment(**extra: str) -> dict[str, str]:
    data = tempfile.mkdtemp(prefix="jiandi-workshop-")
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "JIANDI_DATA": data, **extra}


def check(arguments: argparse.Namespace) -> int:
    """Run every quality gate and name those that failed."""
    environment = _environment()
    failed = []
    for name, command in CHECKS:
        if arguments.fix and name in ("format", "lint"):
            command = [part for part in command if part != "--check"] + (["--fix"] if name == "lint" else [])
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
    print("== " + (f"failed: {', '.join(failed)}" if failed else "all checks passed"), flush=True)
    return 1 if failed else 0


def _postgres_bin() -> Path | None:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def _install_system_packages() -> None:
    """Fetch Chromium, PostgreSQL and a small Chinese font from the system's packages, where that is possible."""
    wanted = []
    if _postgres_bin() is None:
        wanted.append("postgresql")
    if _chromium() is None:
        wanted.append("chromium")
    if not any(Path("/usr/share/fonts").rglob("wqy-microhei*")):
        wanted.append("fonts-wqy-microhei")  # for certificates as PDF
    if not wanted or not shutil.which("apt-get"):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"== installing {', '.join(wanted)} from the system's packages", flush=True)
    subprocess.run([*prefix, "apt-get", "-qq", "update"], env=environment, check=False)
    subprocess.run(
        [*prefix, "apt-get", "-qq", "-y", "--no-install-recommends", "install", *wanted, "fonts-noto-cjk"],
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _runuser() -> str:
    """Return the program that starts another as a lesser user; a short PATH often leaves its folder out."""
    return shutil.which("runuser", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") or "runuser"


@contextlib.contextmanager
def postgres() -> Iterator[str | None]:
    """Run a throw-away PostgreSQL cluster on loopback; None where the programs are missing."""
    programs = _postgres_bin()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="jiandi-pg-"))
    as_user = [_runuser(), "-u", "postgres", "--"] if os.geteuid() == 0 else []
    password, port = secrets.token_hex(12), _free_port()
    (folder / "password").write_text(password, encoding="ascii")
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
        shutil.chown(folder / "password", "postgres", "postgres")
    data = folder / "data"
    make = [str(programs / "initdb"), "-D", str(data), "-U", "jiandi", "-A", "scram-sha-256"]
    subprocess.run(
        [*as_user, *make, "--pwfile", str(folder / "password"), "-E", "UTF8", "--locale", "C.UTF-8"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -c unix_socket_directories={folder}"
    start = [
        str(programs / "pg_ctl"),
        "-D",
        str(data),
        "-w",
        "-l",
        str(folder / "log"),
        "-o",
        options,
        "start",
    ]
    stop = [str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"]
    try:
        subprocess.run([*as_user, *start], check=True, stdout=subprocess.DEVNULL, cwd=folder)
        yield f"postgresql://jiandi:{password}@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*as_user, *stop], check=False, stdout=subprocess.DEVNULL, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


def _pytest(arguments: list[str], **environment: str) -> int:
    started = time.monotonic()
    command = [PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments]
    code = subprocess.run(command, cwd=ROOT, env=_environment(**environment), check=False).returncode
    print(f"== {time.monotonic() - started:.0f} s", flush=True)
    return code


def test(arguments: argparse.Namespace) -> int:
    """Run the whole suite on SQLite and what uses a database again on PostgreSQL; say what is skipped and why."""
    if arguments.install:
        _install_system_packages()
    browser = _chromium()
    if browser is None:
        print("== no Chromium: the browser tests are skipped (--install fetches it)", flush=True)
    chosen = arguments.rest
    codes = []
    if arguments.database in ("both", "sqlite"):
        print("== SQLite (FULL durability)", flush=True)
        codes.append(_pytest(chosen, JIANDI_CHROMIUM=browser or ""))
    if arguments.database in ("both", "postgres"):
        with postgres() as address:
            if address is None:
                print("== no PostgreSQL: its run is skipped (--install fetches it)", flush=True)
            else:
                print("== PostgreSQL", flush=True)
                again = chosen or [f"--ignore={folder}" for folder in NO_DATABASE]
                codes.append(_pytest(again, JIANDI_DATABASE=address, JIANDI_CHROMIUM=browser or ""))
    return max(codes, default=0)


def main(argv: list[str] | None = None) -> int:
    """Run `check` or `test`."""
    parser = argparse.ArgumentParser(prog="jiandi", description="检查与测试 · Quality gates and tests")
    commands = parser.add_subparsers(dest="command", required=True)
    gate = commands.add_parser(
        "check", help="格式、规范、类型、依赖方向、结构 · format, lint, types, contracts, shape"
    )
    gate.add_argument("--fix", action="store_true", help="能改的直接改 · mend what can be mended")
    suite = commands.add_parser("test", help="全部测试,两种数据库 · the whole suite on both databases")
    suite.add_argument(
        "--install", action="store_true", help="用系统软件包装好 Chromium、PostgreSQL 和中文字体 · fetch them"
    )
    suite.add_argument("--database", choices=["both", "sqlite", "postgres"], default="both")
    suite.add_argument("rest", nargs="*", help="交给 pytest 的参数 · passed on to pytest")
    arguments, passed_on = parser.parse_known_args(argv)
    if arguments.command == "test":
        arguments.rest += passed_on
        return test(arguments)
    return check(arguments)


if __name__ == "__main__":
    sys.exit(main())
