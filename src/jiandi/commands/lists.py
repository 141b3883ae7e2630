"""`jiandi mse`: what the overlaps of lists suggest, from a table of counts. Needs neither database nor service."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

from jiandi.commands.csvfiles import read_rows
from jiandi.commands.speaking import add_common, both, language_of, show
from jiandi.core.estimate.mse.gate import ListInfo
from jiandi.core.estimate.mse.lead import INVISIBLE, METHODS, NOT_A_CERTIFICATE, Lead
from jiandi.core.estimate.mse.study import DRAWS, Study, study_overlaps
from jiandi.core.estimate.mse.tables import parse_table
from jiandi.core.values import Refused, Text

#: Above five lists the choice of models is so much slower that fewer resamples stand behind the intervals.
DRAWS_WIDE = 100


def add_commands(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "mse", help="名单重合提示还有多少人不在任何名单上(线索) · what list overlaps suggest (a lead)"
    )
    parser.add_argument(
        "counts",
        type=Path,
        help="CSV:每行一种组合,各名单0/1,末列人数;列名“B<A”为由A转来B · a pattern per line, last column the count;"
        " a column `B<A` marks people who came to B from A",
    )
    parser.add_argument(
        "--also",
        type=Path,
        help="同样名单按另一比对阈值所得的表 · the same lists linked at another threshold",
    )
    parser.add_argument(
        "--not-independent",
        action="append",
        default=[],
        metavar="LIST",
        help="不可能发现名单外的人的名单(如按名册走访) · a list that could not have caught anybody unlisted",
    )
    parser.add_argument(
        "--draws", type=int, help=f"自助抽样次数,0为不做(默认{DRAWS}) · resamples, 0 for none"
    )
    parser.add_argument("--seed", type=int, default=1, help="种子 · the seed")
    add_common(parser, acts=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every method's estimate, how far they disagree and the tests that warn; exit 1 where no estimate may be shown."""
    language = language_of(arguments)
    files = [path for path in (arguments.counts, arguments.also) if path]
    studies = [_study(path, arguments) for path in files]
    if len(studies) == 2 and set(studies[0].table.lists) != set(studies[1].table.lists):
        raise Refused("mse.other_lists", _OTHER_LISTS)
    figures = [_figures(path, study) for path, study in zip(files, studies, strict=True)]
    lines = [
        line for path, study in zip(files, studies, strict=True) for line in _lines(path, study, language)
    ]
    if len(studies) == 2:
        show(
            arguments,
            {"tables": figures, "thresholds": both(THRESHOLDS)},
            [*lines, THRESHOLDS.say(language)],
        )
    else:
        show(arguments, figures[0], lines)
    return 0 if all(study.gate.passed for study in studies) else 1


def _study(path: Path, arguments: argparse.Namespace) -> Study:
    table, taken = parse_table(read_rows(path))
    unknown = [name for name in arguments.not_independent if name not in table.lists]
    if unknown:
        raise Refused("mse.unknown_list", _UNKNOWN.filled(name=unknown[0], lists=" ".join(table.lists)))
    draws = arguments.draws if arguments.draws is not None else DRAWS if table.width <= 5 else DRAWS_WIDE
    if draws and not 20 <= draws <= 10_000:
        raise Refused("mse.draws", _DRAWS)
    lists = [ListInfo(name, name not in arguments.not_independent) for name in table.lists]
    return study_overlaps(table, lists, taken_out=taken, draws=draws, seed=arguments.seed)


def _figures(path: Path, study: Study) -> dict[str, Any]:
    gate, spread = study.gate, study.envelope
    return {
        "file": str(path),
        "lists": study.table.sizes(),
        "table": study.table.digest,
        "seen": gate.seen,
        "overlaps": gate.overlaps,
        "gate": {
            "passed": gate.passed,
            "qualifying": gate.qualifying,
            "not_qualifying": gate.dropped,
            "referrals_taken_out": dict(gate.taken_out),
            "reasons": [both(reason) for reason in gate.reasons],
        },
        "existence": {"exists": gate.estimability.exists, "identifiable": gate.estimability.identifiable},
        "estimates": [_lead(lead, True) for lead in study.leads]
        + [_lead(lead, False) for lead in study.reference],
        "envelope": spread
        and {
            "least": _number(spread.least),
            "most": _number(spread.most),
            "low": _number(spread.low),
            "high": _number(spread.high),
            "open_ended": spread.open_ended,
        },
        "no_finite_number": list(study.unended),
        "lower_bound": _lead(study.bound, False) if study.bound else None,
        "list_drop": [
            {
                "list": drop.name,
                "truth": drop.truth,
                "seen": drop.seen,
                "covered": drop.is_covered,
                "estimates": [_lead(lead, index == 0) for index, lead in enumerate(drop.leads)],
                **both(drop.text),
            }
            for drop in study.drops
        ],
        "sensitivity": [
            {"xi": row.xi, "least": row.least, "most": row.most, "saturated": row.saturated}
            for row in study.slides
        ],
        "sentence": both(study.text),
        "warning": both(INVISIBLE),
        "not_a_certificate": both(NOT_A_CERTIFICATE),
    }


def _lead(lead: Lead, counts: bool) -> dict[str, Any]:
    return {
        "method": lead.method,
        "name": both(_name(lead)),
        "estimate": _number(lead.estimate),
        "low": _number(lead.low),
        "high": _number(lead.high),
        "level_percent": lead.level,
        "open_ended": lead.open_ended,
        "in_envelope": counts,
        "on": lead.note,
    }


def _lines(path: Path, study: Study, language: str) -> list[str]:
    sizes = "  ".join(f"{name} {people:,}" for name, people in study.table.sizes().items())
    counts = _COUNTS.filled(seen=f"{study.gate.seen:,}", overlaps=f"{study.gate.overlaps:,}")
    lines = [str(path), f"  {sizes}", f"  {counts.say(language)}"]
    for name in study.gate.dropped:
        lines.append("  " + _DROPPED.filled(name=name).say(language))
    for column, people in study.gate.taken_out.items():
        lines.append("  " + _TAKEN.filled(column=column, people=people).say(language))
    lines += [_lead_line(lead, language) for lead in study.leads]
    if study.reference:
        lines.append("  " + _REFERENCE.say(language))
    lines += [_lead_line(lead, language) for lead in study.reference]
    lines += [f"  {drop.text.say(language)}" for drop in study.drops]
    if study.slides:
        lines.append("  " + _SLIDE.say(language))
        lines += [f"    xi {row.xi:+.1f}  {row.least:,.0f} - {row.most:,.0f}" for row in study.slides]
    return [*lines, study.text.say(language)]


def _lead_line(lead: Lead, language: str) -> str:
    about = Text(zh="约", en="about ") if lead.level < 95 else Text(zh="", en="")
    end = "+" if lead.open_ended else ""
    on = f"  ({lead.note})" if lead.note else ""
    return (
        f"  {_name(lead).say(language)}: {lead.estimate:,.1f} [{lead.low:,.0f}, {lead.high:,.0f}{end}]"
        f" {about.say(language)}{lead.level}%{on}"
    )


def _name(lead: Lead) -> Text:
    code, _, pair = lead.method.partition(" ")
    name = METHODS[code]
    return Text(zh=f"{name.zh} {pair}", en=f"{name.en} {pair}") if pair else name


def _number(value: float) -> float | None:
    return round(value, 2) if math.isfinite(value) else None


THRESHOLDS = Text(
    zh="两张表是同样名单按两种比对阈值所得:漏连使估计偏高,错连使估计偏低;两者之差就是比对的影响。",
    en="Both tables are the same lists linked at two thresholds: a missed link raises the estimate, a false link lowers"
    " it; the difference is what linkage alone can do.",
)
_OTHER_LISTS = Text(
    zh="两张表的名单不同,不能并列。请用同样的名单、不同的比对阈值。",
    en="The two tables hold different lists and cannot stand side by side. Use the same lists at two thresholds.",
)
_UNKNOWN = Text(
    zh="表中没有名单“{name}”。表中有:{lists}。", en="The table has no list `{name}`. It has: {lists}."
)
_DRAWS = Text(
    zh="抽样次数应为0(不做)或20到10000。", en="The number of resamples is 0 (none) or between 20 and 10000."
)
_COUNTS = Text(
    zh="在册{seen}人,其中{overlaps}人在两份以上名单上。",
    en="{seen} people seen, {overlaps} of them on two lists or more.",
)
_DROPPED = Text(
    zh="名单“{name}”不可能发现名单外的人,不计入。",
    en="List {name} could not have caught anybody unlisted and is left out.",
)
_TAKEN = Text(
    zh="{column}:{people}人由转介而来,不算自行发现。",
    en="{column}: {people} people came by referral and were not found by that list itself.",
)
_REFERENCE = Text(zh="只作对照,不计入范围:", en="For comparison only, outside the range:")
_SLIDE = Text(
    zh="若不在任何名单上的人是假定的 e^xi 倍(无法检验):",
    en="If people on no list were e^xi times as many as assumed (nobody can test it):",
)
