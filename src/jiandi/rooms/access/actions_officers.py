"""Units and officers from the county's own Excel list: what is right goes in, what is not gets a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import policies
from jiandi.rooms.access.actions import make_unit
from jiandi.rooms.access.kinds import role_key, unit_kind
from jiandi.rooms.access.models import Grant, Installation, Officer, Unit
from jiandi.rooms.access.permissions import granting, is_within, permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.access.workbooks import read_sheets
from jiandi.rooms.places.models import Place

UNIT_SHEET, UNIT_COLUMNS = "单位", ("单位名称", "类别", "上级单位", "地区代码")
OFFICER_SHEET, OFFICER_COLUMNS = "人员", ("用户名", "姓名", "单位", "角色", "地区代码", "电话")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that was left out, where it stands, and what to do."""

    sheet: str
    row_no: int
    text: Text


@dataclass(slots=True)
class ImportOutcome:
    """What became of the list: how many were new, how many were known, and the rows left out."""

    units: int = 0
    officers: int = 0
    grants: int = 0
    known: int = 0
    problems: list[RowProblem] = field(default_factory=list)


@action
def import_officers(
    *, by: Officer, at: datetime, content: bytes, progress: Callable[[int, int], None] | None = None
) -> ImportOutcome:
    """Read units and officers from Excel (sheets 单位 and 人员); reading the same list twice changes nothing.

    A bad row is left out with a sentence and the rest goes on. New officers cannot log in until they are given a
    one-time password.
    """
    permit(by, "access.manage_officers", at=at)
    sheets = read_sheets(content)
    reader = _Reader(by, at, ImportOutcome())
    units = reader.table(sheets, UNIT_SHEET, UNIT_COLUMNS[:1] + UNIT_COLUMNS[3:])
    people = reader.table(sheets, OFFICER_SHEET, OFFICER_COLUMNS[:5])
    reader.units(units)
    reader.officers(people, progress)
    record_batch(
        "access.import_officers",
        by=by,
        at=at,
        subject=by,
        subjects_kind="officer",
        subject_ids=reader.touched,
        payload={
            "units": reader.outcome.units,
            "officers": reader.outcome.officers,
            "problems": len(reader.outcome.problems),
        },
    )
    return reader.outcome


class _Reader:
    """Reads the two sheets row by row, keeping what was learnt."""

    def __init__(self, by: Officer, at: datetime, outcome: ImportOutcome) -> None:
        self.by, self.day, self.outcome = by, timezone.localdate(at), outcome
        self.areas = granting(by, "access.manage_officers", at)
        self.units_by_name = {unit.name: unit for unit in Unit.objects.all()}
        self.places: dict[str, Place | None] = {}
        self.touched: list[int] = []
        self.is_demo = Installation.objects.filter(pk=1, is_demo=True).exists()

    def table(
        self, sheets: dict[str, list[list[str]]], name: str, needed: tuple[str, ...]
    ) -> list[tuple[int, dict[str, str]]]:
        """Return a sheet's rows by column name, with their row numbers; refuse a list without its columns."""
        rows = sheets.get(name)
        if rows is None:
            raise Refused(
                "access.no_sheet",
                Text(
                    zh=f"缺少工作表“{name}”。需要“单位”和“人员”两张表。",
                    en=f'The sheet "{name}" is missing; the list needs 单位 and 人员.',
                ),
            )
        for start, header in enumerate(rows[:5]):
            if set(needed) <= set(header):
                body = enumerate(rows[start + 1 :], start=start + 2)
                return [(no, dict(zip(header, row, strict=False))) for no, row in body if any(row)]
        raise Refused(
            "access.no_columns",
            Text(
                zh=f"工作表“{name}”前5行中找不到表头:{'、'.join(needed)}。",
                en=f'The sheet "{name}" lacks its header in the first five rows: {", ".join(needed)}.',
            ),
        )

    def units(self, rows: list[tuple[int, dict[str, str]]]) -> None:
        """Make the units, those above before those below, in as many rounds as the list is deep."""
        waiting = rows
        while waiting:
            later = []
            for no, row in waiting:
                above = row.get("上级单位", "")
                if (
                    above
                    and above not in self.units_by_name
                    and any(r["单位名称"] == above for _, r in waiting)
                ):
                    later.append((no, row))
                else:
                    self._unit(no, row)
            if len(later) == len(waiting):
                for no, row in later:
                    self._problem(
                        UNIT_SHEET,
                        no,
                        f"“{row['单位名称']}”与上级单位互为上下级",
                        "its parent units form a ring",
                    )
                return
            waiting = later

    def _unit(self, no: int, row: dict[str, str]) -> None:
        name, above = row["单位名称"], row.get("上级单位", "")
        if name in self.units_by_name:
            self.outcome.known += 1
            return
        place = self._place(UNIT_SHEET, no, row["地区代码"])
        if not name or place is None:
            if not name:
                self._problem(UNIT_SHEET, no, "没有单位名称", "the unit has no name")
            return
        if above and above not in self.units_by_name:
            self._problem(UNIT_SHEET, no, f"没有上级单位“{above}”", f'there is no parent unit "{above}"')
            return
        kind = unit_kind(row.get("类别", ""), name)
        parent = self.units_by_name.get(above)
        self.units_by_name[name] = make_unit(name, kind, place, parent, is_outside=kind == "outside")
        self.outcome.units += 1

    def officers(
        self, rows: list[tuple[int, dict[str, str]]], progress: Callable[[int, int], None] | None
    ) -> None:
        """Make the officers who are not there yet, then the roles they lack."""
        known = {one.username: one for one in Officer.objects.all()}
        made: dict[str, Officer] = {}
        wanted: list[tuple[str, str, Place]] = []
        for count, (no, row) in enumerate(rows, start=1):
            ready = self._officer(no, row, known, made)
            if ready is not None:
                wanted.append(ready)
            if progress and (count % 200 == 0 or count == len(rows)):
                progress(count, len(rows))
        Officer.objects.bulk_create(made.values(), batch_size=2000)
        self.outcome.officers = len(made)
        self._grants(wanted, known | made)
        self.touched = [one.pk for one in made.values()]

    def _officer(
        self, no: int, row: dict[str, str], known: dict[str, Officer], made: dict[str, Officer]
    ) -> tuple[str, str, Place] | None:
        username, unit, role = (
            row["用户名"].lower(),
            self.units_by_name.get(row["单位"]),
            role_key(row["角色"]),
        )
        if unit is None:
            self._problem(OFFICER_SHEET, no, f"没有单位“{row['单位']}”", f'there is no unit "{row["单位"]}"')
            return None
        place = self._place(OFFICER_SHEET, no, row["地区代码"])
        if place is None:
            return None
        try:
            policies.check_role(role)
            if username not in known and username not in made:
                self._new(username, row, unit, made)
            elif username in known:
                policies.check_account_open(known[username])
                self.outcome.known += 1
        except Refused as refusal:
            self._problem(OFFICER_SHEET, no, refusal.text.zh.rstrip("。"), refusal.text.en.rstrip("."))
            return None
        return username, role, place

    def _new(self, username: str, row: dict[str, str], unit: Unit, made: dict[str, Officer]) -> None:
        policies.check_username_shape(username)
        if not row["姓名"]:
            raise Refused("access.name", Text(zh="没有姓名", en="the name is missing"))
        officer = Officer(
            username=username,
            name=row["姓名"][:60],
            unit=unit,
            phone=row.get("电话", "")[:30],
            is_demo=self.is_demo,
        )
        officer.set_unusable_password()
        made[username] = officer

    def _grants(self, wanted: list[tuple[str, str, Place]], officers: dict[str, Officer]) -> None:
        open_grants = Grant.objects.filter(ends_on__isnull=True, revoked_at__isnull=True)
        have = set(open_grants.values_list("officer_id", "role", "place_id"))
        rows = []
        for username, role, place in wanted:
            officer = officers[username]
            key = (officer.pk, role, place.pk)
            if key in have or officer.pk == self.by.pk:  # nobody gives themselves a role, not by list either
                continue
            have.add(key)
            rows.append(Grant(officer=officer, role=role, place=place, starts_on=self.day, given_by=self.by))
        Grant.objects.bulk_create(rows, batch_size=2000)
        self.outcome.grants = len(rows)

    def _place(self, sheet: str, no: int, code: str) -> Place | None:
        """Find a place by a code of 2, 4, 6, 9 or 12 digits; it must lie in the administrator's area."""
        if code not in self.places:
            full = int(code.ljust(12, "0")) if code.isdigit() and len(code) in (2, 4, 6, 9, 12) else 0
            self.places[code] = Place.objects.filter(pk=full, level__lte=5).first()
        place = self.places[code]
        if place is None:
            self._problem(sheet, no, f"没有地区代码“{code}”", f'there is no place with the code "{code}"')
        elif not any(is_within(place, area) for area in self.areas):
            self._problem(sheet, no, f"{place.name}不在您的管理范围内", f"{place.name} is outside your area")
            return None
        return place

    def _problem(self, sheet: str, no: int, zh: str, en: str) -> None:
        where = Text(
            zh=f"“{sheet}”第{no}行:{zh}。改好后可整张表再导入一次。",
            en=f"Sheet {sheet}, row {no}: {en}. Correct it and import the list again.",
        )
        self.outcome.problems.append(RowProblem(sheet, no, where))
