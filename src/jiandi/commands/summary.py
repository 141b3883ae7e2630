"""One screen of what the main job came to. Everything is read back from the rooms, also what is bad."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, Sum

from jiandi.commands.mainjob import NOW
from jiandi.commands.wording import counted
from jiandi.core.values import Text
from jiandi.rooms.access import journal
from jiandi.rooms.access.models import Grant
from jiandi.rooms.access.roles import ROLES
from jiandi.rooms.access.setting_up import DEMO_PASSWORD
from jiandi.rooms.accountability.finding import KINDS
from jiandi.rooms.accountability.models import CommitmentState, Fault
from jiandi.rooms.accountability.states import PROMISE_WORDS
from jiandi.rooms.assurance.models import Certificate, Suspicion
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.cases.states import CASE_WORDS
from jiandi.rooms.checks.models import Alert, Run
from jiandi.rooms.checks.states import CLASSES
from jiandi.rooms.register.models import COUNTED, Household, Person, Record, ReviewPair, Roster
from jiandi.rooms.screening.models import Coverage

COVERAGE = (
    "doors",
    "doors_visited",
    "listed",
    "unlisted_found",
    "seen",
    "seen_alone",
    "alone_needed",
    "alone_done",
    "excused",
)


def figures() -> dict[str, Any]:
    """Return the figures of the screen."""
    sums = Coverage.objects.aggregate(**{name: Sum(name) for name in COVERAGE})
    certificate = Certificate.objects.order_by("-pk").first()
    checkpoint = journal.latest()
    run = Run.objects.order_by("-pk").first()
    alerts = Alert.objects.filter(gone_at__isnull=True)
    return {
        "rosters": Roster.objects.filter(state="read").count(),
        "records": Record.objects.count(),
        "people": Person.objects.filter(COUNTED).count(),
        "households": Household.objects.count(),
        "pairs_in_doubt": ReviewPair.objects.filter(state="open").count(),
        "coverage": {name: int(sums[name] or 0) for name in COVERAGE},
        "alerts": dict(alerts.values_list("rule").annotate(n=Count("pk")).order_by("rule")),
        "alert_classes": dict(
            alerts.values_list("rule_class").annotate(n=Count("pk")).order_by("rule_class")
        ),
        "rules_not_run": [line["rule"] for line in run.report if line["state"] != "ran"] if run else [],
        "cases": dict(Case.objects.values_list("state").annotate(n=Count("pk")).order_by("state")),
        "referrals_late": Referral.objects.filter(
            Q(answered_at__isnull=True, due_at__lt=NOW) | Q(answered_at__gt=F("due_at"))
        ).count(),
        "referrals": Referral.objects.count(),
        "workers_flagged": Suspicion.objects.filter(is_flagged=True).count(),
        "faults": dict(Fault.objects.values_list("kind").annotate(n=Count("pk")).order_by("kind")),
        "certificate": {"zh": certificate.sentence_zh, "en": certificate.sentence_en}
        if certificate
        else None,
        "commitments": dict(
            CommitmentState.objects.values_list("state").annotate(n=Count("pk")).order_by("state")
        ),
        "log_size": checkpoint.size if checkpoint else 0,
        "log_root": bytes(checkpoint.root).hex() if checkpoint else "",
    }


LABELS: dict[str, Text] = {
    "rosters": Text(zh="名册", en="Rosters"),
    "people": Text(zh="登记在册", en="People known"),
    "doors": Text(zh="门", en="Doors"),
    "seen": Text(zh="本人见到", en="Seen in person"),
    "alone": Text(zh="重点人群单独见到", en="Protected, seen alone"),
    "alerts": Text(zh="疑点", en="Alerts"),
    "cases": Text(zh="个案(按状态)", en="Cases by state"),
    "referrals": Text(zh="转办", en="Requests to units"),
    "suspected": Text(zh="建议优先复核", en="Re-visit first"),
    "faults": Text(zh="四类问题", en="Four faults"),
    "certificate": Text(zh="见底凭证", en="Certificate"),
    "commitments": Text(zh="承诺台账", en="Commitments"),
    "log": Text(zh="日志", en="Log"),
    "time": Text(zh="用时", en="Time"),
}


def page(shown: dict[str, Any], stages: list[dict[str, Any]], language: str) -> str:
    """Return the screen as lines of text."""
    zh = language == "zh"
    cover = shown["coverage"]
    whole = cover["listed"] + cover["unlisted_found"]
    seconds = sum(stage["seconds"] for stage in stages)
    peak = max((stage["peak_mb"] for stage in stages), default=0)
    lines = {
        "rosters": f"{shown['rosters']} · {shown['records']:,} " + ("条记录" if zh else "records"),
        "people": f"{shown['people']:,} · {shown['households']:,} " + ("户" if zh else "households")
        + f" · {shown['pairs_in_doubt']:,} " + ("对存疑待判" if zh else "pairs in doubt"),
        "doors": f"{cover['doors_visited']:,} / {cover['doors']:,}",
        "seen": f"{cover['seen']:,} / {whole:,} = {cover['listed']:,} " + ("名册内" if zh else "listed")
        + f" + {cover['unlisted_found']:,} " + ("名册外发现" if zh else "found on no list"),
        "alone": f"{cover['alone_done']:,} / {cover['alone_needed']:,}",
        "alerts": counted(shown["alert_classes"], CLASSES, language) + (f"  ({'未运行' if zh else 'not run'}: {' '.join(shown['rules_not_run'])})" if shown["rules_not_run"] else ""),
        "cases": counted(shown["cases"], CASE_WORDS, language),
        "referrals": f"{shown['referrals']} · {shown['referrals_late']} " + ("超时" if zh else "late"),
        "suspected": f"{shown['workers_flagged']} " + ("人的走访" if zh else "workers' visits"),
        "faults": counted(shown["faults"], KINDS, language),
        "certificate": (shown["certificate"] or {}).get(language, "—"),
        "commitments": counted(shown["commitments"], PROMISE_WORDS, language),
        "log": f"{shown['log_size']:,} · {shown['log_root']}",
        "time": f"{seconds:.0f} s · {peak:,} MB",
    }  # fmt: skip
    return "\n" + "\n".join(f"  {LABELS[name].say(language)}: {line}" for name, line in lines.items()) + "\n"


def log_ins(port: int, language: str) -> str:
    """Return the console's address and one demonstration log-in for each role."""
    lines = [Text(zh="控制台", en="Console").say(language) + f": http://127.0.0.1:{port}/"]
    lines.append(Text(zh="密码都是", en="every password is").say(language) + f" {DEMO_PASSWORD}")
    for role, name in ROLES.items():
        grant = (
            Grant.objects.filter(role=role, officer__is_demo=True)
            .select_related("officer")
            .order_by("pk")
            .first()
        )
        if grant is not None and role != "engine":
            lines.append(f"  {name.say(language):<22} {grant.officer.username}")
    return "\n".join(f"  {line}" for line in lines) + "\n"
