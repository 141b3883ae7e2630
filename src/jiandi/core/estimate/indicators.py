"""What is looked at in a worker's visits, and how each finding reads: relative to colleagues, never a verdict.

An indicator's direction is "more of this is less like a visit made in person". Which indicators matter follows the
literature on fabricated interviews: times and places, too little spread, too little found; digit tests do not help.
(Kuriakose-Robbins; Birnbaum 2013; Schwanhäuser 2022; De Haas-Winker.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jiandi.core.values import Text

Kind = Literal["mean", "low_mean", "either", "spread", "top_share"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing looked at: the feature of a visit it is made from, how, and the words for a worker who stands out.

    `kind`: the mean over visits ("mean": high, "low_mean": low, "either": both are unusual), the spread over visits (unusual
    both ways: made-up visits are too even, a mix of made-up and real ones too uneven), or the commonest pattern's share.
    `least` is the smallest difference that is ever worth mentioning, in the feature's unit. `shown_as` turns the
    aggregate into what is printed.
    """

    name: str
    feature: str
    kind: Kind
    least: float
    shown_as: Literal["minutes", "seconds", "metres", "percent", "times", "ratio"]
    text: Text


#: How an indicator's words end: one worker's figure beside the others'; filled where a worker is spoken of, else taken off.
FIGURES = Text(zh="(本人{own},同行{peers})", en=" (own {own}, colleagues {peers})")


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh + FIGURES.zh, en=en + FIGURES.en)


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "short_visits", "log_minutes", "low_mean", 0.15, "minutes", _text("走访用时偏短", "visits are short")
    ),
    Indicator(
        "short_gaps",
        "log_gap",
        "low_mean",
        0.2,
        "minutes",
        _text("两户之间间隔偏短", "little time between homes"),
    ),
    Indicator(
        "far_away",
        "log_metres",
        "mean",
        0.3,
        "metres",
        _text("定位离住处偏远", "positions are far from the homes"),
    ),
    Indicator(
        "overlaps", "overlaps", "mean", 0.01, "percent", _text("走访时间互相重叠", "visits overlap in time")
    ),
    Indicator(
        "too_fast",
        "too_fast",
        "mean",
        0.01,
        "percent",
        _text("两户间移动快于每小时80公里", "moves faster than 80 km/h"),
    ),
    Indicator(
        "same_spot",
        "same_spot",
        "mean",
        0.03,
        "percent",
        _text("多户定位完全相同", "one position for several homes"),
    ),
    Indicator(
        "same_minute",
        "same_minute",
        "mean",
        0.01,
        "percent",
        _text("同一分钟开始多户", "several homes started in one minute"),
    ),
    Indicator(
        "odd_hours",
        "odd_hours",
        "mean",
        0.03,
        "percent",
        _text("清晨或深夜走访", "visits at night or before dawn"),
    ),
    Indicator(
        "photo_again", "photo_again", "mean", 0.01, "percent", _text("照片重复使用", "photos used again")
    ),
    Indicator(
        "photo_alike",
        "photo_alike",
        "mean",
        0.01,
        "percent",
        _text("照片与别处的照片几乎相同", "photos nearly the same as at another door"),
    ),
    Indicator(
        "few_words",
        "has_words",
        "low_mean",
        0.05,
        "percent",
        _text("很少记下本人的话", "people's own words seldom written down"),
    ),
    Indicator(
        "few_needs",
        "has_need",
        "low_mean",
        0.05,
        "percent",
        _text("很少记下需求或险情", "needs or dangers seldom found"),
    ),
    Indicator(
        "always_in",
        "no_contact",
        "low_mean",
        0.05,
        "percent",
        _text("几乎户户有人", "hardly ever nobody at home"),
    ),
    Indicator(
        "none_unlisted",
        "has_unlisted",
        "low_mean",
        0.02,
        "percent",
        _text("很少发现名册外的人", "people on no list seldom found"),
    ),
    Indicator(
        "spread_minutes",
        "log_minutes",
        "spread",
        0.08,
        "ratio",
        _text("各户用时的参差与同行不同", "visit lengths vary unlike colleagues'"),
    ),
    Indicator(
        "spread_gaps",
        "log_gap",
        "spread",
        0.1,
        "ratio",
        _text("间隔的参差与同行不同", "times between homes vary unlike colleagues'"),
    ),
    Indicator(
        "spread_metres",
        "log_metres",
        "spread",
        0.1,
        "ratio",
        _text("定位偏差的参差与同行不同", "distances from homes vary unlike colleagues'"),
    ),
    Indicator(
        "spread_hours",
        "hour",
        "spread",
        0.3,
        "ratio",
        _text("时段的参差与同行不同", "hours of the day vary unlike colleagues'"),
    ),
    Indicator(
        "spread_people",
        "n_people",
        "spread",
        0.1,
        "ratio",
        _text("每户登记人数的参差与同行不同", "people recorded per home vary unlike colleagues'"),
    ),
    Indicator(
        "spread_needs",
        "n_needs",
        "spread",
        0.1,
        "ratio",
        _text("每户需求数的参差与同行不同", "needs found per home vary unlike colleagues'"),
    ),
    Indicator(
        "alike",
        "pattern",
        "top_share",
        0.05,
        "percent",
        _text("各户填写几乎相同", "answers are nearly the same in every home"),
    ),
    # From the form's own log, where a telephone keeps one; without it nothing is known and nothing counts.
    Indicator(
        "short_items",
        "item_seconds",
        "low_mean",
        0.15,
        "seconds",
        _text("每题用时偏短", "little time per question"),
    ),
    Indicator(
        "even_items",
        "item_spread",
        "low_mean",
        0.05,
        "ratio",
        _text("各题用时过于平均", "time per question hardly varies"),
    ),
    Indicator(
        "few_edits",
        "item_edits",
        "low_mean",
        0.02,
        "percent",
        _text("很少改动答案", "answers seldom changed"),
    ),
    Indicator(
        "few_returns",
        "item_returns",
        "low_mean",
        0.02,
        "percent",
        _text("很少回看前题", "seldom goes back to a question"),
    ),
    Indicator(
        "jumps",
        "item_jumps",
        "either",
        0.2,
        "times",
        _text("跳题次数与同行不同", "jumps between questions unlike colleagues'"),
    ),
    Indicator(
        "away",
        "away",
        "mean",
        0.05,
        "percent",
        _text("填表中途搁置偏久", "the form lies aside for much of the time"),
    ),
    Indicator(
        "resumed",
        "resumed",
        "mean",
        0.05,
        "percent",
        _text("表单离开后再续填", "forms are left and taken up again"),
    ),
    Indicator(
        "form_errors",
        "form_errors",
        "either",
        0.1,
        "times",
        _text("表单提示有误的次数与同行不同", "corrections asked for by the form unlike colleagues'"),
    ),
    Indicator(
        "form_far_away",
        "log_form_metres",
        "mean",
        0.3,
        "metres",
        _text("填表时定位离住处偏远", "forms are filled in far from the homes"),
    ),
    Indicator(
        "mock_place",
        "mock_place",
        "mean",
        0.01,
        "percent",
        _text("定位由其他程序提供", "positions come from another app"),
    ),
)
