"""The seed of a lottery, made in front of everybody: the machine's part first, then two people's dice, then committed to.

One way for draws and sweeps. The machine commits to its part before anybody throws, so it cannot answer the dice; whoever
throws does not know the machine's part, so nobody can look for dice that suit them. Each function runs inside the action
that calls.
"""

from __future__ import annotations

from datetime import datetime

from jiandi.core.estimate.draw import seed_commitment
from jiandi.rooms.access import dice as machine
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.assurance import policies
from jiandi.rooms.assurance.models import Lottery, Sweep, Throw


def machine_part() -> str:
    """Return the machine's part of a seed; its commitment is published at once."""
    return machine.token_bytes(32).hex()


def seal_seed(lottery: Lottery, seed: str) -> None:
    """Seal the machine's part, or the whole seed, with the lottery it belongs to."""
    lottery.seed_sealed = sealing.seal(seed.encode(), domain=_domain(lottery))
    lottery.save(update_fields=["seed_sealed"])


def unsealed_seed(lottery: Lottery) -> str:
    """Return what is sealed: the machine's part before both have thrown, the whole seed after."""
    return sealing.unseal(bytes(lottery.seed_sealed), domain=_domain(lottery)).decode()


def take_throw(lottery: Lottery, *, by: Officer, at: datetime, dice: str) -> tuple[int, str | None]:
    """Keep one person's dice; returns how many have thrown and, with the second person, the whole seed, committed to."""
    thrown = policies.check_throw(by, lottery, dice)
    throw: Throw = lottery.throws.create(officer=by, thrown_at=at, dice_sealed=b"")
    throw.dice_sealed = sealing.seal(thrown.encode(), domain=f"assurance.throw:{throw.pk}")
    throw.save(update_fields=["dice_sealed"])
    throws = list(lottery.throws.select_related("officer").order_by("pk"))
    if len(throws) < policies.THROWERS:
        return len(throws), None
    policies.check_units({one.officer.unit_id for one in throws})
    parts = [unsealed_seed(lottery)]
    parts += [
        sealing.unseal(bytes(one.dice_sealed), domain=f"assurance.throw:{one.pk}").decode() for one in throws
    ]
    seed = "|".join(parts)
    lottery.seed_commitment = seed_commitment(seed)
    lottery.save(update_fields=["seed_commitment"])
    seal_seed(lottery, seed)
    return len(throws), seed


def _domain(lottery: Lottery) -> str:
    kind = "sweep" if isinstance(lottery, Sweep) else "seed"
    return f"assurance.{kind}:{lottery.pk}"
