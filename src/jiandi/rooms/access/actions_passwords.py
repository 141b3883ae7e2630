"""Passwords: the first one is used once; everybody chooses their own. Nobody else ever knows it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import dice, policies
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch

# Known to everybody, therefore good for nothing: it opens only accounts of a database marked as a demonstration.
DEMO_PASSWORD = "mingxi-demo-2026"
ONE_TIME_DAYS = 7  # a slip of paper that lies around longer opens nothing (ASVS 6.4.1)


@action
def issue_one_time_password(*, by: Officer, at: datetime, officer: Officer) -> str:
    """Give an officer a password that opens only the page to choose their own, for a week; returned once, never stored."""
    permit(by, "access.manage_officers", at=at, place=officer.unit.place)
    policies.check_account_open(officer)
    password = set_one_time_password(officer, at)
    record("access.issue_one_time_password", by=by, at=at, subject=officer, place=officer.unit.place)
    return password


def set_one_time_password(officer: Officer, at: datetime) -> str:
    """Write a fresh one-time password, inside the action that calls."""
    letters = dice.code(16)
    password = "-".join(letters[start : start + 4] for start in range(0, 16, 4))
    officer.password = make_password(password)
    officer.one_time_until = at + timedelta(days=ONE_TIME_DAYS)
    Officer.objects.filter(pk=officer.pk).update(
        password=officer.password, one_time_until=officer.one_time_until
    )
    return password


@action
def choose_password(*, by: Officer, at: datetime, old: str, new: str) -> Officer:
    """Change one's own password; every other session of the account ends with it."""
    if not by.check_password(old):
        raise Refused("access.old_password", Text(zh="原密码不对。", en="The old password is wrong."))
    if old == new:
        raise Refused(
            "access.same_password",
            Text(zh="新密码不能与原密码相同。", en="The new password must differ from the old."),
        )
    try:
        validate_password(new, by)
    except ValidationError as error:
        raise Refused("access.weak_password", _weak(error)) from error
    by.password, by.one_time_until = make_password(new), None
    Officer.objects.filter(pk=by.pk).update(password=by.password, one_time_until=None)
    record("access.choose_password", by=by, at=at, subject=by, place=by.unit.place)
    return by


def _weak(error: ValidationError) -> Text:
    codes = {one.code for one in error.error_list}
    if "password_too_short" in codes:
        return Text(zh="密码至少10位。", en="A password has at least 10 characters.")
    if "password_too_common" in codes:
        return Text(
            zh="这个密码太常见,容易被猜到。",
            en="This password is among the most common ones; choose another.",
        )
    return Text(
        zh="密码不能与用户名或姓名相近。", en="The password must not resemble your user name or name."
    )


@action
def set_demo_passwords(*, by: Officer, at: datetime, password: str = DEMO_PASSWORD) -> int:
    """Give every account of a demonstration the same known password; refused in any other database."""
    if not Installation.objects.filter(pk=1, is_demo=True).exists():
        raise Refused(
            "access.demo_only",
            Text(
                zh="只有标记为演示的数据库才能设置公开密码。",
                en="Only a database marked as a demonstration may have a known password.",
            ),
        )
    officers: QuerySet[Officer] = Officer.objects.filter(is_demo=True, is_active=True).exclude(
        grants__role="engine"
    )
    ids = list(officers.values_list("pk", flat=True))
    Officer.objects.filter(pk__in=ids).update(password=make_password(password), one_time_until=None)
    record_batch(
        "access.set_demo_passwords", by=by, at=at, subject=by, subjects_kind="officer", subject_ids=ids
    )
    return len(ids)
