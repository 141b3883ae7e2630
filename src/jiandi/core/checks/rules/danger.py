"""R11, danger now: restraint on a form, in words, or before a visitor's eyes. The same reading by day and by night."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jiandi.core.checks.say import finding, quoted
from jiandi.core.checks.shapes import Ask, Finding
from jiandi.core.checks.words import STEMS, Sign, signs_in
from jiandi.core.values import Source, Text

SEEN_CODES = ("locked", "tied", "hidden", "injured")
"""What a visitor ticks when danger stands before their eyes (form `visit`, question danger)."""

SIGNS: dict[str, Text] = {
    "locked": Text(zh="被锁或被关", en="locked in"),
    "tied": Text(zh="被拴、绑或上链", en="tied or chained"),
    "hidden": Text(zh="被藏匿", en="hidden"),
    "injured": Text(zh="有伤", en="injured"),
    "shed": Text(zh="被安置在圈棚、柴房或地窖", en="kept in a shed or cellar"),
    "exposed": Text(zh="衣不蔽体在外", en="outdoors without proper clothes"),
    "shut": Text(zh="门窗被从外封住而里面有人", en="behind a door or window closed from outside"),
    "bonded": Text(zh="被扣在劳作场所", en="held at a place of work"),
}
SAW = Text(zh="{day}走访时见到有人{sign}。", en="On a visit on {day} somebody was seen {sign}.")
HEARD = Text(
    zh="{day}的{where}提到有人{sign}：“{words}”", en="{where} of {day} speaks of somebody {sign}: “{words}”"
)
FORM = Text(
    zh="{day}的随访表“关锁情况”为关锁，此后没有已解除的记录。",
    en="The follow-up form of {day} says restraint: yes, and no later form says released.",
)
PAST = Text(
    zh="严重精神障碍档案载明“关锁”，没有任何随访记录写明已解除。",
    en="The mental health file says restrained, and no follow-up says released.",
)
WHERE: dict[str, Text] = {
    "visit": Text(zh="走访记录", en="A visit"),
    "report": Text(zh="群众反映", en="A report"),
    "hotline": Text(zh="12345工单", en="A hotline order"),
    "list": Text(zh="名册备注", en="A roster's note"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One submission's text or code, with the person or place it is about as far as known.

    `where` is visit, report, hotline or list; `id` that of the visit, report or row; `danger` the visitor's code;
    `number` what the sender calls it (an order's number), which stays the same when it is delivered again.
    """

    where: str
    id: int
    day: str
    text: str | None = None
    danger: str | None = None
    name: str | None = None
    person_id: int | None = None
    household_id: int | None = None
    village: int | None = None
    number: str | None = None


def danger_now(said: Iterable[Said]) -> list[Finding]:
    """Return the danger signs in a submission at once, under the keys the night's run will give them."""
    found: dict[str, Finding] = {}
    for item in said:
        for detail in _details_of(item):
            found.setdefault(key_of(item), _finding(item, detail))
    return list(found.values())


def key_of(item: Said) -> str:
    """Return the stable name of a danger sign: the person's, or that of the only thing that tells of it."""
    own = (
        str(item.person_id)
        if item.person_id is not None
        else f"{item.where}:{item.number or item.id}:{item.name or ''}"
    )
    return f"R11:{own}"


def _details_of(item: Said) -> Iterable[Text]:
    if item.danger in SEEN_CODES:
        yield _sentence(SAW, item, item.danger or "", "")
    for spoken in signs_in(item.text):
        yield _sentence(HEARD, item, spoken.sign, spoken.words)


def _sentence(text: Text, item: Said, sign: Sign | str, words: str) -> Text:
    said, where = SIGNS[sign], WHERE[item.where]
    zh = text.zh.format(day=item.day, sign=said.zh, where=where.zh, words=words)
    return Text(zh=zh, en=text.en.format(day=item.day, sign=said.en, where=where.en, words=words))


def source_of(item: Said) -> Source:
    """Return where a danger sign stands."""
    kind = item.where if item.where in ("visit", "report") else "row"
    return Source(kind, item.id)


def _finding(item: Said, detail: Text) -> Finding:
    """A visitor who saw and said so is no part of the harm; only silence would implicate (R14, R28)."""
    place = (item.person_id, item.household_id, item.village)
    return Finding("R11", key_of(item), *place, detail, (source_of(item),))


def restrained(ask: Ask) -> str:
    """Somebody is locked up, tied or hidden: by a form, by words, or by a visitor's own eyes."""
    ask.con.execute(f"CREATE OR REPLACE TEMP TABLE g_said AS {_SAID}")
    ask.con.execute(f"CREATE OR REPLACE TEMP TABLE g_heard ({_HEARD})")
    said = ask.con.execute("SELECT * FROM g_said ORDER BY place, id, name").fetchall()
    _store(ask, [Said(*row) for row in said])
    return f"""
    WITH {_FORMS}
    SELECT substr(key, 5) AS key, person_id, household_id, village, detail_zh, detail_en,
           [{{'kind': source_kind, 'id': source_id}}] AS sources, [] AS people, [] AS implicated
    FROM g_heard
    UNION ALL BY NAME
    SELECT {_form_columns(FORM)} FROM forms WHERE day IS NOT NULL
    UNION ALL BY NAME
    SELECT {_form_columns(PAST)} FROM forms WHERE day IS NULL
    """


def _store(ask: Ask, said: list[Said]) -> None:
    """Keep what was heard; one row for each text that holds a sign, so that every source stays."""
    heard = [(item, detail) for item in said for detail in _details_of(item)]
    columns: list[list[object]] = [
        [key_of(item) for item, _ in heard],
        [item.person_id for item, _ in heard],
        [item.household_id for item, _ in heard],
        [item.village for item, _ in heard],
        [detail.zh for _, detail in heard],
        [detail.en for _, detail in heard],
        [source_of(item).kind for item, _ in heard],
        [item.id for item, _ in heard],
    ]
    if heard:
        ask.con.execute("INSERT INTO g_heard SELECT " + ", ".join(["unnest(?)"] * len(columns)), columns)


def _form_columns(text: Text) -> str:
    return finding(
        key="person_id",
        person="person_id",
        text=text,
        facts={"day": "day"},
        sources="[row_ref(row_id)]",
        implicated=("person_known(guardian_id, guardian_name, 'guardian')",),
    )


_HEARD = (
    "key VARCHAR, person_id BIGINT, household_id BIGINT, village BIGINT,"
    " detail_zh VARCHAR, detail_en VARCHAR, source_kind VARCHAR, source_id BIGINT"
)

# Texts that hold a stem of the list, and visitors' codes, in the order of the fields of `Said`.
_SAID = f"""
    WITH texts AS (
        SELECT 'report' AS place, report_id AS id, received_on AS day, body AS text, NULL AS danger, NULL AS name,
               NULL::BIGINT AS person_id, NULL::BIGINT AS household_id, village, NULL AS number
        FROM k_reports
        UNION ALL
        SELECT 'hotline', row_id, received_on, body, NULL, name, subject_person, NULL, village, filled(order_no) FROM k_hotline
        UNION ALL
        SELECT 'list', row_id, NULL, note, NULL, name, subject_person, NULL, village, NULL FROM k_left_behind
        UNION ALL
        SELECT 'visit', s.visit_id, CAST(v.started_at AS DATE), concat_ws('。', s.words, s.need), s.danger, s.name, s.person_id,
               v.household_id, v.village, NULL
        FROM k_sightings s LEFT JOIN k_visits v USING (visit_id)
    )
    SELECT place, id, coalesce(CAST(day AS VARCHAR), '') AS day, text, danger, name, person_id, household_id, village, number
    FROM texts
    WHERE regexp_matches(text, {quoted(STEMS)}) OR danger IN ({", ".join(quoted(code) for code in SEEN_CODES)})
"""

# The last word on restraint counts: "released" quiets an earlier "yes"; a plain "no" after "yes" does not,
# because nobody wrote down that the person was let go.
_FORMS = """
    stated AS (
        SELECT subject_person AS person_id, followed_on AS day, restraint, row_id, 1 AS order_no FROM k_smd_followup
        WHERE restraint IN ('2', '3')
        UNION ALL
        SELECT subject_person, NULL, past_restraint, row_id, 0 FROM k_smd WHERE past_restraint IN ('2', '3')
    ),
    last_word AS (
        SELECT person_id, arg_max(stated, (order_no, coalesce(day, DATE '0001-01-01'), restraint, row_id)) AS said
        FROM stated WHERE person_id IS NOT NULL GROUP BY person_id
    ),
    guardians AS (
        SELECT subject_person AS person_id, max(guardian_person) AS guardian_id, max(guardian_name) AS guardian_name
        FROM k_smd GROUP BY subject_person
    ),
    forms AS (
        SELECT l.person_id, said.day AS day, said.row_id AS row_id, guardian_id, guardian_name
        FROM last_word l LEFT JOIN guardians USING (person_id) WHERE said.restraint = '2'
    )"""
