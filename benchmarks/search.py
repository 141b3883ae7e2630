"""How long a search for a person takes over HTTP, in a register of the size asked for.

    python benchmarks/search.py --people 10000000 --engine sqlite --folder /somewhere/large

Builds an invented city once and keeps it in the folder (`--build` only builds), starts `jiandi serve` on it and asks as a signed-in
officer of a county, of a township and of the whole city. Each kind of question: 200 different ones by one reader after the
database's pages were put out of memory (cold), the same again (warm), and by four readers at once. Prints one JSON line each:
milliseconds at the reader, CPU milliseconds of the server's processes and of the database's per request, the load.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from jiandi.commands.workshop import _postgres_bin, _runuser  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """Run PostgreSQL on a folder that stays; yield its address and process number."""
    programs, port = _postgres_bin(), free_port()
    assert programs is not None, "PostgreSQL is not installed"
    as_user = [_runuser(), "-u", "postgres", "--"] if os.geteuid() == 0 else []
    data = folder / "cluster"
    if not data.exists():
        data.mkdir(parents=True)
        if as_user:
            shutil.chown(data, "postgres", "postgres")
        make = [str(programs / "initdb"), "-D", str(data), "-U", "jiandi", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*as_user, *make, "--locale", "C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=data
        )
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data} -c shared_buffers=1GB -c max_wal_size=4GB"
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "600"]
    subprocess.run(
        [*control, "-l", str(data / "log"), "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=data,
    )
    try:
        yield (
            f"postgresql://jiandi@127.0.0.1:{port}/postgres",
            int((data / "postmaster.pid").read_text().split()[0]),
        )
    finally:
        subprocess.run([*control, "-m", "fast", "stop"], check=False, stdout=subprocess.DEVNULL, cwd=data)


def cpu_seconds(roots: list[int]) -> float:
    """Return the CPU seconds that these processes and all below them have used."""
    below: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                below.setdefault(int(fields[1]), []).append(int(entry.name))
                used[int(entry.name)] = (int(fields[11]) + int(fields[12])) / TICK
    total, waiting = 0.0, list(roots)
    while waiting:
        one = waiting.pop()
        total += used.get(one, 0.0)
        waiting += below.get(one, [])
    return total


def put_out_of_memory(folder: Path) -> None:
    """Ask the system to forget the pages of every file in the folder (those of others stay)."""
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


@contextlib.contextmanager
def served() -> Iterator[tuple[int, int]]:
    """Run `jiandi serve`; yield its port and process number."""
    port = free_port()
    program = "import sys; from jiandi.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "serve", "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:2])}
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        for _ in range(240):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.5)
        yield port, server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


class Reader:
    """A signed-in officer's browser: a cookie, one open connection."""

    def __init__(self, port: int, cookies: list[str]) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies, self.asked = cookies, 0

    def ask(self, hint: str, village: int | None = None) -> tuple[float, int]:
        """Search once; return the milliseconds it took and how many people were shown."""
        cookie = self.cookies[self.asked % len(self.cookies)]
        self.asked += 1
        body = urlencode({"hint": hint, "purpose": "visit", "csrfmiddlewaretoken": "a" * 32})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"csrftoken={'a' * 32}; {cookie}",
        }
        address = "/register/search/" + (f"?village={village}" if village else "")
        before = time.perf_counter()
        self.http.request("POST", address, body, headers)
        answer = self.http.getresponse()
        page = answer.read()
        took = 1000 * (time.perf_counter() - before)
        assert answer.status == 200 and b"notice--error" not in page, (answer.status, hint)
        return took, page.count(b"<tr>") - 1 if b"<tbody>" in page else 0


def timed(
    port: int, cookies: list[str], asked: list[tuple[str, int | None]], readers: int, roots: list[int]
) -> dict[str, object]:
    """Ask every question, shared out among so many readers at once; return how long it took."""
    took: list[tuple[float, int]] = []
    before = cpu_seconds(roots)

    def read(nth: int) -> None:
        reader = Reader(port, cookies[nth:] + cookies[:nth])
        for hint, village in asked[nth::readers]:
            took.append(reader.ask(hint, village))

    threads = [threading.Thread(target=read, args=(nth,)) for nth in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == len(asked), "a reader failed"
    cpu = 1000 * (cpu_seconds(roots) - before) / len(asked)
    times, found = sorted(ms for ms, _ in took), [count for _, count in took]
    at = {name: round(times[min(len(times) - 1, int(part * len(times)))], 1) for name, part in
          (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}  # fmt: skip
    return {
        **at,
        "max": round(times[-1], 1),
        "cpu": round(cpu, 1),
        "found": round(sum(found) / len(found), 1),
    }


def measure(arguments: argparse.Namespace, folder: Path, postmaster: int | None) -> None:
    """Ask all kinds of questions as all kinds of officers."""
    asked = json.loads((folder / "questions.json").read_text(encoding="ascii"))
    with served() as (port, pid):
        roots = [pid] + ([postmaster] if postmaster else [])
        for area in arguments.areas.split(","):
            cookies = asked[area]["cookies"]
            for kind, hints in asked[area]["asked"].items():
                if arguments.kinds and kind not in arguments.kinds.split(","):
                    continue
                put_out_of_memory(folder)
                line = {"engine": arguments.engine, "people": arguments.people, "area": area, "kind": kind}
                for name, readers in (("cold", 1), ("warm", 1), ("four", 4)):
                    line[name] = timed(port, cookies[-4:], hints, readers, roots)
                    del cookies[-4:]  # each looked up 50 times: the hourly limit holds
                print(
                    json.dumps({**line, "load": round(os.getloadavg()[0], 1)}, ensure_ascii=False), flush=True
                )


def main() -> None:
    """Build, or use what was built, and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--areas", default="county,township,city")
    parser.add_argument("--kinds", default="", help="some kinds of question only, comma separated")
    parser.add_argument("--build", action="store_true", help="build only")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve() / str(arguments.people) / arguments.engine
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["JIANDI_DATA"] = str(folder)
    os.environ.pop("JIANDI_DATABASE", None)
    with contextlib.ExitStack() as stack:
        postmaster = None
        if arguments.engine == "postgresql":
            os.environ["JIANDI_DATABASE"], postmaster = stack.enter_context(postgres(folder))
        ask = [sys.executable, str(ROOT / "benchmarks" / "search_questions.py")]
        subprocess.run([*ask, "--people", str(arguments.people)], check=True)
        if not arguments.build:
            measure(arguments, folder, postmaster)


if __name__ == "__main__":
    main()
