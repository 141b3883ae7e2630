"""The field workers in a process of their own bring what they would have brought in ours."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from jiandi.world import Replay
from jiandi.world.replaying import AHEAD, CHUNK, Workers


def test_it_brings_the_same_visits_in_both_rounds(county: Any) -> None:
    first = county.tasks()
    second = [{**task, "round": 2} for task in first[::5]]
    here = Replay(county.folder)

    with Workers(county.folder) as workers:
        assert list(workers.visit(first)) == list(here.visit(first))
        assert list(workers.visit(second)) == list(here.visit(second))
        assert list(workers.visit([])) == []


def test_it_asks_only_a_few_chunks_ahead(county: Any) -> None:
    asked = []
    one = county.tasks()[0]

    def tasks() -> Any:
        while True:
            asked.append(1)
            yield one

    with Workers(county.folder) as workers:
        assert len(list(islice(workers.visit(tasks()), 3))) == 3

    assert len(asked) == CHUNK * (AHEAD + 1)


def test_it_says_when_the_workers_are_gone(county: Any) -> None:
    with Workers(county.folder) as workers:
        workers._process.kill()
        workers._process.wait()
        with pytest.raises((RuntimeError, BrokenPipeError)):
            list(workers.visit(county.tasks()))
