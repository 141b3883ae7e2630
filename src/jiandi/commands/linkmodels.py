"""`jiandi link-model`: learn the county's own linkage model, read its card, see what it would change, take it into use."""

from __future__ import annotations

import argparse
from typing import Any

from jiandi.commands.terminal import acting_officer, add_common, language_of, show
from jiandi.core.linkage import card_figures, card_lines
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.register import actions as register
from jiandi.rooms.register import queries_models
from jiandi.rooms.register.models import Authorisation
from jiandi.rooms.register.models_linking import LinkModel

SHIPPED = "shipped"


def add_commands(commands: Any) -> None:
    """Add the command and its verbs."""
    parser = commands.add_parser(
        "link-model", help="本县自己的比对模型:学习、看卡、看差异、采用 · the county's own linkage model"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    train = verbs.add_parser(
        "train", help="从名册学习并保存,尚不采用(数据专员)· learn from the rosters and store (steward)"
    )
    _under(train)
    _finish(train, run_train)
    _finish(verbs.add_parser("list", help="有哪些模型,哪个在用 · the models there are"), run_list)
    card = verbs.add_parser("show", help="模型卡 · a model's card")
    card.add_argument("number", type=int, help="编号 · its number")
    _finish(card, run_show)
    report = verbs.add_parser(
        "report", help="会改变什么,不移动任何人(数据专员)· what it would change; moves nobody (steward)"
    )
    report.add_argument("number", type=int, help="编号 · its number")
    _under(report)
    _finish(report, run_report)
    use = verbs.add_parser(
        "use", help="采用,须非学习者本人(负责人);shipped 改回随附模型 · take into use, by another than learnt it (lead)"
    )  # fmt: skip
    use.add_argument("number", help="编号,或 shipped · its number, or shipped for the one that came along")
    _finish(use, run_use)


def _under(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--authorisation", required=True, help="比对授权书编号 · number of the written authorisation"
    )


def _finish(parser: argparse.ArgumentParser, run: Any) -> None:
    add_common(parser)
    parser.set_defaults(run=run)


def _authorisation(number: str) -> Authorisation:
    found = Authorisation.objects.filter(number=number).first()
    if found is None:
        raise Refused("register.unknown_authorisation", _NO_AUTHORISATION.filled(number=number))
    return found


def _model(number: str | int) -> LinkModel:
    known = LinkModel.objects.filter(county_id=queries_models.county_id())
    found = known.filter(number=int(number)).first() if str(number).isdecimal() else None
    if found is None:
        there = ", ".join(str(one) for one in known.order_by("number").values_list("number", flat=True))
        raise Refused("register.unknown_model", _NO_MODEL.filled(number=number, there=there or "-"))
    return found


def run_train(arguments: argparse.Namespace) -> int:
    """Learn from the rosters an authorisation covers; print the card."""
    model = register.train_model(
        by=acting_officer(arguments), at=clock.now(), authorisation=_authorisation(arguments.authorisation)
    )
    return _show_card(arguments, model)


def run_list(arguments: argparse.Namespace) -> int:
    """List the models, the one in use marked."""
    permit(acting_officer(arguments), "register.read_model", at=clock.now())
    language, used = language_of(arguments), queries_models.in_use()
    models = list(LinkModel.objects.select_related("learnt_by", "adopted_by").order_by("number"))
    figures = {
        "in_use": queries_models.name_of(used),
        "models": [
            {
                "number": one.number, "sha256": one.sha256, "labels": one.labels, "learnt_at": one.learnt_at,
                "learnt_by": one.learnt_by.username, "state": one.state.en, "adopted_at": one.adopted_at,
                "retired_at": one.retired_at,
            }
            for one in models
        ],
    }  # fmt: skip
    lines = [_USED.filled(name=queries_models.name_of(used)).say(language)]
    lines += [
        f"{one.number:>4}  {one.sha256[:8]}  {one.labels:>9,}  {one.learnt_at:%Y-%m-%d}  {one.state.say(language)}"
        for one in models
    ]
    show(arguments, figures, lines)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print a model's card."""
    permit(acting_officer(arguments), "register.read_model", at=clock.now())
    return _show_card(arguments, _model(arguments.number))


def _show_card(arguments: argparse.Namespace, model: LinkModel) -> int:
    card, language = queries_models.card_of(model), language_of(arguments)
    figures = {"number": model.number, "state": model.state.en, **card_figures(card), "report": model.report}
    head = _HEAD.filled(number=model.number).say(language) + model.state.say(language)
    show(arguments, figures, [head, *card_lines(card, language)])
    return 0


def run_report(arguments: argparse.Namespace) -> int:
    """Work out what a model would change against the one in use."""
    model = register.compare_model(
        by=acting_officer(arguments), at=clock.now(), model=_model(arguments.number),
        authorisation=_authorisation(arguments.authorisation),
    )  # fmt: skip
    said = {name: f"{model.report[name]:,}" for name in _COUNTS}
    decided = {name: f"{model.report['decided'][name]:,}" for name in ("decided", "alone_after")}
    show(arguments, model.report, [_REPORT.filled(**said, **decided).say(language_of(arguments))])
    return 0


def run_use(arguments: argparse.Namespace) -> int:
    """Take a model into use, or go back to the shipped one; the next match run uses it."""
    by, at, used = acting_officer(arguments), clock.now(), queries_models.in_use()
    if arguments.number != SHIPPED:
        register.adopt_model(by=by, at=at, model=_model(arguments.number))
    elif used is not None:
        register.retire_model(by=by, at=at, model=used)
    now = queries_models.name_of(queries_models.in_use())
    show(arguments, {"in_use": now}, [_USED.filled(name=now).say(language_of(arguments))])
    return 0


_COUNTS = (
    "records", "rows_moved", "parted", "joined", "people_before", "people_after", "reviews_new", "reviews_gone",
)  # fmt: skip
_NO_AUTHORISATION = Text(
    zh="授权书“{number}”尚未登记。请专班负责人先登记:jiandi authorise。",
    en="The authorisation “{number}” is not recorded yet. The lead records it first: jiandi authorise.",
)
_NO_MODEL = Text(
    zh="没有{number}号模型,有:{there}。用 jiandi link-model list 查看。",
    en="There is no model {number}; there are: {there}. See jiandi link-model list.",
)
_USED = Text(zh="在用:{name}", en="In use: {name}")
_HEAD = Text(zh="{number}号模型:", en="Model {number}: ")
_REPORT = Text(
    zh="{records}行中{rows_moved}行会改归他人;{parted}人会被拆开,{joined}人会与他人合并({people_before}人→{people_after}人);"
    "新增待判定{reviews_new}对,不再待判定{reviews_gone}对。人工判定过{decided}对,只凭此模型会有{alone_after}对不同;判定不变。没有移动任何人。",
    en="{rows_moved} of {records} rows would be with another person; {parted} people would be parted, {joined} put together with another "
    "({people_before} people → {people_after}); {reviews_new} pairs would newly wait, {reviews_gone} no longer. Of {decided} pairs people decided on "
    "this model by itself would say otherwise of {alone_after}; the decisions stand. Nobody was moved.",
)
