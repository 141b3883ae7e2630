"""The published estimates come out again, from the published counts, to the digit where nothing is drawn by lot."""

from math import log

import numpy as np
import pytest

from jiandi.core.estimate.mse.bootstrap import bca_interval
from jiandi.core.estimate.mse.chao import chao_lead
from jiandi.core.estimate.mse.dga import decomposable_graphs, dga_lead
from jiandi.core.estimate.mse.hierarchy import bic_lead, choose_bic, choose_downhill, hierarchical_models
from jiandi.core.estimate.mse.listdrop import drop_each
from jiandi.core.estimate.mse.loglinear import estimate_independent, independence_lead
from jiandi.core.estimate.mse.sensitivity import saturated_estimate
from jiandi.core.estimate.mse.stepwise import choose_stepwise, stepwise_lead
from jiandi.core.estimate.mse.tables import merge_lists, seen_by
from tests.core.estimate.mse import published


@pytest.mark.parametrize("name", published.DGA)
def test_it_averages_over_graphs_as_published(name):
    table, *expected = published.DGA[name]
    lead = dga_lead(table)

    assert [lead.estimate, lead.low, lead.high] == expected
    assert lead.open_ended == (name in ("Netherlands", "Australia"))


@pytest.mark.parametrize("name", published.INDEPENDENCE)
def test_it_takes_lists_as_independent_as_published(name):
    table, estimate, (low, high) = published.INDEPENDENCE[name]
    lead = independence_lead(table)

    assert lead.estimate == pytest.approx(estimate, abs=0.06)
    assert (lead.low, lead.high) == pytest.approx((low, high), rel=0.025 if "8" not in name else 0.06)


@pytest.mark.parametrize("name", published.STEPWISE)
def test_it_chooses_step_by_step_as_published(name):
    table, estimate, _ = published.STEPWISE[name]

    assert choose_stepwise(table.array[None, :]).totals[0] == pytest.approx(estimate, abs=0.06)


@pytest.mark.parametrize("name", published.BIC)
def test_it_chooses_by_bic_as_published(name):
    table, order, estimate, _ = published.BIC[name]

    assert choose_bic(table.array[None, :], order=order).totals[0] == pytest.approx(estimate, abs=0.6)


@pytest.mark.parametrize("name", published.DOWNHILL)
def test_it_walks_downhill_as_published(name):
    table, estimate = published.DOWNHILL[name]

    assert choose_downhill(table.array[None, :]).totals[0] == pytest.approx(estimate, abs=0.6)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [(published.WESTERN, 1_293, 3_670), (published.NEW_ORLEANS, 589, 1_703)],
    ids=["Western US", "New Orleans"],
)
def test_a_stepwise_interval_lies_where_the_published_one_does(table, low, high):
    lead = stepwise_lead(table, draws=200)

    assert (lead.low, lead.high) == pytest.approx((low, high), rel=0.2)
    assert lead.level == 90  # what nominal 95% intervals of this kind covered


@pytest.mark.parametrize(
    ("table", "low", "high", "within"),
    [(published.KOSOVO, 12_451, 16_273, 0.03), (published.KOREA, 128, 349, 0.25)],
    ids=["Kosovo", "Korea"],
)
def test_a_bic_interval_lies_where_the_published_one_does(table, low, high, within):
    lead = bic_lead(table, draws=200)

    assert (lead.low, lead.high) == pytest.approx((low, high), rel=within)


def test_the_same_seed_gives_the_same_interval():
    once, again = (bca_interval(published.KOREA, choose_stepwise, draws=50, seed=4) for _ in range(2))

    assert once == again


def test_it_knows_every_decomposable_graph_and_hierarchical_model():
    assert [len(decomposable_graphs(lists)) for lists in (3, 4, 5)] == [8, 61, 822]
    assert [len(hierarchical_models(5)), len(hierarchical_models(5, 4))] == [1_024, 6_893]


def test_merging_two_of_the_six_lists_gives_the_five():
    merged = merge_lists(published.UK_SIX, "PF", "NCA")

    assert set(merged.lists) == {"LA", "NG", "GO", "GP", "PF+NCA"}
    assert merged.seen == published.UK.seen == 2_744
    assert sorted(merged.counts) == sorted(published.UK.counts)
    assert dga_lead(published.UK_SIX).estimate == pytest.approx(12_303, abs=2)


def test_hepatitis_gets_three_answers_none_of_them_the_truth():
    # 271 seen, about 545 in truth (serum survey afterwards).
    table = published.HEPATITIS

    assert independence_lead(table).estimate == pytest.approx(388, abs=1)
    assert chao_lead(table).estimate == pytest.approx(479, abs=1)
    assert saturated_estimate(table) == pytest.approx(1_313, abs=1)


def test_hiding_lists_shows_the_published_bias_and_coverage():
    drops = [(table, drop) for table in published.LIST_DROP_TABLES for drop in drop_each(table)]
    errors = {
        method: np.mean([log(drop.leads[place].estimate / drop.truth) for _, drop in drops])
        for place, method in enumerate(("dga", "independence"))
    }
    hidden = [seen_by(table, drop.name)[0].array[None, :] for table, drop in drops]
    stepwise = np.mean(
        [log(choose_stepwise(h).totals[0] / d.truth) for h, (_, d) in zip(hidden, drops, strict=True)]
    )

    assert len(drops) == 10
    assert errors["dga"] == pytest.approx(published.LIST_DROP["dga"], abs=0.02)  # our grid is finer near zero
    assert errors["independence"] == pytest.approx(published.LIST_DROP["independence"], abs=0.01)
    assert stepwise == pytest.approx(published.LIST_DROP["stepwise"], abs=0.01)
    assert np.mean([drop.is_covered for _, drop in drops]) == published.LIST_DROP["dga coverage"]


def test_where_lists_share_nobody_there_is_no_estimate():
    apart = np.array([[0.0, 40, 50, 0]])

    assert np.isinf(estimate_independent(apart)[0]) and np.isinf(choose_stepwise(apart).totals[0])
