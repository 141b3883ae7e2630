"""Run the rules over a county's snapshot: each for itself, each with its outcome told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Timer

import duckdb

from jiandi.core.checks import ground, touched
from jiandi.core.checks.schema import FINDINGS, TABLES
from jiandi.core.checks.shapes import Ask, Limits, Rule, RuleRun, RunReport, TooLong
from jiandi.core.checks.table import RULES
from jiandi.core.values import Refused, Text

Clock = Callable[[], float]


def run(
    con: duckdb.DuckDBPyConnection,
    *,
    at: date,
    thresholds: Mapping[str, Mapping[str, float]] | None = None,
    only: Collection[str] | None = None,
    rules: Collection[Rule] = RULES,
    seconds_per_rule: float | None = None,
    clock: Clock | None = None,
) -> RunReport:
    """Ask every rule its question on a day and keep the answers in the table `findings`.

    `thresholds` is rule id -> threshold name -> number; an unknown name is refused. `only` names the rules to
    ask again; the findings of the others stay. A rule that fails or takes longer than `seconds_per_rule` is
    reported and stops no other. Seconds are told when a `clock` (seconds, as `time.monotonic`) is given.
    """
    limits = {rule.id: limits_of(rule, thresholds or {}) for rule in rules}
    _refuse_unknown(thresholds or {}, rules)
    con.execute(f"CREATE TABLE IF NOT EXISTS findings ({FINDINGS})")
    delivered = ground.lay(con)
    asked = [rule for rule in rules if only is None or rule.id in only]
    teller = _Teller(con, at, delivered, seconds_per_rule, clock)
    return RunReport(at, tuple(teller.ask(rule, limits[rule.id]) for rule in asked))


@dataclass(frozen=True, slots=True)
class _Teller:
    """Asks one rule after another, each with its outcome and the seconds it took."""

    con: duckdb.DuckDBPyConnection
    at: date
    delivered: Mapping[str, set[str]]
    seconds: float | None
    clock: Clock | None
    is_after: bool = False
    laid: dict[str, str] = field(default_factory=dict)

    def ask(self, rule: Rule, limits: Limits, is_narrow: bool = False) -> RuleRun:
        before = self.clock() if self.clock else 0.0
        about = touched.about_news() if is_narrow else "true"
        self.con.execute(f"DELETE FROM findings WHERE rule = ? AND {about}", [rule.id])
        ask = Ask(self.con, self.at, limits, rule.id, is_narrow, self.is_after, self.laid)
        outcome = _ask(rule, ask, self.delivered, self.seconds)
        took = self.clock() - before if self.clock else 0.0
        return RuleRun(rule.id, outcome.state, outcome.findings, round(took, 3), outcome.reason)


def run_after(
    con: duckdb.DuckDBPyConnection,
    *,
    at: date,
    visits: Collection[int],
    thresholds: Mapping[str, Mapping[str, float]] | None = None,
    rules: Collection[Rule] = RULES,
    seconds_per_rule: float | None = None,
    clock: Clock | None = None,
) -> RunReport:
    """Bring `findings` up to date after new visits, as a run over everything would.

    The connection is that of the last `run` of the same day and thresholds, with the new visits, their sightings and the people found on
    them added to its tables. Rules that hear no visit are not asked; of the others, those whose grain is a person are asked about the
    people touched. A county's own rules may read anything and are asked over everything.
    """
    limits = {rule.id: limits_of(rule, thresholds or {}) for rule in rules}
    delivered = ground.columns_of(con)
    heard = [rule for rule in rules if rule.hears_visits or rule.is_local]
    near = [rule for rule in heard if rule.grain == "person" and not rule.is_local]
    teller = _Teller(con, at, delivered, seconds_per_rule, clock, is_after=True)
    touched.take_in(con, list(visits))
    touched.narrow(con)
    try:
        runs = [teller.ask(rule, limits[rule.id], is_narrow=True) for rule in near]
    finally:
        ground.show(con, delivered)
    # Those that look at everything lay their own tables: the narrow ones hold only the people touched.
    wide = _Teller(con, at, delivered, seconds_per_rule, clock, is_after=True)
    runs += [wide.ask(rule, limits[rule.id]) for rule in heard if rule not in near]
    return RunReport(at, tuple(runs))


def limits_of(rule: Rule, thresholds: Mapping[str, Mapping[str, float]]) -> Limits:
    """Return a rule's thresholds: its defaults, and the county's own numbers where it set them."""
    own = thresholds.get(rule.id, {})
    unknown = set(own) - {threshold.name for threshold in rule.thresholds}
    if unknown:
        name = sorted(unknown)[0]
        raise Refused(
            "checks.unknown_threshold",
            Text(
                zh=f"规则{rule.id}没有名为“{name}”的阈值。",
                en=f"Rule {rule.id} has no threshold named “{name}”.",
            ),
        )
    return Limits(
        {threshold.name: own.get(threshold.name, threshold.default) for threshold in rule.thresholds}
    )


def _refuse_unknown(thresholds: Mapping[str, object], rules: Collection[Rule]) -> None:
    unknown = set(thresholds) - {rule.id for rule in rules}
    if unknown:
        name = sorted(unknown)[0]
        raise Refused(
            "checks.unknown_rule", Text(zh=f"没有编号为“{name}”的规则。", en=f"There is no rule “{name}”.")
        )


def missing_of(rule: Rule, delivered: Mapping[str, set[str]]) -> Text | None:
    """Return what a rule lacks, as a sentence, or nothing when it can look."""
    if rule.judge is None:
        return Text(
            zh="未运行：现有名册中没有它所需的记录。", en="Not run: no roster holds the records it needs."
        )
    for need in rule.needs:
        table, _, column = need.partition(".")
        if table not in delivered:
            return Text(zh=f"未运行：没有{_called(table).zh}。", en=f"Not run: no {_called(table).en}.")
        if column and column not in delivered[table]:
            zh = f"未运行：{_called(table).zh}缺少“{column}”一列。"
            return Text(zh=zh, en=f"Not run: the {_called(table).en} has no column “{column}”.")
    return None


def _ask(rule: Rule, ask: Ask, delivered: Mapping[str, set[str]], seconds: float | None) -> RuleRun:
    """Ask one rule; whatever happens inside it becomes its outcome."""
    lacking = missing_of(rule, delivered)
    if lacking or rule.judge is None:
        return RuleRun(rule.id, "not_run", reason=lacking)
    try:
        with _time_limit(ask.con, seconds) as is_late:
            if rule.is_local:
                # A county's own SQL reads the snapshot and nothing else: no file, no network. It cannot be set back.
                ask.con.execute("SET enable_external_access = false")
            sql = rule.judge(ask)
            if is_late.is_set():  # its time ran out between two queries, where nothing can be interrupted
                raise TooLong(seconds)
            ask.con.execute(f"CREATE OR REPLACE TEMP TABLE g_asked AS {sql}")
            if is_late.is_set():
                raise TooLong(seconds)
            return RuleRun(rule.id, "ran", _keep(ask, rule))
    except Exception as error:  # noqa: BLE001 - a rule may be a county's own; whatever it raises, the others must run
        return _stopped(rule, error, seconds or 0.0)


@contextmanager
def _time_limit(con: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[Event]:
    """Interrupt the connection after so many seconds; the event tells that they are over."""
    late = Event()

    def stop() -> None:
        late.set()
        con.interrupt()

    timer = Timer(seconds, stop) if seconds else None
    if timer:
        timer.start()
    try:
        yield late
    finally:
        if timer:
            timer.cancel()


def _stopped(rule: Rule, error: Exception, seconds: float) -> RuleRun:
    """Return the outcome of a rule that did not come to its end."""
    if isinstance(error, TooLong):
        return RuleRun(rule.id, "too_long", reason=_too_long(error.args[0]))
    if isinstance(error, duckdb.InterruptException):
        return RuleRun(rule.id, "too_long", reason=_too_long(seconds))
    if isinstance(error, Refused):
        return RuleRun(rule.id, "failed", reason=error.text)
    return RuleRun(rule.id, "failed", reason=_failed(error))


def _keep(ask: Ask, rule: Rule) -> int:
    """Store a rule's answers, one a key: the same question from two rows keeps both rows as its sources.

    The answers are few and lie in a table of their own, so that the whole county is only looked through for their homes.
    """
    written = ask.con.execute(
        f"""
        INSERT INTO findings BY NAME
        WITH one_a_key AS (
            SELECT key,
                   min(person_id) AS person_id, min(household_id) AS household_id, min(village) AS village,
                   min(detail_zh) AS detail_zh, arg_min(detail_en, detail_zh) AS detail_en,
                   list_sort(list_distinct(flatten(list(sources)))) AS sources, list_sort(list_distinct(flatten(list(people)))) AS people,
                   list_sort(list_distinct(list_filter(flatten(list(implicated)),
                       lambda x: x.name IS NOT NULL OR x.id IS NOT NULL))) AS implicated
            FROM g_asked GROUP BY key
        ),
        homes AS (SELECT person_id, household_id, village FROM k_people SEMI JOIN g_asked USING (person_id))
        SELECT ? AS rule, ? || ':' || key AS key, k.person_id,
               coalesce(k.household_id, p.household_id) AS household_id, coalesce(k.village, p.village) AS village,
               detail_zh, detail_en, sources, people, implicated
        FROM one_a_key k LEFT JOIN homes p ON p.person_id = k.person_id
        WHERE {touched.about_news("k.person_id") if ask.is_narrow else "true"}
        """,
        [rule.id, rule.id],
    ).fetchone()
    return int(written[0]) if written else 0


def _too_long(seconds: float) -> Text:
    return Text(
        zh=f"未完成：超过{seconds:g}秒被中止，其他规则不受影响。",
        en=f"Stopped after {seconds:g} seconds; the other rules ran.",
    )


def _failed(error: Exception) -> Text:
    """Say that a rule failed without repeating its data: a database error may quote a person's values."""
    name = type(error).__name__
    return Text(zh=f"运行出错（{name}），其他规则不受影响。", en=f"It failed ({name}); the other rules ran.")


_CALLED = {
    "people": ("人员总表", "register of people"),
    "records": ("名册记录", "roster records"),
    "visits": ("走访记录", "visits"),
    "sightings": ("走访见人记录", "sightings"),
    "reports": ("群众反映", "reports"),
    "rows_hukou": ("户籍名册", "household register"),
    "rows_death": ("死亡注销名册", "death file"),
    "rows_marriage": ("婚姻登记名册", "marriage file"),
    "rows_birth": ("出生医学证明名册", "birth certificate file"),
    "rows_antenatal": ("孕产妇保健名册", "antenatal file"),
    "rows_clinic": ("就诊名册", "clinic file"),
    "rows_school": ("学籍名册", "school file"),
    "rows_dibao": ("低保名册", "living allowance file"),
    "rows_tekun": ("特困名册", "destitute people's file"),
    "rows_disability": ("残疾人名册", "disability file"),
    "rows_subsidy": ("残疾人两项补贴名册", "disability subsidy file"),
    "rows_smd": ("严重精神障碍名册", "severe mental disorder file"),
    "rows_smd_followup": ("严重精神障碍随访名册", "follow-up file"),
    "rows_orphan": ("孤儿名册", "orphan file"),
    "rows_left_behind": ("三留守及独居名册", "left-behind list"),
    "rows_lbc": ("留守儿童台账", "left-behind children's ledger"),
    "rows_elderly": ("高龄津贴名册", "old-age allowance file"),
    "rows_payment": ("一卡通发放名册", "payment file"),
    "rows_idcard": ("身份证签发名册", "identity card file"),
    "rows_hotline": ("12345工单", "hotline orders"),
    "rows_police_call": ("家庭暴力警情", "domestic violence calls"),
    "rows_missing": ("失踪人员名册", "missing persons file"),
    "rows_unknown_identity": ("身份不明人员名册", "file of people of unknown identity"),
    "rows_official_query": ("官方查询结果", "official query answers"),
    "rows_insurance": ("医保参保名册", "insurance file"),
    "rows_residence": ("流动人口名册", "residence file"),
    "rows_screening": ("往年排查情况表", "list of an earlier round"),
}


def _called(table: str) -> Text:
    zh, en = _CALLED.get(table, (table, table))
    return Text(zh=zh, en=en)


def tables_named() -> set[str]:
    """Return the tables that have a name for people; every table of the snapshot must."""
    return set(_CALLED) & set(TABLES)
