"""Visit and blind re-visit side by side, and what random re-visits say of the indicators."""

from datetime import date

import pytest

from jiandi.core.estimate.audits import RandomAudit, TargetedAudit, audit_table, clopper_pearson
from jiandi.core.estimate.recheck import PersonFacts, VisitFacts, compare_visit, outcome_of

VISITED, CHECKED, BEFORE, AFTER = date(2026, 11, 5), date(2026, 11, 16), date(2026, 9, 1), date(2026, 11, 12)


def visit(*persons, result="met"):
    return VisitFacts(VISITED, result, persons)


def recheck(*persons, result="met", came="unknown", since=None, on=CHECKED):
    return VisitFacts(on, result, persons, came, since)


def person(key="P1", present="seen", danger="none", since=None):
    return PersonFacts(key, present, danger, since=since)


CASES = [
    ("nothing differs", visit(person()), recheck(person()), [], "clean"),
    ("nobody reached", visit(person()), recheck(result="no_contact"), [("existence", "unresolved")], "unresolved"),
    ("refused", visit(person()), recheck(result="refused"), [("existence", "unresolved")], "unresolved"),
    ("nobody came", visit(person()), recheck(person(), came="no"), [("visit", "false_claim")], "false"),
    ("somebody came", visit(person()), recheck(person(), came="yes"), [], "clean"),
    ("long empty", visit(person()), recheck(result="empty", since=BEFORE), [("existence", "false_claim")], "false"),
    ("just moved", visit(person()), recheck(result="moved", since=AFTER), [("existence", "change")], "changed"),
    ("empty, no date", visit(person()), recheck(result="empty"), [("existence", "unresolved")], "unresolved"),
    ("lived in", visit(result="empty"), recheck(person(since=BEFORE)), [("existence", "false_claim")], "false"),
    ("moved in since", visit(result="empty"), recheck(person(since=AFTER)), [("existence", "change")], "changed"),
    ("does not live here", visit(person()), recheck(person(present="not_here")), [("person_seen", "false_claim")], "false"),
    ("left since", visit(person()), recheck(person(present="not_here", since=AFTER)), [("person_seen", "change")], "changed"),
    ("long away", visit(person()), recheck(person(present="away", since=BEFORE)), [("person_seen", "false_claim")], "false"),
    ("away, no date", visit(person()), recheck(person(present="away")), [("person_seen", "unresolved")], "unresolved"),
    ("died before", visit(person()), recheck(person(present="dead", since=BEFORE)), [("person_seen", "false_claim")], "false"),
    ("died since", visit(person()), recheck(person(present="dead", since=AFTER)), [("person_seen", "change")], "changed"),
    ("not asked about", visit(person()), recheck(), [("person_seen", "unresolved")], "unresolved"),
    ("never claimed", visit(person(present="away")), recheck(person()), [], "clean"),
    ("left out", visit(), recheck(person(since=BEFORE)), [("person_missed", "false_claim")], "false"),
    ("came to live", visit(), recheck(person(since=AFTER)), [("person_missed", "change")], "changed"),
    ("locked, soon", visit(person()), recheck(person(danger="locked")), [("danger_missed", "false_claim")], "false"),
    ("locked, later", visit(person()), recheck(person(danger="tied"), on=date(2026, 12, 20)), [("danger_missed", "unresolved")], "unresolved"),
    ("locked since", visit(person()), recheck(person(danger="tied", since=AFTER)), [("danger_missed", "change")], "changed"),
    ("danger recorded", visit(person(danger="hidden")), recheck(person(danger="tied")), [], "clean"),
    ("was not in", visit(result="no_contact"), recheck(person(danger="tied")), [], "clean"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "original", "again", "expected", "outcome"), CASES, ids=[c[0] for c in CASES]
)
def test_it_tells_false_claims_from_changes_and_open_questions(name, original, again, expected, outcome):
    differences = compare_visit(original, again)

    assert [(one.kind, one.verdict) for one in differences] == expected
    assert outcome_of(differences) == outcome
    assert all(one.text.zh and one.text.en for one in differences)


def test_one_false_claim_outweighs_an_open_question():
    differences = compare_visit(
        visit(person("P1"), person("P2")), recheck(person("P1", "away"), person("P2", "not_here"))
    )

    assert outcome_of(differences) == "false"


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 100, 0, 0.036), (6, 300, 0.007, 0.043), (30, 600, 0.034, 0.071)]
)
def test_it_gives_exact_intervals(hits, of, low, high):
    rate = clopper_pearson(hits, of)

    assert (rate.low, rate.high) == pytest.approx((low, high), abs=0.0006)


def test_it_takes_rates_from_random_re_visits_only():
    random = [
        RandomAudit(n, frozenset({"far_away"} if n < 8 else ()), is_false=n % 4 == 0) for n in range(100)
    ]
    targeted = [TargetedAudit(1_000 + n, frozenset({"far_away", "alike"}), is_false=True) for n in range(50)]

    far, same, alike = (
        next(row for row in audit_table(random, targeted, indicators=["same_spot"]) if row.indicator == name)
        for name in ("far_away", "same_spot", "alike")
    )

    assert (far.precision.hits, far.precision.of) == (2, 8)
    assert (far.false_alarms.hits, far.false_alarms.of, far.standing) == (6, 75, "retired")
    assert (far.missed.hits, far.missed.of) == (23, 25)
    assert (far.targeted_false, far.targeted_checked) == (50, 50)
    assert same.precision.value is None and same.standing == "kept"
    assert alike.precision.of == 0 and alike.targeted_checked == 50


def test_it_retires_no_indicator_on_too_little():
    random = [RandomAudit(n, frozenset({"far_away"}), is_false=False) for n in range(10)]

    assert audit_table(random)[0].standing == "too_few"
    with pytest.raises(TypeError, match="random re-visits only"):
        audit_table([TargetedAudit(1, frozenset(), is_false=True)])
