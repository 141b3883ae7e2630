"""Published estimates from list overlaps beside ours, from the same counts.

    python benchmarks/mse_published.py [--draws 500] [--golf-tees]

Prints a table in Markdown: estimate and interval as published, and as computed. Intervals of the stepwise and BIC models
are drawn by lot, here and there; the rest must agree to the digit. `--golf-tees` adds every subset of 3 to 5 of the eight
observers, where the truth (250) is known, and how often each method's interval holds it.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from itertools import combinations
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.estimate.mse.chao import chao_lead  # noqa: E402
from jiandi.core.estimate.mse.dga import dga_lead  # noqa: E402
from jiandi.core.estimate.mse.hierarchy import bic_lead, choose_downhill  # noqa: E402
from jiandi.core.estimate.mse.lead import Lead  # noqa: E402
from jiandi.core.estimate.mse.listdrop import drop_each  # noqa: E402
from jiandi.core.estimate.mse.loglinear import independence_lead  # noqa: E402
from jiandi.core.estimate.mse.stepwise import choose_stepwise, stepwise_lead  # noqa: E402
from jiandi.core.estimate.mse.tables import keep_lists, seen_by  # noqa: E402
from tests.core.estimate.mse import published  # noqa: E402


def row(name: str, method: str, told: str, lead: Lead, seconds: float) -> None:
    """Print one line of the table."""
    end = "+" if lead.open_ended else ""
    print(
        f"| {name} | {method} | {told} | {lead.estimate:,.1f} [{lead.low:,.0f}, {lead.high:,.0f}{end}] | {seconds:.2f} |",
        flush=True,
    )


def interval(pair: tuple[float, float] | None) -> str:
    """A published interval, or nothing."""
    return f" [{pair[0]:,.0f}, {pair[1]:,.0f}]" if pair else ""


def tables(draws: int) -> None:
    """Print every published table."""
    print("| table | method | published | computed | CPU s |\n|---|---|---|---|---|")
    for name, (table, estimate, low, high) in published.DGA.items():
        dga_lead(table)  # graphs of this many lists are listed once
        start = time.process_time()
        row(name, "dga", f"{estimate:,} [{low:,}, {high:,}]", dga_lead(table), time.process_time() - start)
    for name, (table, estimate, told) in published.INDEPENDENCE.items():
        start = time.process_time()
        lead = independence_lead(table)
        row(name, "independence", f"{estimate:,}{interval(told)}", lead, time.process_time() - start)
    for name, (table, estimate, told) in published.STEPWISE.items():
        start = time.process_time()
        lead = stepwise_lead(table, draws=draws)
        row(
            name, f"stepwise, BCa {draws}", f"{estimate:,}{interval(told)}", lead, time.process_time() - start
        )
    for name, (table, order, estimate, told) in published.BIC.items():
        times = draws if order < 4 else 40  # 6,893 models in every resample
        start = time.process_time()
        lead = bic_lead(table, draws=times, order=order)
        row(name, f"BIC, BCa {times}", f"{estimate:,}{interval(told)}", lead, time.process_time() - start)
    for name, (table, estimate) in published.DOWNHILL.items():
        start = time.process_time()
        total = float(choose_downhill(table.array[None, :]).totals[0])
        lead = Lead("bic", total, total, total, table.seen)
        row(name, "BIC, downhill (no interval)", f"{estimate:,}", lead, time.process_time() - start)


def list_drop() -> None:
    """Print the ten lists hidden in turn."""
    drops = [(table, drop) for table in published.LIST_DROP_TABLES for drop in drop_each(table)]
    stepwise = [choose_stepwise(seen_by(t, d.name)[0].array[None, :]).totals[0] for t, d in drops]
    found = {
        "dga": sum(math.log(d.leads[0].estimate / d.truth) for _, d in drops) / len(drops),
        "independence": sum(math.log(d.leads[1].estimate / d.truth) for _, d in drops) / len(drops),
        "stepwise": sum(math.log(s / d.truth) for s, (_, d) in zip(stepwise, drops, strict=True))
        / len(drops),
        "dga coverage": sum(d.is_covered for _, d in drops) / len(drops),
    }
    print(f"\n{len(drops)} lists hidden in turn: mean log relative error, and coverage")
    for name, value in found.items():
        print(f"  {name}: {value:.3f} (published {published.LIST_DROP[name]:.2f})")


def golf_tees() -> None:
    """Print how often each method's interval holds the true 250 over subsets of observers."""
    tees = published.GOLF_TEES
    for count in (3, 4, 5):
        hits: dict[str, list[tuple[float, bool]]] = {}
        for names in combinations(tees.lists, count):
            table = keep_lists(tees, names)
            for lead in (dga_lead(table), chao_lead(table), independence_lead(table)):
                covers = lead.low <= published.GOLF_TEES_TRUTH <= lead.high
                hits.setdefault(lead.method, []).append((lead.estimate, covers))
        for method, rows in hits.items():
            middle = sorted(estimate for estimate, _ in rows)[len(rows) // 2]
            share = sum(covers for _, covers in rows) / len(rows)
            print(
                f"golf tees, {count} observers: {method} median {middle:.0f}, holds 250 in {share:.0%} of {len(rows)}"
            )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--golf-tees", action="store_true")
    given = parser.parse_args()
    tables(given.draws)
    list_drop()
    if given.golf_tees:
        golf_tees()


if __name__ == "__main__":
    main()
