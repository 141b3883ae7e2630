"""A synthetic county with known truth: it knows nothing of how the engine looks for things.

`make(out, people=…, seed=…)` writes places, officers, rosters, feeds and reports as departments would deliver
them, and the truth beside them; `Replay` sends the field workers out; `Answers` lets the units answer referrals.
"""

from jiandi.world.making import Made, make
from jiandi.world.units import Answers
from jiandi.world.visitors import Replay

__all__ = ["Answers", "Made", "Replay", "make"]
