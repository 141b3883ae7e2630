"""The main job on a county's own data: init, places, rosters, link, check, plan."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from jiandi.commands import linkfiles
from jiandi.commands.linkfiles import add_link
from jiandi.commands.terminal import acting_officer, add_common, language_of, show, stage
from jiandi.commands.wording import RULE_STATES
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, setting_up
from jiandi.rooms.access.models import Installation, Officer, Unit
from jiandi.rooms.checks import actions as checks
from jiandi.rooms.checks import packs
from jiandi.rooms.intake import queries as intake
from jiandi.rooms.places import actions as places
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions as register
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Campaign


def add_commands(commands: Any) -> None:
    """Add the commands."""
    _add_set_up(commands)
    _add_rosters(commands)
    _add_work(commands)


def _add_set_up(commands: Any) -> None:
    init = commands.add_parser(
        "init", help="新建:库、第一位管理员、人员表 · database, first administrator, officers"
    )
    init.add_argument(
        "--places", type=Path, required=True, help="区划表文件夹 · folder of division tables (CSV)"
    )
    init.add_argument("--county", required=True, help="县级代码,如 990101 · county code")
    init.add_argument("--admin", required=True, help="管理员姓名 · the administrator's name")
    init.add_argument("--officers", type=Path, help="单位和人员 Excel · units and officers (Excel)")
    add_common(init, acts=False)
    init.set_defaults(run=run_init)

    place = commands.add_parser("places", help="区划与门牌 · divisions and doors")
    verbs = place.add_subparsers(dest="verb", required=True, metavar="VERB")
    imported = verbs.add_parser("import", help="导入区划表或门牌表 · import division tables or doors")
    imported.add_argument("path", type=Path, help="文件夹(区划)或 CSV(门牌)· a folder or a CSV of doors")
    add_common(imported)
    imported.set_defaults(run=run_places_import)


def _add_rosters(commands: Any) -> None:
    roster = commands.add_parser("roster", help="部门名册 · departments' rosters")
    verbs = roster.add_subparsers(dest="verb", required=True, metavar="VERB")
    deliver = verbs.add_parser("deliver", help="接收一个或多个文件 · deliver files")
    deliver.add_argument("files", type=Path, nargs="+")
    deliver.add_argument("--unit", required=True, help="提供单位名称 · the delivering unit's name")
    deliver.add_argument(
        "--reference", type=date.fromisoformat, required=True, help="数据截至日 · as of (YYYY-MM-DD)"
    )
    deliver.add_argument("--kind", help="名册种类(不写则自动识别)· kind, guessed when left out")
    deliver.add_argument(
        "--map", dest="columns", action="append", metavar="FIELD=列名", type=_pair,
        help="哪一列是什么,如 name=姓名 或 name=#2;可写多次,没写的栏目不读 · which column holds a field, by heading or number; "
        "repeat it, fields left out stay unread",
    )  # fmt: skip
    add_common(deliver)
    deliver.set_defaults(run=run_deliver)
    listed = verbs.add_parser("list", help="已接收的名册 · rosters received")
    add_common(listed, acts=False)
    listed.set_defaults(run=run_list)


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not (field and sign and column):
        raise argparse.ArgumentTypeError(f"{text!r}: FIELD=列名, 如 · for example name=姓名")
    return field.strip(), column.strip()


def _add_work(commands: Any) -> None:
    authorise = commands.add_parser(
        "authorise", help="登记比对授权书(专班负责人)· record the written authorisation to link (the lead)"
    )
    authorise.add_argument("number", help="授权书编号 · its number")
    authorise.add_argument("--purpose", required=True, help="目的 · what for")
    authorise.add_argument("--until", type=date.fromisoformat, required=True, help="截止日 · until")
    authorise.add_argument("--issued-by", required=True, help="签发单位 · the unit that issued it")
    authorise.add_argument("--signed-by", required=True, help="签发人姓名 · who signed it")
    authorise.add_argument("--office", required=True, help="签发人职务 · the signer's office")
    authorise.add_argument(
        "--kind",
        action="append",
        default=[],
        help="授权的名册种类,可写多次;不写为全部 · kind it covers, repeat it; all when left out",
    )
    authorise.add_argument(
        "--document", type=Path, help="签字盖章的文件(PDF、JPG、PNG)· the signed document (PDF, JPG, PNG)"
    )
    add_common(authorise)
    authorise.set_defaults(run=run_authorise)

    add_link(commands).set_defaults(run=run_link)

    check = commands.add_parser(
        "check", help="运行核对规则(源码目录下用 ./jiandi rules)· run the rules (./jiandi rules)"
    )
    add_common(check)
    check.set_defaults(run=run_check)

    plan = commands.add_parser("plan", help="开一轮排查并排好每天走哪些门 · open a round and plan its doors")
    plan.add_argument("--title", default="全覆盖走访", help="标题 · title")
    plan.add_argument("--reference", type=date.fromisoformat, required=True, help="基准日 · reference date")
    plan.add_argument("--starts", type=date.fromisoformat, required=True)
    plan.add_argument("--ends", type=date.fromisoformat, required=True)
    add_common(plan)
    plan.set_defaults(run=run_plan)


def county() -> Place:
    """Return the installation's county, or say that `jiandi init` comes first."""
    installation = Installation.objects.select_related("county").filter(pk=1).first()
    if installation is None or installation.county is None:
        raise Refused("init.missing", Text(zh="请先运行 jiandi init。", en="Run jiandi init first."))
    return installation.county


def run_init(arguments: argparse.Namespace) -> int:
    """Make the database, the places, the first administrator; read the officers' table; may be run again."""
    call_command("migrate", verbosity=0)
    made = setting_up.set_up(
        at=clock.now(),
        places_folder=arguments.places,
        county_code=arguments.county,
        admin_name=arguments.admin,
        officers_file=arguments.officers,
    )
    show(arguments, made)
    return 0


def run_places_import(arguments: argparse.Namespace) -> int:
    """Import a folder of division tables, or a CSV of doors."""
    by, language = acting_officer(arguments), language_of(arguments)
    with stage(Text(zh="导入地区", en="Import places"), language) as bar:
        if arguments.path.is_dir():
            count = places.import_divisions(by=by, at=clock.now(), folder=arguments.path, progress=bar)
        else:
            count = places.import_dwellings(by=by, at=clock.now(), file=arguments.path, progress=bar)
        bar.close(str(count))
    show(arguments, {"imported": count})
    return 0


def _unit(name: str) -> Unit:
    found = Unit.objects.filter(name=name).first()
    if found is None:
        near = "、".join(Unit.objects.filter(name__contains=name[:4]).values_list("name", flat=True)[:5])
        raise Refused(
            "access.unknown_unit",
            Text(
                zh=f"没有名为“{name}”的单位。相近的:{near or '无'}。",
                en=f"No unit is called “{name}”. Near: {near or 'none'}.",
            ),
        )
    return found


def run_deliver(arguments: argparse.Namespace) -> int:
    """Deliver files one by one; one that is refused does not stop the others. Files that wait for a person count as done."""
    by, unit, language = acting_officer(arguments), _unit(arguments.unit), language_of(arguments)
    results = [_deliver_one(arguments, file, by, unit, language) for file in arguments.files]
    lines = [
        f"{r['file']}: {r['state']} {r.get('kind', '')} {r.get('why', '')} {r.get('accepted', '')}"
        for r in results
    ]
    show(arguments, {"files": results}, lines)
    return 1 if any(r["state"] == "refused" for r in results) else 0


def _deliver_one(
    arguments: argparse.Namespace, file: Path, by: Officer, unit: Unit, language: str
) -> dict[str, Any]:
    columns = dict(arguments.columns or ()) or None
    try:
        roster = register.deliver(
            by=by, at=clock.now(), unit=unit, file_name=file.name, content=file,
            reference_on=arguments.reference, kind=arguments.kind, mapping=columns,
        )  # fmt: skip
    except Refused as refusal:
        return {
            "file": file.name,
            "state": "refused",
            "code": refusal.code,
            "why": refusal.text.say(language),
        }
    except OSError as problem:
        return {
            "file": file.name,
            "state": "refused",
            "code": "register.unreadable",
            "why": problem.strerror,
        }
    why = {"code": roster.refusal["code"], "why": roster.refusal[language]} if roster.refusal else {}
    return {
        "file": file.name,
        "roster": roster.pk,
        "kind": roster.kind,
        "state": roster.state,
        **roster.report,
        **why,
    }


def run_list(arguments: argparse.Namespace) -> int:
    """List what was delivered."""
    rows = [
        {
            "roster": r.pk,
            "file": r.file_name,
            "unit": r.unit.name,
            "kind": r.kind,
            "state": r.state,
            **r.report,
        }
        for r in Roster.objects.select_related("unit").order_by("pk")
    ]
    show(
        arguments,
        {"rosters": rows},
        [f"{r['roster']:>4} {r['state']:<10} {r['kind']:<16} {r['file']} ({r['unit']})" for r in rows],
    )
    return 0


def run_authorise(arguments: argparse.Namespace) -> int:
    """Record who permitted the rosters to be compared, for what and how long; the lead does this, the steward links."""
    at, file = clock.now(), arguments.document
    if file is not None and not file.is_file():
        raise Refused(
            "register.document_missing",
            Text(zh=f"没有这个文件:{file}", en=f"There is no such file: {file}"),
        )
    made = register.authorise(
        by=acting_officer(arguments), at=at, number=arguments.number, issued_by=arguments.issued_by,
        signed_by=arguments.signed_by, signed_office=arguments.office, purpose=arguments.purpose,
        starts_on=timezone.localdate(at), ends_on=arguments.until, kinds=arguments.kind,
        document=register.Paper(file.name, file.read_bytes()) if file else None,
    )  # fmt: skip
    lasts = {"authorisation": made.number, "from": made.starts_on, "until": made.ends_on}
    covers = {"kinds": made.kinds or "all", "document": made.document_sha256 or "no document attached"}
    show(arguments, lasts | covers)
    return 0


def run_link(arguments: argparse.Namespace) -> int:
    """Link all delivered rosters under a written authorisation; where files are named, link those instead."""
    if arguments.files or not arguments.authorisation:
        return linkfiles.run(arguments)
    if arguments.model or arguments.learn:
        raise Refused("link.model_of_county", _MODEL_OF_COUNTY)
    by, at, language = acting_officer(arguments), clock.now(), language_of(arguments)
    authorisation = Authorisation.objects.filter(number=arguments.authorisation).first()
    if authorisation is None:
        raise Refused(
            "register.unknown_authorisation",
            Text(
                zh=f"授权书“{arguments.authorisation}”尚未登记。请专班负责人先登记:jiandi authorise。",
                en=f"The authorisation “{arguments.authorisation}” is not recorded yet. The lead records it first: jiandi authorise.",
            ),
        )
    with stage(Text(zh="比对", en="Link"), language) as bar:
        run = register.link(by=by, at=at, authorisation=authorisation, anew=arguments.anew, progress=bar)
        bar.close("")
    show(arguments, {"run": run.pk, **run.report})
    return 0


_MODEL_OF_COUNTY = Text(
    zh="--model 和 --learn 只用于比对文件。登记册用哪个模型由两人决定:jiandi link-model。",
    en="--model and --learn are for files. Which model the register uses is decided by two people: jiandi link-model.",
)


def run_check(arguments: argparse.Namespace) -> int:
    """Run every rule that the delivered records allow."""
    by, language = acting_officer(arguments), language_of(arguments)
    with stage(Text(zh="核对", en="Check"), language) as bar:
        # As at night: without the public's reports, questions that rest on them would be marked as gone.
        run = checks.run_checks(
            by=by, at=clock.now(), also=(intake.snapshot,), report_walls=intake.wall_ids, progress=bar
        )
        bar.close("")
    shelf = packs.shelf()
    show(
        arguments,
        {"rules": run.report},
        [_rule_line(line, shelf, language) for line in run.report],
    )
    return 0


def _rule_line(line: dict[str, Any], shelf: packs.Shelf, language: str) -> str:
    """Say what became of one rule: its name, how often it asked, and why it did not run where it did not."""
    asked = f"{line['count']:,}" if line["state"] == "ran" else RULE_STATES[line["state"]].say(language)
    why = f"  ({line[language]})" if line[language] else ""
    title = shelf.of(line["rule"]).title.say(language)
    return f"{line['rule']:<4} {title}: {asked}{why}"


def run_plan(arguments: argparse.Namespace) -> int:
    """Open a round over the county and plan its doors."""
    by, at, language = acting_officer(arguments), clock.now(), language_of(arguments)
    title = Text(zh=arguments.title, en=arguments.title)
    campaign = Campaign.objects.filter(title_zh=arguments.title, starts_on=arguments.starts).first()
    campaign = campaign or screening.open_campaign(
        by=by, at=at, place=county(), title=title, reference_on=arguments.reference, starts_on=arguments.starts,
        ends_on=arguments.ends,
    )  # fmt: skip
    with stage(Text(zh="排走访", en="Plan visits"), language) as bar:
        count = screening.plan_tasks(by=by, at=at, campaign=campaign, progress=bar)
        bar.close(f"{count:,}")
    show(arguments, {"campaign": campaign.pk, "doors": count})
    return 0
