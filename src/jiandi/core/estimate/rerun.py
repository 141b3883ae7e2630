"""Repeat a published draw of random re-visits, with nothing but Python's standard library.

重复一次已公布的随机复核抽签,只需 Python 标准库。

    python3 rerun.py --seed SEED --size 300 --root ROOT --commitment HASH < frame.txt

frame.txt: one line per item, sorted: the id, or the id, a tab and its village.
Ticket = SHA-256(seed | id); the smallest tickets are drawn. --take VILLAGE=N draws inside one village instead.
"""

import argparse
import hashlib
import heapq
import sys


def frame_root(lines: list[str]) -> str:
    """The frame's fingerprint: SHA-256 over its lines, each ended by a line feed."""
    root = hashlib.sha256()
    for start in range(0, len(lines), 100_000):
        root.update("".join(line + "\n" for line in lines[start : start + 100_000]).encode())
    return root.hexdigest()


def commitment(seed: str) -> str:
    """The hash of the seed, as published at the draw."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(ids: list[str], seed: str, size: int) -> list[str]:
    """The ids with the smallest tickets, in ticket order; only those few are ever kept, so ten million ids fit."""
    return heapq.nsmallest(size, ids, key=lambda item: hashlib.sha256(f"{seed}|{item}".encode()).digest())


def complaints(lines: list[str], seed: str, root: str, committed: str) -> list[str]:
    """What does not agree with what was published."""
    found = []
    if root and frame_root(lines) != root:
        found.append("抽样框与公布的指纹不符 / the frame is not the one published")
    if committed and commitment(seed) != committed:
        found.append("种子与公布的承诺不符 / the seed is not the one committed to")
    if any(line >= following for line, following in zip(lines, lines[1:])):  # noqa: B905 - Python 3.9 has no strict
        found.append("抽样框未排序或有重复 / the frame is not sorted, or repeats an id")
    return found


def main(arguments: list[str]) -> int:
    """Read the frame from standard input, check it, write the drawn ids; exit 1 when something disagrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n    ")[0])
    parser.add_argument("--seed", required=True, help="种子 / the seed revealed")
    parser.add_argument("--size", type=int, default=0, help="样本量 / how many were drawn")
    parser.add_argument("--take", action="append", default=[], help="村=数目 / VILLAGE=N, may be repeated")
    parser.add_argument("--root", default="", help="公布的抽样框指纹 / the published frame root")
    parser.add_argument("--commitment", default="", help="公布的种子承诺 / the published commitment")
    given = parser.parse_args(arguments)
    lines = [line.rstrip("\r") for line in sys.stdin.buffer.read().decode().removesuffix("\n").split("\n")]
    wrong = complaints(lines, given.seed, given.root, given.commitment)
    if wrong:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    result = drawn([line.partition("\t")[0] for line in lines], given.seed, given.size)
    for request in given.take:
        village, _, count = request.rpartition("=")
        inside = [line.partition("\t")[0] for line in lines if line.partition("\t")[2] == village]
        result += drawn(inside, given.seed, int(count))
    sys.stdout.write("".join(item + "\n" for item in result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
