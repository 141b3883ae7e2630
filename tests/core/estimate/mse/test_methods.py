"""What must hold whatever the counts: closed forms, order of the lists, truths put in, and the gate."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.estimate.certify import certify_once
from jiandi.core.estimate.mse import lead as words
from jiandi.core.estimate.mse.chao import chao_lead
from jiandi.core.estimate.mse.covariates import doubly_robust
from jiandi.core.estimate.mse.dga import dga_lead, unseen_posterior
from jiandi.core.estimate.mse.gate import Capture, ListInfo, count_captures, judge
from jiandi.core.estimate.mse.hierarchy import bic_lead, choose_bic
from jiandi.core.estimate.mse.listdrop import drop_each
from jiandi.core.estimate.mse.loglinear import (
    estimability,
    estimate_independent,
    fit_many,
    independence_lead,
    support_of,
)
from jiandi.core.estimate.mse.merging import mergings
from jiandi.core.estimate.mse.sensitivity import saturated_estimate
from jiandi.core.estimate.mse.stepwise import choose_stepwise, stepwise_lead
from jiandi.core.estimate.mse.study import study_overlaps
from jiandi.core.estimate.mse.tables import PatternTable, at_least, keep_lists, parse_table
from jiandi.core.estimate.samples import Tally
from jiandi.core.values import Refused
from tests.core.estimate.mse import published

counts_of_two = st.tuples(*[st.integers(1, 400)] * 3)
counts_of_three = st.tuples(*[st.integers(1, 60)] * 7)


def made(*counts, names="ABCDEFGH"):
    return PatternTable(tuple(names[: (len(counts) + 1).bit_length() - 1]), (0, *counts))


def lists_of(chances, people, seed):
    """People caught by lists independently, each list with its chance."""
    caught = np.random.default_rng(seed).random((people, len(chances))) < np.array(chances)
    cells = np.bincount(caught @ (1 << np.arange(len(chances))), minlength=2 ** len(chances))
    return made(*cells[1:].tolist())


@given(counts_of_two)
def test_two_independent_lists_are_lincoln_and_petersens(counts):
    only_first, only_second, both = counts
    first, second = only_first + both, only_second + both

    found = estimate_independent(made(*counts).array[None, :])[0]
    assert found == pytest.approx(first * second / both, rel=1e-6)
    assert saturated_estimate(made(*counts)) == pytest.approx(first * second / both)


@given(counts_of_three, st.permutations(range(3)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_lists_changes_nothing(counts, order):
    table = made(*counts)
    turned = keep_lists(table, [table.lists[place] for place in order])

    for method in (estimate_independent, lambda c: choose_bic(c).totals, lambda c: choose_stepwise(c).totals):
        assert method(turned.array[None, :])[0] == pytest.approx(method(table.array[None, :])[0], rel=1e-6)
    one, other = dga_lead(table), dga_lead(turned)
    assert (one.low, one.estimate, one.high) == (other.low, other.estimate, other.high)
    assert saturated_estimate(turned) == pytest.approx(saturated_estimate(table))


@given(counts_of_three)
@settings(max_examples=15, deadline=None)
def test_no_method_says_fewer_than_were_seen(counts):
    study = study_overlaps(made(*counts), draws=0)

    for lead in (*study.leads, *study.reference):
        if lead.method[:7] != "chapman":  # its "seen" is what two lists saw
            assert study.table.seen - 1e-6 <= lead.low <= lead.estimate + 1e-6 <= lead.high + 2e-6


def test_independent_lists_give_back_the_truth_about_as_often_as_said():
    tables = [lists_of([0.3, 0.25, 0.35, 0.2], 2_000, seed) for seed in range(40)]
    leads = [(dga_lead(table), independence_lead(table), chao_lead(table)) for table in tables]

    for method in zip(*leads, strict=True):
        assert sum(lead.low <= 2_000 <= lead.high for lead in method) >= 35
    assert np.mean([lead.estimate for _, lead, _ in leads]) == pytest.approx(2_000, rel=0.01)


def test_a_list_that_refers_is_found_out_by_choosing_models():
    """List B holds half of A's people because A sent them: independence falls short, stepwise and BIC do not."""
    dice = np.random.default_rng(5)
    caught = dice.random((4_000, 4)) < np.array([0.3, 0.2, 0.3, 0.25])
    caught[:, 1] |= caught[:, 0] & (dice.random(4_000) < 0.5)
    counts = np.bincount(caught @ np.array([1, 2, 4, 8]), minlength=16).astype(float)[None, :]
    counts[0, 0] = 0

    assert estimate_independent(counts)[0] < 3_600
    for chosen in (choose_stepwise(counts), choose_bic(counts)):
        assert chosen.totals[0] == pytest.approx(4_000, rel=0.06) and 3 in chosen.models[0]


def test_a_fit_does_not_depend_on_its_neighbours():
    rows = np.array([published.UK.array, published.WESTERN.array, published.NEW_ORLEANS.array])
    models = [frozenset({3}), frozenset({3, 5, 6, 7}), frozenset()]
    together = fit_many(rows, models)

    for place, model in enumerate(models):
        alone = fit_many(rows[place : place + 1], [model])
        assert alone.unseen[0] == pytest.approx(together.unseen[place], rel=1e-9)


@given(st.lists(st.integers(0, 3), min_size=15, max_size=15), st.sets(st.sampled_from([3, 5, 6, 9, 10, 12])))
@settings(max_examples=60, deadline=None)
def test_a_maximum_is_said_to_exist_only_where_the_fit_keeps_the_sums(counts, pairs):
    table, model = made(*counts), frozenset(pairs)
    if table.seen and estimability(4, model, support_of(table.array)).holds:
        fitted = fit_many(table.array[None, :], [model]).fitted[0]
        for term in (*(1 << i for i in range(4)), *model):
            assert at_least(fitted)[term] == pytest.approx(at_least(table.array)[term], abs=1e-3)


def test_existence_fails_in_the_known_example():
    # With all three pairs in the model there are as many sums as cells, so nothing but the counts themselves has these
    # sums, and three of the cells are empty.
    table = made(5, 5, 0, 5, 0, 0, 5)

    found = estimability(3, frozenset({3, 5, 6}), support_of(table.array))
    assert not found.exists and found.identifiable
    assert estimability(3, frozenset(), support_of(table.array)).holds


def test_the_graph_average_matches_adding_up_every_number():
    table = published.HEPATITIS
    each = unseen_posterior(table, np.arange(0, 30 * table.seen + 1.0)).cumsum()
    low, middle, high = (table.seen + int(np.searchsorted(each, share)) for share in (0.025, 0.5, 0.975))

    lead = dga_lead(table)
    assert (lead.low, lead.estimate) == (low, middle)
    assert lead.high == pytest.approx(high, rel=0.01)


def test_a_lead_can_never_become_a_certificate():
    lead = chao_lead(published.UK)

    with pytest.raises(Refused, match="lottery"):
        certify_once(lead, Tally(0, 100))  # type: ignore[arg-type]
    with pytest.raises(Refused, match="lottery"):
        certify_once(study_overlaps(published.HEPATITIS, draws=0), Tally(0, 100))  # type: ignore[arg-type]


def test_the_golf_tees_are_missed_and_the_page_says_so():
    """Known truth: 250 tees, 162 seen by eight observers. Whoever reads the page is told not to believe it."""
    study = study_overlaps(published.GOLF_TEES, draws=0)
    stepwise = stepwise_lead(published.GOLF_TEES, draws=20)
    downhill = bic_lead(published.GOLF_TEES, draws=0)

    assert study.gate.passed and study.table.seen == 162
    assert all(
        lead.high < published.GOLF_TEES_TRUTH
        for lead in (*study.leads, study.reference[0], stepwise, downhill)
    )
    assert (stepwise.estimate, study.reference[0].estimate) == pytest.approx((169, 164), abs=0.5)
    assert study.envelope.high < published.GOLF_TEES_TRUTH
    assert sum(not drop.is_covered for drop in study.drops) >= 5
    for language in ("zh", "en"):
        said = study.text.say(language)
        assert words.INVISIBLE.say(language) in said and words.NOT_A_CERTIFICATE.say(language) in said
    assert "missed 6 of 8" in study.text.en or "missed 5 of 8" in study.text.en
    assert len([lead for lead in study.leads if lead.method == "dga"]) == 2  # merged to six in two ways


@pytest.mark.parametrize(
    ("table", "lists", "said"),
    [
        (published.NEW_ORLEANS, (), "12 people"),
        (keep_lists(published.UK, ["LA", "NG"]), (), "2 qualifying lists"),
        (published.HEPATITIS, [ListInfo("E", False)], "2 qualifying lists"),
        (made(0, 0, 0, 0, 0, 0, 90), (), "existence"),
        (made(0, 0, 0, 0, 0, 0, 0), (), "0 people"),
    ],
)
def test_no_estimate_is_shown_when_the_gate_does_not_pass(table, lists, said):
    study = study_overlaps(table, lists, draws=0)

    assert not study.gate.passed and said in study.text.en
    assert (study.leads, study.reference, study.envelope, study.drops, study.slides) == ((), (), None, (), ())
    assert study.text.zh.startswith("不作估计") and words.INVISIBLE.zh in study.text.zh
    counts = f"{study.gate.seen:,} people, {study.gate.overlaps:,} of them"
    assert counts in study.text.en
    # Counts and Chao's lower bound alone, called what it is, where somebody is on one list and somebody on two.
    if table in (published.NEW_ORLEANS, published.HEPATITIS):
        assert study.bound.method == "chao" and "Chao's lower bound alone" in study.text.en
        assert "do not quote it" in study.text.en
    if not study.table.overlaps or not study.table.caught(1):
        assert study.bound is None and "连下界也算不出" in study.text.zh


def test_a_method_without_a_finite_number_opens_the_range_and_adds_none():
    ended = [words.Lead("dga", 300.0, 280.0, 900.0, 271), words.Lead("chao", 320.0, 300.0, 400.0, 271)]
    endless = words.Lead("bic", float("inf"), 310.0, float("inf"), 271)

    assert words.envelope(ended) == words.Envelope(300.0, 320.0, 280.0, 900.0, False)
    assert words.envelope([*ended, endless]) == words.Envelope(300.0, 320.0, 280.0, float("inf"), True)


def test_a_referral_is_taken_out_and_counted():
    walked_in = [Capture("police"), Capture("clinic")]
    sent_on = [Capture("police"), Capture("clinic", came_from="police")]
    by_a_neighbour = [Capture("clinic", came_from="neighbour")]
    circular = [Capture("police", came_from="clinic"), Capture("clinic", came_from="police")]

    table, taken = count_captures([walked_in, sent_on, by_a_neighbour, circular], ["police", "clinic"])

    assert table.counts == (0, 1, 2, 1)
    assert taken == {"clinic<police": 1, "police<clinic": 1}


def test_referrals_make_lists_look_complete_until_they_are_taken_out():
    rows = [["A", "B", "C", "B<A", "count"], ["1", "0", "0", "0", "60"], ["0", "1", "0", "0", "60"]]
    rows += [["0", "0", "1", "0", "60"], ["1", "1", "0", "0", "20"], ["1", "1", "0", "1", "60"]]
    rows += [["1", "0", "1", "0", "20"], ["0", "1", "1", "0", "20"], ["1", "1", "1", "1", "5"]]
    table, taken = parse_table(rows)
    naive, _ = parse_table([[*row[:3], row[4]] for row in rows])

    assert taken == {"B<A": 65} and table.seen == naive.seen
    assert estimate_independent(table.array[None, :])[0] > estimate_independent(naive.array[None, :])[0]
    used, gate = judge(table, taken_out=taken)
    assert gate.passed and gate.taken_out == {"B<A": 65} and used == table


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "mse.table_empty"),
        ([["A", "count"], ["1", "3"]], "mse.table_names"),
        ([["A", "A", "count"], ["1", "0", "3"]], "mse.table_names"),
        ([["A", "B", "count"], ["1", "2", "3"]], "mse.table_line"),
        ([["A", "B", "count"], ["1", "0"]], "mse.table_line"),
        ([["A", "B", "count"], ["1", "0", "-3"]], "mse.table_count"),
        ([["A", "B", "B<C", "count"], ["1", "0", "0", "3"]], "mse.table_referral"),
        ([[*"ABCDEFGHIJK", "count"], [*"1" * 11, "3"]], "mse.too_many_lists"),
    ],
)
def test_it_refuses_a_table_it_cannot_read(rows, code):
    with pytest.raises(Refused) as refused:
        parse_table(rows)

    assert refused.value.code == code and refused.value.text.zh and refused.value.text.en


def test_many_lists_are_merged_in_two_ways():
    both = mergings(published.GOLF_TEES, 6)

    assert [table.width for table in both] == [6, 6] and all(table.seen == 162 for table in both)
    assert mergings(published.UK, 6) == (published.UK,)
    with pytest.raises(Refused, match="six|6"):
        dga_lead(published.GOLF_TEES)


def test_the_same_table_has_the_same_fingerprint():
    again = PatternTable(published.UK.lists, published.UK.counts)

    assert again.digest == published.UK.digest != published.WESTERN.digest and len(again.digest) == 64


def test_a_hidden_list_is_told_in_words():
    drops = drop_each(published.KOSOVO)

    assert len(drops) == 4
    assert all(f"truth {drop.truth:,}" in drop.text.en and "实有" in drop.text.zh for drop in drops)


def two_lists(people, seed):
    dice = np.random.default_rng(seed)
    known = dice.normal(size=(people, 2))
    first, second = (
        dice.random(people) < 1 / (1 + np.exp(-(start + 1.2 * known[:, 0] + 0.3 * known[:, 1])))
        for start in (-0.6, -0.2)
    )
    seen = first | second
    return first[seen], second[seen], known[seen]


def test_covariates_mend_what_differing_visibility_hides():
    covered = plain = 0
    for seed in range(20):
        first, second, known = two_lists(5_000, seed)
        lead = doubly_robust(first, second, known)
        covered += lead.low <= 5_000 <= lead.high
        plain += first.sum() * second.sum() / (first & second).sum() > 4_500

    assert covered >= 17 and plain == 0


def test_covariates_are_refused_for_few_people():
    first, second, known = two_lists(400, 1)

    with pytest.raises(Refused, match="500"):
        doubly_robust(first, second, known)


def test_every_permutation_of_the_golf_tee_observers_gives_one_lower_bound():
    names = published.GOLF_TEES.lists
    bounds = {
        chao_lead(keep_lists(published.GOLF_TEES, order)).estimate for order in list(permutations(names))[:20]
    }

    assert len(bounds) == 1
