"""The program of the process that makes villages beside the one that writes them (see sharing.py).

A line with a village's number comes in; the length (8 bytes, big-endian) and the pickle of its `Sheaf` go out. Both ends
are the same program on the same machine.
"""

from __future__ import annotations

import pickle
import signal
import sys
from pathlib import Path
from typing import IO

from jiandi.world import parameters
from jiandi.world.settling import Settler


def _serve(settler: Settler, asked: IO[bytes], answers: IO[bytes]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process decides when the work is over
    for line in asked:
        body = pickle.dumps(settler.sheaf(settler.places.villages[int(line)]), pickle.HIGHEST_PROTOCOL)
        answers.write(len(body).to_bytes(8, "big") + body)
        answers.flush()


if __name__ == "__main__":
    rates = parameters.load(Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    _serve(Settler(int(sys.argv[1]), int(sys.argv[2]), rates), sys.stdin.buffer, sys.stdout.buffer)
