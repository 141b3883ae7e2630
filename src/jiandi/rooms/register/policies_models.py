"""What the state of the county's models allows: each refusal a sentence."""

from __future__ import annotations

from jiandi.core.linkage import FEWEST_LABELS
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.register import queries_models
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_linking import LinkModel


def few_labels(labels: int) -> Refused:
    """Return the refusal of a county whose rosters hold too few labels: the shipped model is better."""
    return Refused(
        "register.few_labels",
        Text(
            zh=f"各份名册中号码相同且有效的行只有{labels:,}对可学,至少要{FEWEST_LABELS:,}对。随附的模型比从这么少的行学来的更好,继续用它;名册多了再学。",
            en=f"The rosters hold {labels:,} pairs of rows with one valid number to learn from; it takes {FEWEST_LABELS:,}. The shipped model is better than one learnt from so few: go on with it, and learn when there are more rosters.",
        ),
    )


def check_not_known(sha256: str) -> None:
    """A model that says the same as one at hand is not stored a second time."""
    known = LinkModel.objects.filter(sha256=sha256, retired_at__isnull=True).first()
    if known is not None:
        raise Refused(
            "register.model_conflict",
            Text(
                zh=f"学到的与{known.number}号模型完全相同,不重复保存。请直接看{known.number}号。",
                en=f"What was learnt is model {known.number} again; it is not stored twice. Look at model {known.number}.",
            ),
        )


def check_other_than_learner(model: LinkModel, by: Officer) -> None:
    """Who taught the model does not take it into use: it changes for everybody who counts as one person."""
    if model.learnt_by_id == by.pk:
        raise Refused(
            "register.model_needs_another",
            Text(
                zh="这个模型是您自己学习得来的。模型决定哪些行算同一人,须由另一位负责人采用。",
                en="You learnt this model yourself. It decides which rows count as one person, so somebody else must take it into use.",
            ),
        )


def check_not_used_before(model: LinkModel) -> None:
    """A model is taken into use once; one that was retired is learnt again."""
    if model.adopted_at is not None:
        now = model.state
        raise Refused(
            "register.model_used_conflict",
            Text(
                zh=f"{model.number}号模型{now.zh},不能再采用。需要时请重新学习。",
                en=f"Model {model.number}: {now.en.lower()}. It cannot be taken into use again; learn a new one when needed.",
            ),
        )


def check_in_use(model: LinkModel) -> None:
    """Only the model in use can be retired."""
    if not model.is_in_use:
        raise Refused(
            "register.model_not_in_use",
            Text(
                zh=f"{model.number}号模型{model.state.zh},没有在用,不必停用。",
                en=f"Model {model.number} is not in use and need not be retired.",
            ),
        )


def check_report(model: LinkModel, rosters: list[Roster]) -> None:
    """Nobody takes a model into use without having seen what it would change, over the rosters as they are."""
    if model.reported_at is None:
        raise Refused(
            "register.model_report_missing",
            Text(
                zh="还不知道这个模型会改变什么。请数据专员先做差异报告,看过再采用。",
                en="What this model would change is not known yet. Have the steward make its difference report, look at it, then adopt.",
            ),
        )
    if not queries_models.is_report_fresh(model, rosters):
        raise Refused(
            "register.model_report_stale",
            Text(
                zh="差异报告做好以后,名册或在用的模型变了,报告不再作数。请重做差异报告再采用。",
                en="Rosters, or the model in use, changed after the difference report was made: it no longer holds. Make the report again, then adopt.",
            ),
        )
    if model.report.get("canaries_merged") or model.report["decided"]["broken"]:
        raise Refused(
            "register.model_unsafe",
            Text(
                zh="用这个模型会把预设的不同人合成一人,或改动人工的判定,不能采用。",
                en="With this model people who are known to differ would be made one, or people's decisions broken. It cannot be adopted.",
            ),
        )
