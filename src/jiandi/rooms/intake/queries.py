"""Reports and posts as those may see them who may; and as the rules read them."""

from __future__ import annotations

from datetime import datetime

import duckdb
from django.db.models import Max, Q, QuerySet

from jiandi.core.checks import Said
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import has_verb, visible
from jiandi.rooms.intake import receipts, words
from jiandi.rooms.intake.models import Item, Message, Report

CHUNK = 2000
MOST = 1000  # reports read in one look for danger; the next look is seconds away


def reports(by: Officer, *, at: datetime) -> QuerySet[Report]:
    """Return the reports an officer may read."""
    found = visible(Report.objects.all(), by, "intake.read_report", at=at)
    return found.select_related("village", "town", "county", "about_unit", "routed_to", "wall", "same_as")


def by_code(code: str) -> Report | None:
    """Return the report of a receipt code, or nothing; only its reporter knows the code."""
    digest = receipts.digest_of(code)
    if digest is None:
        return None
    return (
        Report.objects.select_related("county", "village", "town", "wall").filter(code_digest=digest).first()
    )


def messages_of(report: Report) -> list[tuple[Message, str]]:
    """Return what was asked, answered and replied, in order, with its words."""
    found = Message.objects.filter(report=report).select_related("by", "by__unit").order_by("pk")
    return [(message, words.unseal(message.body_sealed, key=message.key)) for message in found]


def doubles(report: Report, by: Officer, *, at: datetime) -> list[Report]:
    """Return reports an officer may read that use the same words, or were joined to this one."""
    alike = Q(body_digest=report.body_digest) | Q(same_as=report.pk)
    if report.same_as_id:
        alike |= Q(pk=report.same_as_id) | Q(same_as=report.same_as_id)
    return list(reports(by, at=at).filter(alike).exclude(pk=report.pk).order_by("pk")[:20])


def items(by: Officer, *, at: datetime) -> QuerySet[Item]:
    """Return the posts read, for those who read the news."""
    found = Item.objects.select_related("feed", "seen_by")
    return found if has_verb(by, "intake.read_feed", at) else found.none()


def snapshot(con: duckdb.DuckDBPyConnection) -> int:
    """Fill `reports(report_id, village, received_on, channel, body)` for the rules; returns how many.

    A report that repeats another is left out. What a rule finds in a walled report belongs behind the same wall
    (`wall_ids`).
    """
    con.execute(
        "CREATE OR REPLACE TABLE reports (report_id BIGINT, village BIGINT, received_on DATE, channel VARCHAR, body VARCHAR)"
    )
    count, rows = 0, []
    for report in Report.objects.filter(same_as__isnull=True).order_by("pk").iterator(chunk_size=CHUNK):
        body = words.unseal(report.body_sealed, key=report.key)
        rows.append((report.pk, report.village_id, report.received_on, report.channel, body))
        if len(rows) == CHUNK:
            con.executemany("INSERT INTO reports VALUES (?, ?, ?, ?, ?)", rows)
            count, rows = count + len(rows), []
    if rows:
        con.executemany("INSERT INTO reports VALUES (?, ?, ?, ?, ?)", rows)
    return count + len(rows)


def reports_after(last_id: int) -> tuple[list[Said], int]:
    """Return what came in after an id, for the scan for danger, and the id read to."""
    newest = Report.objects.filter(pk__gt=last_id).order_by("pk")[:MOST].aggregate(last=Max("pk"))["last"]
    if newest is None:
        return [], last_id
    found = Report.objects.filter(pk__gt=last_id, pk__lte=newest, same_as__isnull=True).order_by("pk")
    said = [
        Said(
            where="report",
            id=report.pk,
            day=report.received_on.isoformat(),
            text=words.unseal(report.body_sealed, key=report.key),
            danger=None,
            name=None,
            person_id=None,
            household_id=None,
            village=report.village_id,
        )
        for report in found
    ]
    return said, newest


def wall_ids(report_ids: list[int]) -> dict[int, int]:
    """Return report id -> wall id for those behind a wall, so that what is derived from them stands behind it too."""
    walled = Report.objects.filter(pk__in=report_ids, wall__isnull=False)
    return dict(walled.values_list("pk", "wall_id"))
