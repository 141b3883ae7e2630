"""Children: R16 not in any classroom, R18 a carer the law bars, R19 no contact or living alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.numbering import ROW_BITS
from jiandi.core.values import Text

NO_SCHOOL = Text(
    zh="{name}{age}岁，{sign}，但学籍名册中没有在校记录{status}。",
    en="{name}, aged {age}, {sign}, but the school file has no place in school{status}.",
)
NOT_IN_CLASS = Text(
    zh="{name}的学籍为在校（{school}），但最近一次到校核验{checked}。",
    en="{name} is enrolled at {school}, but was last checked in class {checked}.",
)
IN_NO_BOOK = Text(
    zh="{name}{age}岁，在{school}就读，但户籍、流动人口、医保、出生名册中都没有此人，也没有身份证号。",
    en="{name}, aged {age}, goes to {school}, but no household book, residence, insurance or birth file holds this child,"
    " and there is no identity number.",
)
WHEREABOUTS = Text(
    zh="{name}{age}岁，有本地户籍，没有学籍，{sign}，去向待核。",
    en="{name}, aged {age}, is in the household register, in no school, and {sign};"
    " where the child lives is to be found out.",
)


def term_begins(at: date) -> date:
    """Return the last day by which a child must have turned six to be in school now (31 August, education law art. 11)."""
    year = at.year if at >= date(at.year, 9, 1) else at.year - 1
    return date(year, 8, 31)


# The same child under a name written otherwise: a pupil of the village whom no household book holds.
_ALIKE = """s.village = a.village AND s.sex = a.sex AND s.name[1] = a.name[1] AND s.person_id <> a.person_id AND abs(s.born - a.born) <= 1
          AND NOT two_births(s.birth_on, a.birth_on)
          AND (s.name = a.name OR s.name[2] = a.name[2] OR nullif(s.name[3], '') = a.name[3])"""


@dataclass(frozen=True, slots=True)
class _Laid:
    """Tables of children: of school age, in the school file, in a household book; and those most likely written twice."""

    aged: str
    enrolled: str
    books: str
    twice: str
    slips: str


def _lay(ask: Ask) -> _Laid:
    """Lay what the files alone say of children; a visit can only add a child whom no file knows."""
    term = f"DATE '{term_begins(ask.at).isoformat()}'"
    aged = ask.shared("aged", f"""
        SELECT person_id, household_id, village, sex, name, birth_on, year(birth_on) AS born, date_sub('year', birth_on, {ask.day}) AS age
        FROM k_people
        WHERE died_on IS NULL
          AND birth_on BETWEEN DATE '{ask.at.year - ask.limits.whole("to_age") - 2}-01-01' AND {term}
          AND date_sub('year', birth_on, {term}) >= {ask.limits.whole("from_age")}
          AND date_sub('year', birth_on, {ask.day}) <= {ask.limits.whole("to_age")}""")  # fmt: skip
    enrolled = ask.once("enrolled", _ENROLLED)
    # The book of a county is looked through for its children and pupils, not summed up for everybody.
    books = ask.once("books", f"""
        WITH young AS (SELECT person_id FROM {aged} UNION SELECT person_id FROM {enrolled})
        SELECT subject_person AS person_id, min(row_id) AS row_id
        FROM k_hukou h SEMI JOIN young y ON y.person_id = h.subject_person GROUP BY subject_person""")  # fmt: skip
    strays = ask.once("strays", f"""
        SELECT p.person_id, p.village, p.sex, p.name, p.birth_on, year(p.birth_on) AS born, b.row_id IS NOT NULL AS has_book
        FROM k_people p JOIN {enrolled} e USING (person_id) LEFT JOIN {books} b USING (person_id) WHERE e.placed""")  # fmt: skip
    unplaced = f"(FROM {aged} SEMI JOIN {books} USING (person_id) ANTI JOIN {enrolled} USING (person_id))"
    # A pupil in no book, and a child of a book in no school, alike in name: most likely one child written twice.
    twice = ask.once("twice", f"""
        SELECT DISTINCT s.person_id FROM {aged} s JOIN {enrolled} e ON e.person_id = s.person_id AND e.placed
        JOIN {unplaced} a ON {_ALIKE}""")  # fmt: skip
    slips = ask.shared("slips", f"""
        SELECT DISTINCT a.person_id FROM {aged} a JOIN {strays} s ON {_ALIKE}
        LEFT JOIN {books} own ON own.person_id = a.person_id WHERE own.row_id IS NULL OR NOT s.has_book""")  # fmt: skip
    return _Laid(aged, enrolled, books, twice, slips)


# The latest check in class counts, and of two on one day the earlier row.
_NEVER = "coalesce(class_checked_on, DATE '0001-01-01')"
_ENROLLED = f"""
    WITH latest AS (
        SELECT subject_person AS person_id, {(1 << 63) - 1} - max(sight({_NEVER}, 0, {(1 << 63) - 1} - row_id)) % {1 << 63} AS row_id,
               bool_or(status IN ('在校', '休学', '转出')) AS placed
        FROM k_school WHERE subject_person IS NOT NULL GROUP BY subject_person
    )
    SELECT l.person_id, l.placed, {{'row_id': s.row_id, 'status': s.status, 'school': s.school, 'class_checked_on': s.class_checked_on}} AS said
    FROM latest l JOIN k_school s ON s.row_id = CAST(l.row_id AS BIGINT)"""


def _pupils(ask: Ask, laid: _Laid) -> str:
    """Return the table of children of school age, how each is known to live here, and what the school file says."""
    return ask.shared("pupils", f"""
    WITH visited AS (
        SELECT s.person_id, bool_or(s.present = 'seen') AS seen,
               bool_or(s.present IN ('away', 'not_here', 'dead') OR v.result = 'moved') AS away, min(s.visit_id) AS visit_id
        FROM k_witnessed s SEMI JOIN {laid.aged} USING (person_id) JOIN k_visits v USING (visit_id) GROUP BY s.person_id
    ),
    services AS (
        SELECT subject_person AS person_id, min(row_id) AS row_id FROM (
            SELECT subject_person, row_id FROM k_lbc UNION ALL SELECT subject_person, row_id FROM k_orphan
            UNION ALL SELECT subject_person, row_id FROM k_left_behind UNION ALL SELECT subject_person, row_id FROM k_disability
            UNION ALL SELECT subject_person, row_id FROM k_dibao UNION ALL SELECT subject_person, row_id FROM k_tekun
            UNION ALL SELECT subject_person, row_id FROM k_clinic WHERE visited_on >= {ask.day} - {ask.days("trace_days")}
        ) served SEMI JOIN {laid.aged} a ON a.person_id = served.subject_person GROUP BY subject_person
    )
    SELECT a.*, e.said, coalesce(e.placed, false) AS placed, v.visit_id, coalesce(v.seen, false) AS seen,
           coalesce(v.away, false) AND NOT coalesce(v.seen, false) AS away, b.row_id AS book_row, s.row_id AS service_row
    FROM {laid.aged} a
    ANTI JOIN {laid.slips} USING (person_id)
    ANTI JOIN g_namesake USING (person_id)
    LEFT JOIN {laid.enrolled} e USING (person_id) LEFT JOIN visited v USING (person_id)
    LEFT JOIN {laid.books} b USING (person_id) LEFT JOIN services s USING (person_id)""")  # fmt: skip


def _checked(ask: Ask) -> tuple[str, str]:
    gone = f"{ask.day} - said.class_checked_on"
    return (
        f"coalesce('是' || said.class_checked_on || '，已过' || ({gone}) || '天', '没有日期')",
        f"coalesce('on ' || said.class_checked_on || ', ' || ({gone}) || ' days ago', 'at no date on record')",
    )


def _dated(ask: Ask) -> str:
    """School files that date nearly everybody's check: only in these does a blank say that a pupil was not found in class."""
    return f"""
    SELECT row_id >> {ROW_BITS} AS roster FROM k_school GROUP BY roster
    HAVING avg(CAST(class_checked_on IS NULL AS INTEGER)) <= {ask.limits["blank_share"]}"""


def not_in_class(ask: Ask) -> str:
    """A child of school age lives here by two signs and is in no classroom."""
    sign = (
        "CASE WHEN seen THEN '走访时见到本人' WHEN said.row_id IS NOT NULL THEN '学籍在本地' ELSE '有本地服务记录' END",
        "CASE WHEN seen THEN 'was seen on a visit' WHEN said.row_id IS NOT NULL THEN 'is in the local school file'"
        " ELSE 'is known to a local service' END",
    )
    status = (
        "CASE WHEN said.status IS NULL THEN '' ELSE '（状态：' || said.status || '）' END",
        "CASE WHEN said.status IS NULL THEN '' ELSE ' (status: ' || said.status || ')' END",
    )
    rows = "list_filter([row_ref(said.row_id), row_ref(book_row), row_ref(service_row), visit_ref(CASE WHEN seen THEN visit_id END)], lambda x: x.id IS NOT NULL)"
    unplaced = finding(
        key="concat_ws(':', person_id, 'school')",
        person="person_id",
        text=NO_SCHOOL,
        facts={"name": "name", "age": "age", "sign": sign, "status": status},
        sources=rows,
    )
    absent = finding(
        key="concat_ws(':', person_id, 'class')",
        person="person_id",
        text=NOT_IN_CLASS,
        facts={
            "name": "name",
            "school": "said.school",
            "checked": _checked(ask),
        },
        sources="[row_ref(said.row_id)]",
        implicated=("unit_named(said.school, 'school')",),
    )
    dated, laid = ask.once("dated_files", _dated(ask)), _lay(ask)
    pupils = _pupils(ask, laid)
    return f"""
    WITH kept AS (SELECT person_id FROM g_known WHERE in_a_book OR has_number)
    SELECT {_in_no_book()} FROM {pupils} ANTI JOIN kept USING (person_id) ANTI JOIN {laid.twice} USING (person_id)
    WHERE placed AND EXISTS (SELECT 1 FROM k_hukou)
    UNION ALL
    SELECT {unplaced} FROM {pupils}
    WHERE NOT placed AND NOT away AND (seen OR said.row_id IS NOT NULL OR (service_row IS NOT NULL AND book_row IS NOT NULL))
    UNION ALL
    SELECT {absent} FROM {pupils}
    WHERE said.status = '在校' AND (said.class_checked_on < {ask.day} - {ask.days("class_days")}
        OR (said.class_checked_on IS NULL AND said.row_id >> {ROW_BITS} IN (SELECT roster FROM {dated})))
    """


def _in_no_book() -> str:
    return finding(
        key="concat_ws(':', person_id, 'book')",
        person="person_id",
        text=IN_NO_BOOK,
        facts={"name": "name", "age": "age", "school": "said.school"},
        sources="[row_ref(said.row_id)]",
    )


def whereabouts_unknown(ask: Ask) -> str:
    """A child of school age stands in a household book, in no school, and in nothing else."""
    columns = finding(
        key="person_id",
        person="person_id",
        text=WHEREABOUTS,
        facts={
            "name": "name",
            "age": "age",
            "sign": (
                "CASE WHEN away THEN '走访时家人称其在外' ELSE '也没有其他本地生活记录' END",
                "CASE WHEN away THEN 'is away, say the kin a visitor met' ELSE 'has no other sign of living here' END",
            ),
        },
        sources="list_filter([row_ref(book_row), row_ref(CASE WHEN away THEN service_row END)], lambda x: x.id IS NOT NULL)",
    )
    return f"""
    SELECT {columns} FROM {_pupils(ask, _lay(ask))}
    -- Kin who say “away” do not say where the child goes to school.
    WHERE book_row IS NOT NULL AND said.row_id IS NULL AND (service_row IS NULL OR away) AND NOT seen
    """


BARRED = Text(
    zh="{child}的照护人{carer}，{day}官方查询结果为“有”（{asked}）。",
    en="{carer}, who looks after {child}: the official query of {day} answered yes ({asked}).",
)


def barred_carer(ask: Ask) -> str:
    """The person who looks after a child is one the law bars, by the answer of an official query."""
    columns = finding(
        key="concat_ws(':', person_id, guardian_id)",
        person="person_id",
        text=BARRED,
        facts={"child": "name", "carer": "guardian_name", "day": "day", "asked": "asked"},
        sources="[row_ref(row_id), row_ref(query_row)]",
        implicated=("person_known(guardian_id, guardian_name, 'guardian')",),
    )
    queries = ask.once(
        "queries", "SELECT record_id, id18, id_status FROM k_records WHERE kind = 'official_query'"
    )
    held = ask.once(
        "held", f"SELECT id18, id_status, person_id FROM k_records SEMI JOIN {queries} USING (id18)"
    )
    return f"""
    WITH of_queries AS (SELECT record_id, id18 FROM {queries} WHERE proven(id18, id_status)),
    numbers AS (SELECT DISTINCT id18, person_id FROM {held} WHERE person_id IS NOT NULL AND proven(id18, id_status)),
    -- The register links no query to a person by name; the identity number asked about says whom it was about.
    asked AS (
        SELECT q.*, coalesce(q.subject_person, n.person_id) AS guardian_id
        FROM k_official_query q
        LEFT JOIN of_queries r ON r.record_id = q.row_id * 8
        LEFT JOIN numbers n ON n.id18 = r.id18 AND q.subject_person IS NULL
        WHERE q.queried_on <= {ask.day}
    ),
    answers AS (
        SELECT guardian_id, arg_max(asked, (queried_on, row_id)) AS latest
        FROM asked WHERE guardian_id IS NOT NULL GROUP BY guardian_id
    ),
    barred AS (
        SELECT guardian_id, latest.row_id AS query_row, latest.queried_on AS day, latest.queried_by AS asked
        FROM answers WHERE latest.answer = '有'
    ),
    cared_for AS (
        SELECT subject_person AS person_id, guardian_person AS guardian_id, name, guardian_name, row_id FROM k_lbc
        UNION ALL SELECT subject_person, guardian_person, name, guardian_name, row_id FROM k_orphan
        UNION ALL SELECT subject_person, guardian_person, name, guardian_name, row_id FROM k_school
        UNION ALL SELECT subject_person, guardian2_person, name, NULL, row_id FROM k_school
    )
    SELECT {columns} FROM cared_for JOIN barred USING (guardian_id)
    """


CARER_AWAY = Text(
    zh="{name}{age}岁，{where}说“{words}”；未满16周岁的儿童应当有人照护。",
    en="{name}, aged {age}: {where} says “{words}”; a child under 16 must be in somebody's care.",
)
CARER_WORDS = (
    "监护人.{0,6}(不在|在外|外出|没有?(来|回|管)|未(来|回)|失联|联系不上)|(几|多|好几)个月没有?(来|回)"
    "|无人(看管|看护|照看|照料|照管|监护|抚养)|没(有)?人(看管|照看|照顾|照料|管)|(独自|单独|自己|一个人)(居住|生活|住|过|做饭)"
)
NO_CONTACT = Text(
    zh="留守儿童{name}与父母最近一次联系是{last}，到台账日期已{days}天；法律要求至少每周一次。",
    en="{name}, a left-behind child, last had contact with a parent on {last}, {days} days before the date of the ledger;"
    " the law asks for contact at least weekly.",
)
ALONE = Text(
    zh="{name}{age}岁，台账记为{living}；未满16周岁不得单独居住。",
    en="{name}, aged {age}, is recorded as living alone ({living}); nobody under 16 may live alone.",
)


def left_without_contact(ask: Ask) -> str:
    """A left-behind child has had no contact with a parent for weeks, or lives alone under sixteen."""
    contact = finding(
        key="concat_ws(':', person_id, 'contact')",
        person="person_id",
        text=NO_CONTACT,
        facts={
            "name": "name",
            "last": "last_parent_contact_on",
            "days": "ledger_on - last_parent_contact_on",
        },
        sources="[row_ref(row_id)]",
        implicated=("person_known(guardian_person, guardian_name, 'guardian')",),
    )
    alone = finding(
        key="concat_ws(':', person_id, 'alone')",
        person="person_id",
        text=ALONE,
        facts={"name": "name", "age": "age", "living": "living"},
        sources="[row_ref(row_id)]",
    )
    # A ledger is as old as the newest contact in it; the days since it was written are nobody's silence.
    written = ask.once(
        "written", "SELECT roster_id, max(last_parent_contact_on) AS ledger_on FROM k_lbc GROUP BY roster_id"
    )
    return f"""
    WITH {_untended(ask)},
    ledger AS (
        SELECT l.*, l.subject_person AS person_id, date_sub('year', coalesce(p.birth_on, l.birth), {ask.day}) AS age,
               d.ledger_on
        FROM k_lbc l LEFT JOIN k_people p ON p.person_id = l.subject_person
        LEFT JOIN {written} d ON d.roster_id IS NOT DISTINCT FROM l.roster_id
    )
    SELECT {contact} FROM ledger WHERE ledger_on - last_parent_contact_on > {ask.days("contact_days")} AND age < 16
    UNION ALL
    SELECT {_carer_away()} FROM untended WHERE age < 16
    UNION ALL
    SELECT {alone} FROM ledger
    WHERE age < 16 AND regexp_matches(living, '独居|独自|单独|自己住|一个人|无人') AND NOT regexp_matches(living, '非独|不独')
    """


def _carer_away() -> str:
    where = (
        "CASE kind WHEN 'row' THEN '名册备注' ELSE '走访记录' END",
        "CASE kind WHEN 'row' THEN 'a list' ELSE 'a visit' END",
    )
    return finding(
        key="concat_ws(':', person_id, 'carer')",
        person="person_id",
        text=CARER_AWAY,
        facts={
            "name": "name",
            "age": "age",
            "where": where,
            "words": f"regexp_extract(words, '{CARER_WORDS}')",
        },
        sources="[source]",
    )


def _untended(ask: Ask) -> str:
    """Children of whom a list or the child says that nobody looks after them."""
    return f"""
    told AS (
        SELECT subject_person AS person_id, 'row' AS kind, row_ref(row_id) AS source, note AS words FROM k_left_behind
        UNION ALL
        SELECT person_id, 'visit', visit_ref(visit_id), concat_ws('。', filled(need), filled(words)) FROM k_witnessed
        WHERE need IS NOT NULL OR words IS NOT NULL
    ),
    untended AS (
        SELECT t.*, p.name, date_sub('year', p.birth_on, {ask.day}) AS age FROM told t JOIN k_people p USING (person_id)
        WHERE regexp_matches(t.words, '{CARER_WORDS}') AND p.died_on IS NULL
    )"""
