"""`jiandi evaluate --replay`: in which year each rule would have spoken for the synthetic family."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from django.utils import timezone

from jiandi.commands import harmtruth
from jiandi.commands.speaking import both
from jiandi.core.checks.past import Spoke, first_words
from jiandi.core.checks.table import rule
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.checks.models import Run
from jiandi.rooms.intake import queries as intake
from jiandi.rooms.register import queries as register
from jiandi.rooms.screening import queries as screening

FAMILY = "replay_family"


@dataclass(frozen=True, slots=True)
class Station:
    """A record that existed in a year, and the rules that should have asked then."""

    year: int
    record: Text
    rules: tuple[str, ...]


# Why a rule is silent where nothing that it reads was ever written down.
NO_RECORD: dict[str, Text] = {
    "R6": Text(zh="名册里没有那些年的产前保健记录", en="no antenatal record of those years is on file"),
    "R12": Text(zh="没有名册载有她的监护人或代领人", en="no file holds a guardian or payee of hers"),
    "R25": Text(zh="没有以他人身份证号住院或分娩的记录", en="no stay or birth stands under another's number"),
    "R28": Text(zh="往年的排查没有逐户记录", en="no visits of that earlier round are on record"),
}  # fmt: skip
# Why a rule speaks later than the year of the record: what it needed came only then.
LATER: dict[str, Text] = {
    "R3": Text(zh="单独一份材料与什么都不矛盾;到{year}年婚姻归档后才有可比", en="one paper contradicts nothing; the marriage filed in {year} was the first to hold it against"),
    "R6": Text(zh="产前保健名册自{since}年才有记录,在此之前没有记录不说明什么", en="the antenatal file begins in {since}; before that, no record there says nothing"),
}  # fmt: skip
STATIONS = (
    Station(2003, Text(zh="医疗证明一份(种类不录):另一个姓名、另一个年龄", en="a medical paper, kind withheld: another name, another age"), ("R3",)),
    Station(2006, Text(zh="婚姻档案:倒填日期,无身份证号,村里开的证明,纸条写着远方地名", en="the marriage file: dated backwards, no number, a village paper, a slip naming a far place"), ("R1", "R2", "R5")),
    Station(2007, Text(zh="远方检察院对中间人的查询答复“有”", en="a far prosecutor's answer about the go-between: yes"), ("R27",)),
    Station(2013, Text(zh="凭村委会证明办的身份证,又一个姓名", en="an identity card on a village letter, another name again"), ("R3", "R4")),
    Station(2014, Text(zh="一次在医院、两次在家中的出生(2010、2014、2021)", en="one birth in hospital, two at home (2010, 2014, 2021)"), ("R6", "R25")),
    Station(2016, Text(zh="一次精神科就诊,此后没有记录", en="one visit to a psychiatrist, then nothing"), ("R9", "R12")),
    Station(
        2019,
        Text(zh="排查回报“无异常”,走访未入户", en="a screening that returned “no problem” and never went in"),
        ("R14c", "R28"),
    ),
    Station(2019, Text(zh="邻居来电:总关在偏屋;2026年:光脚、手腕有绳印", en="a neighbour's call: always shut in the side room; 2026: barefoot, rope marks"), ("R11",)),
    Station(2023, Text(zh="集体户落户和新身份证,第三个姓名;DNA未比中", en="a collective household and a new card, a third name; DNA “no match”"), ("R4", "R21")),
    Station(2026, Text(zh="网上夸这家的父亲,母亲从未露面", en="the father praised online, the mother never seen"), ("R26",)),
)  # fmt: skip


def measure(folder: Path) -> dict[str, Any]:
    """Return what each rule first said of the family, year by year, and the ten stations held against it."""
    with duckdb.connect() as con:
        for fill in (register.snapshot, screening.snapshot, intake.snapshot):
            fill(con)
        harmtruth.load(con, folder)
        family = _family(con, folder)
        if not family["people"] and not family["sources"]:
            raise Refused(
                "evaluate.no_family",
                Text(
                    zh="这个虚构县里没有演示家庭的任何记录。",
                    en="This invented county holds no record of the family.",
                ),
            )
        last = (
            Run.objects.filter(finished_at__isnull=False)
            .order_by("-pk")
            .values_list("reference_on", flat=True)
            .first()
        )
        today = last or timezone.localdate(clock.now())
        years = range(STATIONS[0].year, today.year + 1)
        since = _antenatal_since(con)
        spoken = first_words(con, years=years, today=today, **family)
    return {
        "years": [_spoken(spoke) for spoke in spoken],
        "stations": [_held(one, spoken, since) for one in STATIONS],
    }


def _antenatal_since(con: duckdb.DuckDBPyConnection) -> int | None:
    """Return the year in which the antenatal file begins."""
    tables = con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'rows_antenatal'").fetchone()
    found = con.execute("SELECT year(min(booked_on)) FROM rows_antenatal").fetchone() if tables else None
    return found[0] if found else None


def _family(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, list[Any]]:
    """The first such family of the county: its people in the register, its households, and what only it left."""
    harm = con.execute(
        "SELECT min(harm_id) FROM harm WHERE shape = ? AND NOT look_alike", [FAMILY]
    ).fetchone()
    one = harm[0] if harm else None
    people = con.execute(
        "SELECT DISTINCT person_id FROM harm WHERE harm_id = ? AND person_id IS NOT NULL", [one]
    ).fetchall()
    homes = con.execute(
        "SELECT DISTINCT household_id FROM harm WHERE harm_id = ? AND household_id IS NOT NULL", [one]
    ).fetchall()
    rows = con.execute("SELECT DISTINCT kind, id FROM harm_sources WHERE harm_id = ?", [one]).fetchall()
    sources = [f"{kind}:{number}" for kind, number in rows] + [
        f"report:{number}" for number in _reports(con, one, folder)
    ]
    return {"people": [p for (p,) in people], "households": [h for (h,) in homes], "sources": sources}


def _reports(con: duckdb.DuckDBPyConnection, harm: int | None, folder: Path) -> list[int]:
    """What the public told of the family: the world wrote down about whom each report is."""
    rows = con.execute(
        "SELECT t.name FROM t_people t JOIN t_people w USING (village_code, household_true) JOIN harm h ON h.true_id = w.true_id WHERE h.harm_id = ?",
        [harm],
    ).fetchall()
    names = {name for (name,) in rows}
    lines = (folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    bodies = [report["body"] for report in map(json.loads, lines) if report.get("about_name") in names]
    found = con.execute("SELECT report_id FROM reports WHERE list_contains(?, body)", [bodies]).fetchall()
    return [number for (number,) in found]


def _spoken(spoke: Spoke) -> dict[str, Any]:
    rule_ = spoke.rule
    return {
        "year": spoke.year,
        "rule": rule_.id,
        "title": both(rule_.title),
        "said": both(spoke.detail),
        "first_action": both(rule_.first_action),
    }


def _held(station: Station, spoken: list[Spoke], since: int | None) -> dict[str, Any]:
    """Hold a station against what was said: when each of its rules first spoke, and why later or not at all."""
    first = {spoke.rule.id: spoke.year for spoke in spoken}
    late = {id_: year for id_, year in first.items() if id_ in station.rules and year > station.year}
    return {
        "year": station.year,
        "record": both(station.record),
        "rules": {id_: first.get(id_) for id_ in station.rules},
        "silent": {
            id_: both(NO_RECORD[id_]) for id_ in station.rules if id_ not in first and id_ in NO_RECORD
        },
        "late": {
            id_: both(LATER[id_].filled(year=year, since=since or "?"))
            for id_, year in late.items()
            if id_ in LATER
        },
    }


def lines(found: dict[str, Any], language: str) -> list[str]:
    """Return the replay as lines of text."""
    zh = language == "zh"
    shown = [
        "演示家庭:哪一年、哪条规则会先开口"
        if zh
        else "The synthetic family: which rule would have spoken, and when"
    ]
    for station in found["stations"]:
        shown.append(f"  {station['year']}  {station['record'][language]}")
        never = "从未" if zh else "never"
        said = [f"{id_}: {year or never}" for id_, year in station["rules"].items()]
        shown.append(f"        {'; '.join(said)}")
        why_not = station["silent"] | station["late"]
        shown += [f"        {id_}: {why[language]}" for id_, why in why_not.items()]
        shown += [
            f"        {id_} → {rule(id_).first_action.say(language)}"
            for id_, year in station["rules"].items()
            if year
        ]
    shown.append("  每条规则首次开口:" if zh else "  Every rule's first word:")
    shown += [f"    {line['year']}  {line['rule']:<5} {line['said'][language]}" for line in found["years"]]
    return shown
