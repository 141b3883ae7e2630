"""Whether what claims to be a model is one, and for which profile: refused before a single row is scored by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jiandi.core.linkage import comparisons
from jiandi.core.linkage.comparisons import Question
from jiandi.core.linkage.generic import questions as generic
from jiandi.core.linkage.held_out import KINDS
from jiandi.core.linkage.model import MODEL_VERSION
from jiandi.core.values import Refused, Text

LEAST = 1e-12  # a share below is none that was counted, and its weight no number
COUNTS = ("labels", "chance_pairs", "seed", "rows", "rosters")
QUESTIONS_OF: dict[str, Sequence[Question]] = {
    "cn-resident": comparisons.QUESTIONS,
    "generic": generic.QUESTIONS,
}


def profile_of(model: Any) -> str | None:
    """Return the profile whose questions a model answers; None where it is of none."""
    answers = model.get("answers") if isinstance(model, Mapping) else None
    if not isinstance(answers, Mapping):
        return None
    asked = set(answers)
    return next(
        (name for name, known in QUESTIONS_OF.items() if asked == {question.word for question in known}), None
    )


def check_model(model: Any, *, profile: str, named: str) -> dict[str, Any]:
    """Return the model; raises Refused, naming the file and what is wrong, where it is none of this profile.

    `named`: what people call it, the file's name for example.
    """
    if not isinstance(model, dict) or not isinstance(model.get("answers"), dict):
        raise _malformed(named, Text(zh="没有answers一项", en="it has no `answers`"))
    if model.get("version") != MODEL_VERSION:
        said = Text(
            zh=f"版本应为{MODEL_VERSION}", en=f"its version is not {MODEL_VERSION}, the one known here"
        )
        raise _malformed(named, said)
    other = profile_of(model) or profile
    if other != profile or model.get("profile", profile) != profile:
        of = other if other != profile else str(model.get("profile"))[:20]
        raise Refused("link.model_profile", _PROFILE.filled(file=named, of=of, profile=profile))
    for question in QUESTIONS_OF[profile]:
        _check_question(model["answers"].get(question.word), question, named)
    if unknown := sorted(set(model["answers"]) - {question.word for question in QUESTIONS_OF[profile]}):
        word = unknown[0][:40]
        raise _malformed(named, Text(zh=f"有不认识的问题“{word}”", en=f"the question `{word}` is unknown"))
    if profile == "generic" and not _is_share(model.get("share"), below_one=True):
        raise _malformed(named, Text(zh="share应在0与1之间", en="`share` is not between 0 and 1"))
    _check_told(model, named)
    return model


def _check_told(model: dict[str, Any], named: str) -> None:
    """Refuse what a model tells of itself in another form than it is written: the card would print it."""
    wrong = [name for name in COUNTS if name in model and not _is_count(model[name])]
    given = model.get("shipped_values", [])
    if not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        wrong.append("shipped_values")
    if "held_out" in model and not _is_check(model["held_out"]):
        wrong.append("held_out")
    if wrong:
        said = Text(zh=f"“{wrong[0]}”的写法不对", en=f"`{wrong[0]}` is not as it is written")
        raise _malformed(named, said)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53


def _is_check(found: Any) -> bool:
    """Answer whether this is what `check_on_held_out` returns."""
    if not isinstance(found, dict) or not all(
        _is_weight(found.get(name)) for name in ("auto_weight", "review_weight")
    ):
        return False
    for kind in KINDS:
        of = found.get(kind)
        if not isinstance(of, dict) or not _is_count(of.get("pairs")):
            return False
        if not all(isinstance(of.get(at), dict) and _is_rate(of[at]) for at in ("auto", "review")):
            return False
    return True


def _is_weight(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -100 <= value <= 100


def _is_rate(rate: dict[str, Any]) -> bool:
    ends = [rate.get(end) for end in ("value", "low", "high")]
    is_empty = all(end is None for end in ends)
    return _is_count(rate.get("count")) and (
        is_empty
        or all(_is_weight(end) and 0 <= end <= 1 for end in ends if end is not None)
        and None not in ends
    )


def _check_question(given: Any, question: Question, named: str) -> None:
    if not isinstance(given, dict):
        raise _malformed(
            named, Text(zh=f"缺问题“{question.word}”", en=f"the question `{question.word}` is missing")
        )
    words = {level.word for level in question.levels}
    if set(given) != words:
        at = f"{question.word}.{sorted(map(str, set(given) ^ words))[0][:40]}"
        raise _malformed(
            named, Text(zh=f"回答“{at}”缺失或多余", en=f"the answer `{at}` is missing or unknown")
        )
    for word, values in given.items():
        if not (isinstance(values, list) and len(values) == 2 and all(map(_is_share, values))):
            at = f"{question.word}.{word}"
            raise _malformed(
                named,
                Text(
                    zh=f"“{at}”应是两个大于0、不超过1的数",
                    en=f"`{at}` is not two numbers above 0 and at most 1",
                ),
            )


def _is_share(value: Any, below_one: bool = False) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and LEAST <= value <= 1 and not (below_one and value == 1)


def _malformed(named: str, why: Text) -> Refused:
    said = Text(
        zh=f"“{named}”不是可用的比对模型:{why.zh}。请用 --learn 或 jiandi link-model 写出的文件,不要手工改。",
        en=f"{named} is not a usable linkage model: {why.en}. Give a file as --learn or jiandi link-model wrote it, unedited.",
    )
    return Refused("link.model_malformed", said)


_PROFILE = Text(
    zh="“{file}”是 {of} 方案的模型,不能用于 {profile} 方案:两者问的问题不同。请换一个模型,或改 --profile。",
    en="{file} is a model of the profile {of} and cannot be used for {profile}: they ask other questions. Give another model, or another --profile.",
)
