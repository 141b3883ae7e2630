"""No sequence of calls gives a certificate from what was not drawn, replaced, peeked at or never frozen."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.estimate.audits import clopper_pearson
from tests.core.estimate.cheating import Setting, play

SMALL = Setting.of(120, 0.03)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_trick_gives_a_certificate(dice):
    played = play(SMALL, dice)

    assert played.tricks_tried >= 7 and played.tricks_passed == ()


def test_tricks_do_not_raise_the_rate_of_false_certificates():
    """200 rounds, one claim more false than may be; the whole form of 10,000 is in benchmarks/certificates.py."""
    dice = random.Random(5)
    rounds = [play(SMALL, dice) for _ in range(200)]

    assert clopper_pearson(sum(r.passed or bool(r.tricks_passed) for r in rounds), len(rounds)).low <= 0.05
    assert clopper_pearson(sum(r.meter_passed for r in rounds), len(rounds)).low <= 0.05
    assert any(r.passed for r in rounds)
