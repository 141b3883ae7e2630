"""The model card: what a model learnt from, what each answer is worth beside the shipped model, what it is not for.

A match weight is log2(m / u) in bits: +1 makes one person twice as likely, -1 half as likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Any

from jiandi.core.linkage.card_words import (
    GENERIC_LIMITS,
    HELD,
    LIMITS,
    NOT_A_RATE,
    NOT_FOR,
    TITLES,
    answer_title,
)
from jiandi.core.linkage.comparisons import Level
from jiandi.core.linkage.generic.models import default_generic_model
from jiandi.core.linkage.generic.questions import FIXED
from jiandi.core.linkage.model import default_model, digest
from jiandi.core.linkage.model_check import QUESTIONS_OF, profile_of
from jiandi.core.values import Text


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: how often true (m) and chance (u) pairs give it, its weight in bits, and the shipped model's weight.

    `fixed`: which of m and u were set by hand, not learnt; "shipped" where hardly any pair gave the answer and nothing was learnt. `by_rarity`: the weight is an average; rare values weigh more.
    """

    title: Text
    m: float
    u: float
    weight: float
    shipped_weight: float
    fixed: tuple[str, ...]
    by_rarity: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answers, the strongest first."""

    word: str
    title: Text
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A model in plain words and figures."""

    profile: str
    digest: str
    is_shipped: bool
    learnt_from: tuple[Text, ...]
    questions: tuple[Asked, ...]
    held_out: tuple[tuple[Text, Text, Text], ...]  # of which pairs; reach automatic; reach review
    held_out_caution: Text
    not_for: tuple[Text, ...]
    limits: tuple[Text, ...]


def shipped_model(profile: str = "cn-resident") -> dict[str, Any]:
    """Return the model a profile starts from."""
    return default_model() if profile == "cn-resident" else default_generic_model()


def make_card(model: Mapping[str, Any], *, learnt_on: str = "") -> Card:
    """Return the card of a checked model; `learnt_on`: the day, where the caller knows it."""
    profile = profile_of(model) or "cn-resident"
    shipped = shipped_model(profile)
    is_shipped = digest(model) == digest(shipped)
    questions = tuple(
        Asked(
            question.word,
            TITLES[question.word],
            tuple(
                _answer(profile, question.word, level, model, shipped["answers"]) for level in question.levels
            ),
        )
        for question in QUESTIONS_OF[profile]
    )
    return Card(
        profile, digest(model), is_shipped, _learnt_from(model, is_shipped, learnt_on), questions,
        _held_out(model.get("held_out") or {}), NOT_A_RATE, NOT_FOR, LIMITS if profile == "cn-resident" else GENERIC_LIMITS,
    )  # fmt: skip


def _answer(
    profile: str, question: str, level: Level, own: Mapping[str, Any], shipped: Mapping[str, Any]
) -> Answer:
    m, u = own["answers"][question][level.word]
    before = shipped[question][level.word]
    fixed = tuple(name for name, value in (("m", level.fixed_m), ("u", level.fixed_u)) if value is not None)
    if profile == "generic" and question in FIXED:
        fixed = ("u",)
    if f"{question}.{level.word}" in (own.get("shipped_values") or ()):
        fixed = ("shipped",)
    return Answer(
        answer_title(profile, question, level.word), m, u, log2(m / u), log2(before[0] / before[1]), fixed, bool(level.rarity)
    )  # fmt: skip


def _learnt_from(model: Mapping[str, Any], is_shipped: bool, learnt_on: str) -> tuple[Text, ...]:
    lines = []
    if is_shipped:
        lines.append(_SHIPPED)
    if model.get("labels"):
        lines.append(
            _LABELS.filled(labels=f"{model['labels']:,}", chance=f"{model.get('chance_pairs', 0):,}")
        )
    elif model.get("chance_pairs"):
        lines.append(_UNLABELLED.filled(chance=f"{model['chance_pairs']:,}"))
    if model.get("rows"):
        lines.append(_ROWS.filled(rows=f"{model['rows']:,}", rosters=model.get("rosters", "?")))
    if "seed" in model:
        lines.append(_SEED.filled(seed=model["seed"]))
    if learnt_on:
        lines.append(_ON.filled(day=learnt_on))
    return tuple(lines) or (_UNKNOWN,)


def _held_out(found: Mapping[str, Any]) -> tuple[tuple[Text, Text, Text], ...]:
    if not found:
        return ()
    said = []
    for kind, title in HELD.items():
        counts = found[kind]
        n = f"{counts['pairs']:,}"
        said.append(
            (
                Text(zh=f"{title.zh},{n}对", en=f"{title.en}: {n}"),
                _share(counts["auto"], found["auto_weight"]),
                _share(counts["review"], found["review_weight"]),
            )
        )
    return tuple(said)


def _share(found: Mapping[str, Any], weight: float) -> Text:
    """Say a share with its exact interval, with as many digits as it takes to tell it from none and from all."""
    if found["value"] is None:
        return Text(zh="没有这样的对", en="no such pairs")
    value, low, high = (_percent(found[end]) for end in ("value", "low", "high"))
    return Text(
        zh=f"{found['count']:,}对达到{weight:g}比特:{value},95%区间{low}至{high}",
        en=f"{found['count']:,} reach {weight:g} bits: {value}, 95 % interval {low} to {high}",
    )


def _percent(share: float) -> str:
    places = 2 if share in (0, 1) or 0.001 <= share <= 0.999 else 4
    return f"{share:.{places}%}"


def card_figures(card: Card) -> dict[str, Any]:
    """Return the card as JSON holds it, sentences in both languages."""
    return {
        "profile": card.profile,
        "digest": card.digest,
        "is_shipped": card.is_shipped,
        "learnt_from": [_both(line) for line in card.learnt_from],
        "questions": [
            {
                "question": asked.word,
                **_both(asked.title),
                "answers": [
                    {
                        **_both(one.title), "m": one.m, "u": one.u, "weight_bits": round(one.weight, 2),
                        "shipped_weight_bits": round(one.shipped_weight, 2), "fixed": list(one.fixed), "by_rarity": one.by_rarity,
                    }
                    for one in asked.answers
                ],
            }
            for asked in card.questions
        ],
        "held_out": [
            {"pairs": _both(pairs), "automatic": _both(auto), "review": _both(review)}
            for pairs, auto, review in card.held_out
        ],
        "held_out_caution": _both(card.held_out_caution),
        "not_for": [_both(line) for line in card.not_for],
        "limits": [_both(line) for line in card.limits],
    }  # fmt: skip


def card_lines(card: Card, language: str) -> list[str]:
    """Return the card as lines to print."""
    lines = [TITLE.filled(profile=card.profile, digest=card.digest).say(language)]
    lines += [f"  {line.say(language)}" for line in card.learnt_from]
    lines += ["", WEIGHTS.say(language)]
    for asked in card.questions:
        lines.append(f"  {asked.title.say(language)}")
        lines += [_answer_line(one, language) for one in asked.answers]
    lines += [f"  {FIXED_NOTE.say(language)}", f"  {RARITY_NOTE.say(language)}", "", HELD_TITLE.say(language)]
    for pairs, auto, review in card.held_out:
        lines.append(f"  {pairs.say(language)}")
        lines += [f"    {auto.say(language)}", f"    {review.say(language)}"]
    lines.append(f"  {(card.held_out_caution if card.held_out else NOT_CHECKED).say(language)}")
    lines += ["", NOT_FOR_TITLE.say(language), *(f"  - {line.say(language)}" for line in card.not_for)]
    return [*lines, "", LIMITS_TITLE.say(language), *(f"  - {line.say(language)}" for line in card.limits)]


def _answer_line(one: Answer, language: str) -> str:
    marks = f" [{'+'.join(one.fixed)}]" if one.fixed else ""
    rarity = " *" if one.by_rarity else ""
    return (
        f"    {one.weight:+7.2f}  ({one.shipped_weight:+7.2f})  m {one.m:<10.4g} u {one.u:<10.4g} "
        f"{one.title.say(language)}{marks}{rarity}"
    )


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


TITLE = Text(zh="比对模型({profile})\n{digest}", en="Linkage model ({profile})\n{digest}")
WEIGHTS = Text(
    zh="每个回答的权重(比特;括号内为随附模型);m 真对、u 偶然对给出此回答的比例",
    en="Weight of each answer in bits (the shipped model's in brackets); m, u: how often true and chance pairs give it",
)
FIXED_NOTE = Text(
    zh="[m]、[u]:该值由人设定,不是学来的。[shipped]:几乎没有哪一对给出此回答,学不到,沿用随附模型的值。",
    en="[m], [u]: set by hand, not learnt. [shipped]: hardly any pair gave this answer, nothing was learnt, the shipped values stand.",
)
RARITY_NOTE = Text(
    zh="*:这是平均权重;少见的姓名权重更高,常见的更低。",
    en="*: an average; a rare value weighs more, a common one less.",
)
HELD_TITLE = Text(zh="留出检验(遮住号码)", en="Check on pairs held out (their numbers hidden)")
NOT_CHECKED = Text(zh="没有留出检验。", en="Nothing was held out to check it.")
NOT_FOR_TITLE = Text(zh="不得用于", en="Not to be used")
LIMITS_TITLE = Text(zh="局限", en="Limits")
_SHIPPED = Text(
    zh="随附模型:从生成的县学来,没有见过任何真实的县。",
    en="The shipped model: learnt on a generated county; it has seen no real one.",
)
_LABELS = Text(
    zh="{labels}对号码相同且有效的行(真对)和{chance}对抽签的行(偶然对)",
    en="{labels} pairs of rows with one valid number (true pairs) and {chance} pairs drawn by lot (chance pairs)",
)
_UNLABELLED = Text(
    zh="{chance}对抽签的行(偶然对);没有标签", en="{chance} pairs drawn by lot (chance pairs); no labels"
)
_ROWS = Text(zh="{rows}行,来自{rosters}份名册", en="{rows} rows of {rosters} rosters")
_SEED = Text(zh="种子 {seed}:同样的行得出同样的模型", en="seed {seed}: equal rows give an equal model")
_ON = Text(zh="学习日期 {day}", en="learnt on {day}")
_UNKNOWN = Text(zh="文件没有说明从哪里学来。", en="The file does not say what it was learnt from.")
