"""`jiandi certify`, `plan-sample`, `draw`: the arithmetic of a certificate and its lottery, without database or service."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jiandi.commands.csvfiles import read_rows
from jiandi.commands.speaking import add_common, both, language_of, show
from jiandi.core.estimate.bounds import allowed_false, n_required, upper_bound
from jiandi.core.estimate.certify import per_ten_thousand
from jiandi.core.estimate.draw import draw_ids, freeze_frame, seed_commitment
from jiandi.core.estimate.looks import SPENDING, LookPlan, chance_of_passing, design_looks
from jiandi.core.values import Refused, Text


def add_commands(commands: Any) -> None:
    """Add the commands."""
    certify = commands.add_parser(
        "certify", help="随机复核能说到多深(精确上界) · the exact bound random re-visits allow"
    )
    certify.add_argument("--checked", type=int, required=True, help="抽签复核数 · re-visits drawn by lottery")
    certify.add_argument("--found", type=int, required=True, help="其中不属实数 · how many were false")
    certify.add_argument(
        "--unresolved", type=int, default=0, help="未能核实数,按不属实计 · not resolved, counted as false"
    )
    plan = commands.add_parser(
        "plan-sample", help="要复核多少、看几轮 · how many re-visits, in how many looks"
    )
    plan.add_argument(
        "--limit", type=float, required=True, help="要证明的上限,如0.005 · the share to be shown, e.g. 0.005"
    )
    plan.add_argument(
        "--looks", type=int, default=len(SPENDING), help="最多看几轮(1-4) · looks at most (1-4)"
    )
    for parser in (certify, plan):
        parser.add_argument("--population", type=int, required=True, help="抽样框总数 · size of the frame")
        parser.add_argument("--confidence", type=float, default=0.95, help="置信度 · confidence (0.95)")
        parser.add_argument(
            "--detection",
            type=float,
            default=1.0,
            help="复核人识破不实的概率 · chance a false claim is noticed",
        )
    draw = commands.add_parser("draw", help="可复算的抽签 · a lottery anybody can repeat")
    draw.add_argument("frame", type=Path, help="CSV,首行为列名 · CSV with a line of column names")
    draw.add_argument("--column", help="编号所在列(默认第一列) · the column of ids (the first)")
    draw.add_argument("--seed", required=True, help="种子 · the seed")
    draw.add_argument("--size", type=int, required=True, help="抽多少 · how many")
    for parser, run in ((certify, run_certify), (plan, run_plan), (draw, run_draw)):
        add_common(parser, acts=False)
        parser.set_defaults(run=run)


def run_certify(arguments: argparse.Namespace) -> int:
    """Print the most false claims the frame can hold, given what one look at a lottery's sample found."""
    alpha = _check_shares(arguments)
    size, checked, worst = arguments.population, arguments.checked, arguments.found + arguments.unresolved
    least = min(arguments.found, arguments.unresolved, checked - 1)
    if least < 0 or not worst <= checked <= size:
        raise Refused("certify.counts", _COUNTS.filled(N=size, n=checked, x=worst))

    def bound(found: int) -> int:
        return upper_bound(
            frame_size=size, checked=checked, found=found, alpha=alpha, detection=arguments.detection
        )

    most, best = bound(worst), bound(arguments.found)
    sentence = _BOUND.filled(
        c=f"{100 * arguments.confidence:g}",
        n=f"{checked:,}",
        N=f"{size:,}",
        x=worst,
        D=f"{most:,}",
        U=f"{per_ten_thousand(most, size):,.1f}".removesuffix(".0"),
    )
    figures = {
        "population": size,
        "checked": checked,
        "counted_false": worst,
        "confidence": arguments.confidence,
        "detection": arguments.detection,
        "bound": most,
        "per_10000": per_ten_thousand(most, size),
        "bound_if_unresolved_true": best,
        "per_10000_if_unresolved_true": per_ten_thousand(best, size),
        "sentence": both(sentence),
        "conditions": both(_CONDITIONS),
    }
    language = language_of(arguments)
    show(arguments, figures, [sentence.say(language), _CONDITIONS.say(language)])
    return 0


def run_plan(arguments: argparse.Namespace) -> int:
    """Print how many re-visits one look needs and a plan of several looks; exit 1 when no number can show the limit."""
    alpha = _check_shares(arguments)
    size, limit = arguments.population, arguments.limit
    if not 0 <= limit < 1:
        raise Refused("plan.limit", _LIMIT)
    if not 1 <= arguments.looks <= len(SPENDING):
        raise Refused("plan.looks", _LOOKS.filled(most=len(SPENDING)))
    needed = {
        found: n_required(
            frame_size=size, limit=limit, found=found, alpha=alpha, detection=arguments.detection
        )
        for found in (0, 1, 2)
    }
    plan = _plan(size, limit, arguments.looks, alpha) if arguments.detection >= 1 else None
    figures = {
        "population": size,
        "limit": limit,
        "allowed": allowed_false(size, limit),
        "confidence": arguments.confidence,
        "detection": arguments.detection,
        "single_look": [{"found_at_most": found, "checked": count} for found, count in needed.items()],
        "looks": [{"checked": look.checked, "accept": look.accept} for look in plan.looks] if plan else [],
        "passes": _passes(plan) if plan else [],
        "conditions": both(_PLAN_CONDITIONS),
    }
    show(arguments, figures, _plan_lines(figures, language_of(arguments)))
    return 0 if needed[0] is not None else 1


def run_draw(arguments: argparse.Namespace) -> int:
    """Print the ids a seed draws from a frame, with what anybody needs to repeat it."""
    rows = [row for row in read_rows(arguments.frame) if any(cell.strip() for cell in row)]
    place = _column(rows, arguments.column)
    short = next((number for number, row in enumerate(rows, 1) if len(row) <= place), None)
    if short is not None:
        raise Refused("draw.line", _SHORT.filled(line=short, column=rows[0][place]))
    frame = freeze_frame(row[place].strip() for row in rows[1:])
    drawn = draw_ids(frame, arguments.seed, arguments.size)
    if not drawn:
        raise Refused("draw.size", _NONE)
    figures = {
        "frame": str(arguments.frame),
        "column": rows[0][place],
        "frame_size": len(frame.ids),
        "frame_root": frame.root,
        "seed_commitment": seed_commitment(arguments.seed),
        "size": len(drawn),
        "drawn": drawn,
        "rule": both(_RULE),
    }
    lines = [
        f"{rows[0][place]}  {len(drawn)} / {len(frame.ids):,}",
        f"root        {frame.root}",
        f"commitment  {figures['seed_commitment']}",
        *drawn,
        _RULE.say(language_of(arguments)),
    ]
    show(arguments, figures, lines)
    return 0


def _check_shares(arguments: argparse.Namespace) -> float:
    """Return the error allowed; refuses shares and sizes that mean nothing."""
    if not 0.5 <= arguments.confidence < 1:
        raise Refused("estimate.confidence", _CONFIDENCE)
    if not 0 < arguments.detection <= 1:
        raise Refused("estimate.detection", _DETECTION)
    if not 1 <= arguments.population <= 100_000_000:
        raise Refused("estimate.population", _POPULATION)
    return float(round(1 - arguments.confidence, 10))


def _plan(size: int, limit: float, looks: int, alpha: float) -> LookPlan:
    """Plan so many looks at an error of alpha; the default spending is scaled to it."""
    steps = (*SPENDING[: looks - 1], SPENDING[-1])
    return design_looks(
        frame_size=size, limit=limit, spending=[round(step * alpha / SPENDING[-1], 10) for step in steps]
    )


def _passes(plan: LookPlan) -> list[dict[str, float]]:
    """The chance to pass, and re-visits on average, if so many claims are false in truth."""
    rows = []
    for false in sorted({0, plan.allowed // 5, 2 * plan.allowed // 5, plan.allowed, plan.allowed + 1}):
        if false <= plan.frame_size:
            chances = chance_of_passing(plan.looks, frame_size=plan.frame_size, false=false)
            going, mean = 1.0, 0.0
            for number, look in enumerate(plan.looks):
                before = plan.looks[number - 1].checked if number else 0
                mean += going * (look.checked - before)
                going -= chances[number]
            rows.append({"false": false, "passes": round(sum(chances), 4), "mean_checked": round(mean, 1)})
    return rows


def _plan_lines(figures: dict[str, Any], language: str) -> list[str]:
    lines = [_ALLOWED.filled(D=f"{figures['allowed']:,}", N=f"{figures['population']:,}").say(language)]
    for row in figures["single_look"]:
        words = _ONE_LOOK if row["checked"] is not None else _IMPOSSIBLE
        lines.append("  " + words.filled(n=row["checked"], c=row["found_at_most"]).say(language))
    for number, look in enumerate(figures["looks"], 1):
        lines.append("  " + _LOOK.filled(k=number, n=look["checked"], c=look["accept"]).say(language))
    for row in figures["passes"]:
        lines.append(
            "  "
            + _PASSES.filled(
                D=row["false"], p=f"{100 * row['passes']:.1f}", m=f"{row['mean_checked']:,.0f}"
            ).say(language)
        )
    return [*lines, _PLAN_CONDITIONS.say(language)]


def _column(rows: list[list[str]], wanted: str | None) -> int:
    if len(rows) < 2:
        raise Refused("draw.empty", _EMPTY)
    names = [name.strip() for name in rows[0]]
    if wanted is not None:
        if wanted not in names:
            raise Refused("draw.column", _NO_COLUMN.filled(column=wanted, names=" ".join(names)))
        return names.index(wanted)
    if any(mark.isdigit() for mark in names[0]):
        raise Refused("draw.header", _HEADER.filled(first=names[0]))
    return 0


_BOUND = Text(
    zh="从{N}项中抽签复核{n}项,{x}项不属实或未能核实:在{c}%的置信度下,不属实的至多{D}项(每万项至多{U}项)。",
    en="{n} of {N} re-visited by lottery, {x} false or unresolved: with {c}% confidence at most {D} are false (at most"
    " {U} per 10,000).",
)
_CONDITIONS = Text(
    zh="这是算术,不是凭证:只有从冻结的抽样框抽签、样本量事先定好、只看一次、无人被替换时才成立;对框外的人不作任何说明。",
    en="This is arithmetic, not a certificate: it holds only for a lottery from a frozen frame, a size fixed beforehand,"
    " one look, and nobody replaced; it says nothing about anybody outside the frame.",
)
_COUNTS = Text(
    zh="数目不合:总数{N}、复核{n}、不属实和未核实{x}。应为 0 ≤ 不属实 ≤ 复核 ≤ 总数,且复核至少1项。",
    en="The counts do not fit: population {N}, checked {n}, false or unresolved {x}. Needed: 0 <= false <= checked <="
    " population, and at least one checked.",
)
_LIMIT = Text(
    zh="--limit 是0到1之间的比例,如0.005。", en="--limit is a share between 0 and 1, such as 0.005."
)
_LOOKS = Text(zh="--looks 为1到{most}。", en="--looks is between 1 and {most}.")
_CONFIDENCE = Text(
    zh="--confidence 应不小于0.5而小于1,如0.95。",
    en="--confidence is at least 0.5 and below 1, such as 0.95.",
)
_DETECTION = Text(
    zh="--detection 应大于0而不大于1,如0.9。", en="--detection is above 0 and at most 1, such as 0.9."
)
_POPULATION = Text(zh="--population 应为1到一亿。", en="--population is between 1 and a hundred million.")
_ALLOWED = Text(zh="{N}项中至多允许{D}项不属实。", en="At most {D} of {N} may be false.")
_ONE_LOOK = Text(
    zh="只看一次:复核{n}项,至多{c}项不属实。", en="One look: re-visit {n}, with at most {c} false."
)
_IMPOSSIBLE = Text(
    zh="只看一次:若有{c}项不属实,复核多少也证明不了。",
    en="One look: with {c} false no number of re-visits can show it.",
)
_LOOK = Text(
    zh="第{k}轮:累计复核{n}项,累计不超过{c}项不属实即通过。",
    en="Look {k}: {n} re-visits in all; passes with at most {c} false in all.",
)
_PASSES = Text(
    zh="若实有{D}项不属实:通过的概率{p}%,平均复核{m}项。",
    en="If {D} are false in truth: passes with {p}%, {m} re-visits on average.",
)
_PLAN_CONDITIONS = Text(
    zh="方案须在抽签前写定:不提前看,不多查再看;未能核实的按不属实计。",
    en="Write the plan down before the draw: no early look, no few more and another look; unresolved counts as false.",
)
_RULE = Text(
    zh="签 = SHA-256(种子|编号),最小的先抽。任何人可用公布的脚本复算。",
    en="Ticket = SHA-256(seed|id); the smallest are drawn first. Anybody can repeat it with the published script.",
)
_EMPTY = Text(
    zh="抽样框是空的。首行写列名,以后每行一项。",
    en="The frame is empty. Put column names on the first line, then one item per line.",
)
_NO_COLUMN = Text(
    zh="没有名为“{column}”的列。首行有:{names}。",
    en="There is no column `{column}`. The first line has: {names}.",
)
_HEADER = Text(
    zh="首行“{first}”像是编号而不是列名。请在首行写列名,或用 --column 指明编号列。",
    en="The first line, `{first}`, looks like an id, not a column name. Put column names first, or name the column with"
    " --column.",
)
_SHORT = Text(
    zh="第{line}行没有“{column}”这一列。请补全。", en="Line {line} has no column `{column}`. Complete it."
)
_NONE = Text(zh="--size 至少为1。", en="--size is at least 1.")
