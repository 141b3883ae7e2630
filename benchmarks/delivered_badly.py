"""What offices must not send, delivered in earnest, for `deliveries.py --bad-input`: what is said, what it takes, what is left."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.deliveries import UNITS, alone, left_over, make, say


def _given(folder: Path, asked: argparse.Namespace, file: Path, **more: str) -> dict[str, Any]:
    return alone(folder, "deliver", str(file), UNITS[asked.layout], "名册" + file.suffix, **more)


def identical(folder: Path, asked: argparse.Namespace) -> None:
    """Every row is the same row."""
    say(
        asked,
        {"bad": "identical", **_given(folder, asked, make(folder, asked, one=True)), **left_over(folder)},
    )


def twice(folder: Path, asked: argparse.Namespace) -> None:
    """The same file comes again."""
    file = make(folder, asked)
    for time_ in ("first", "again"):
        say(asked, {"bad": f"twice: {time_}", **_given(folder, asked, file), **left_over(folder)})


def county(folder: Path, asked: argparse.Namespace) -> None:
    """The rows are another county's."""
    say(asked, {"bad": "another county", **_given(folder, asked, make(folder, asked, county="远山县")), **left_over(folder)})  # fmt: skip


def shifted(folder: Path, asked: argparse.Namespace) -> None:
    """The cells of every row slid to the right."""
    asked.bad = 0.0
    say(
        asked,
        {"bad": "shifted", **_given(folder, asked, make(folder, asked, slid=True)), **left_over(folder)},
    )


def long(folder: Path, asked: argparse.Namespace) -> None:
    """Every name has ten thousand characters."""
    say(asked, {"bad": "names of 10,000 characters", **_given(folder, asked, make(folder, asked, name_times=10_000)), **left_over(folder)})  # fmt: skip


def full(folder: Path, asked: argparse.Namespace) -> None:
    """The disk takes less and less of what a delivery writes; then it takes all."""
    file = make(folder, asked)
    size = file.stat().st_size
    for share in (0.5, 0.8, 1.01, 1.15, 1.4, 0):
        told = _given(folder, asked, file, JIANDI_MOST_BYTES=str(int(size * share)))
        say(
            asked,
            {"bad": "full disk", "each_file_at_most": share or "as it likes", **told, **left_over(folder)},
        )


def killed(folder: Path, asked: argparse.Namespace) -> None:
    """Killed (`kill -9`) at five stages, then delivered whole."""
    file, data = make(folder, asked), folder / "data"
    environment = {**os.environ, "JIANDI_DATA": str(data), "DJANGO_SETTINGS_MODULE": "jiandi.web.settings"}
    script = str(Path(__file__).parent / "deliveries.py")
    command = [sys.executable, script, "--alone", "deliver", str(file), UNITS[asked.layout], "名册.csv"]
    stages: dict[str, Callable[[], bool]] = {
        "laid down": lambda: any(data.rglob("delivered")),
        "cells being read": lambda: any(data.rglob("cells0.arrow")),
        "sealed": lambda: any((data / "sealed").rglob("*")),
        "rows being written": lambda: (
            (wal := data / "jiandi.sqlite3-wal").exists() and wal.stat().st_size > 1 << 19
        ),
        "put on the shelf": lambda: any(data.glob("analysis/scratch-*/records-*.sealed")),
    }
    for stage, is_reached in stages.items():
        running = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while running.poll() is None and not is_reached():
            time.sleep(0.01)
        was = running.poll()
        if was is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        left = left_over(folder)
        say(
            asked,
            {
                "bad": f"killed: {stage}",
                "had_ended": was is not None,
                "rosters": alone(folder, "count"),
                **left,
            },
        )
        shutil.rmtree(data / "sealed", ignore_errors=True)
    say(asked, {"bad": "killed: delivered again", **_given(folder, asked, file), "rosters": alone(folder, "count"), **left_over(folder)})  # fmt: skip


def bomb(folder: Path, asked: argparse.Namespace) -> None:
    """Workbooks made to burst: a gigabyte of nothing, texts that repeat, cells that repeat, a cell at the far end."""
    asked.format, asked.rows = "xlsx", 20
    plain = make(folder, asked)
    for name, how in (("a gigabyte of blanks", _blanks), ("120 MB of blanks and as much noise as hides it", _hidden), ("a far cell", _far), ("3 million cells strewn over a million rows", _cells)):  # fmt: skip
        burst = folder / "burst.xlsx"
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(burst, "w", zipfile.ZIP_DEFLATED) as out:
            for entry in source.infolist():
                how(entry.filename, source.read(entry), out)
        say(asked, {"bad": f"bomb: {name}", "file_kb": burst.stat().st_size >> 10, **_given(folder, asked, burst), **left_over(folder)})  # fmt: skip


def _blanks(name: str, content: bytes, out: zipfile.ZipFile) -> None:
    with out.open(name, "w", force_zip64=True) as part:
        part.write(content)
        if name.endswith("sheet1.xml"):
            for _ in range(1000):
                part.write(b" " * (1 << 20))


def _hidden(name: str, content: bytes, out: zipfile.ZipFile) -> None:
    with out.open(name, "w", force_zip64=True) as part:
        part.write(content)
        if name.endswith("sheet1.xml"):
            for _ in range(120):
                part.write(b" " * (1 << 20))
    if name.endswith("sheet1.xml"):
        out.writestr("xl/media/image1.jpeg", random.Random(1).randbytes(1 << 20))


def _far(name: str, content: bytes, out: zipfile.ZipFile) -> None:
    if name.endswith("sheet1.xml"):
        content = content.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="s"><v>1</v></c></row></sheetData>')  # fmt: skip
    out.writestr(name, content)


def _cells(name: str, content: bytes, out: zipfile.ZipFile) -> None:
    with out.open(name, "w", force_zip64=True) as part:
        if not name.endswith("sheet1.xml"):
            part.write(content)
            return
        head, tail = content.split(b"</sheetData>")
        part.write(head)
        dice = random.Random(1)
        for row in range(23, 1_000_000):
            cells = "".join(
                f'<c r="{chr(65 + n)}{row}" t="s"><v>{dice.randrange(9)}</v></c>'
                for n in range(26)
                if row % 8 == 0
            )
            part.write(f'<row r="{row}">{cells}{cells[:0]}</row>'.encode())
        part.write(b"</sheetData>" + tail)


Story = Callable[[Path, argparse.Namespace], None]
STORIES: dict[str, Story] = {
    one.__name__: one for one in (identical, twice, county, shifted, long, full, killed, bomb)
}

if __name__ == "__main__":
    print(json.dumps(list(STORIES)))
