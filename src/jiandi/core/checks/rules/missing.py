"""The missing and the unknown: R20 two descriptions that may be one person, R21 no match is not a clearance."""

from __future__ import annotations

from jiandi.core.checks import likeness
from jiandi.core.checks.say import finding
from jiandi.core.checks.shapes import Ask
from jiandi.core.names.mapping import map_names
from jiandi.core.values import Text

ALIKE = Text(
    zh="{name}与一条失踪登记（{since}失踪，登记机关{registrar}）有相近之处：性别相同，年龄相差{apart}岁以内，共同的描述有“{words}”。证据薄弱，只能由公安依法核实。",
    en="{name} resembles an entry of the missing persons file (missing since {since}, registered at {registrar}): same sex,"
    " ages within {apart} years, shared words “{words}”. Weak evidence; only the police may verify it, under the law.",
)
TONGUE = "([一-龥]{2})(口音|话)"
"""How an accent is called: the two characters before the word."""
BETWEEN_MARKS = "[,，；;、。]"
MARK_SHARE = 0.6
"""The share of a mark's words that must be written of somebody for the mark to agree: a doctor writes only part of it."""


def descriptions_alike(ask: Ask) -> str:
    """A person whose origin nobody knows is described like somebody who is missed elsewhere.

    Shared words choose the pairs; the questions of `likeness.py` weigh them.
    """
    columns = finding(
        key="concat_ws(':', person_id, missing_id)",
        person="person_id",
        text=ALIKE,
        facts={
            "name": "coalesce(name, '身份不明者')",
            "since": "missing_on",
            "registrar": "registrar",
            "apart": f"{ask.limits.whole('years_apart')}",
            "words": "array_to_string(list_slice(words, 1, 8), '、')",
        },
        sources="[source, row_ref(missing_row)]",
    )
    pairs = ask.shared("pairs", _pairs(ask))
    names = f"g_names_{ask.rule}"
    map_names(
        ask.con, source=f"(SELECT name FROM {pairs} UNION SELECT missing_name FROM {pairs})", into=names
    )
    return f"""
    WITH weighed AS (
        SELECT p.*, n.name_py AS py_l, m.name_py AS py_r, n.name_shape AS shape_l, m.name_shape AS shape_r
        FROM {pairs} p LEFT JOIN {names} n ON n.raw = p.name LEFT JOIN {names} m ON m.raw = p.missing_name
    )
    SELECT {columns} FROM weighed WHERE {likeness.weight_sql()} >= {ask.limits["least_weight"]}
    """


def _pairs(ask: Ask) -> str:
    # What the files say no visit changes; what visitors heard is read anew.
    filed, missed = ask.once("described", _DESCRIBED), ask.once("missed", _MISSED)
    filed_words = ask.once(
        "described_words", f"SELECT source, person_id, unnest(pairs_of(words)) AS word FROM {filed}"
    )
    missed_words = ask.once(
        "missed_words", f"SELECT missing_row, unnest(pairs_of(words)) AS word FROM {missed}"
    )
    return f"""
    WITH heard AS (
        SELECT visit_ref(s.visit_id) AS source, p.person_id, p.name, CAST(p.sex AS VARCHAR) AS sex, year(p.birth_on) AS born, NULL::DATE AS since,
               s.words, nullif(regexp_extract(s.words, '{TONGUE}', 1), '') AS tongue, false AS examined
        FROM (SELECT visit_id, person_id, words FROM k_sightings WHERE words IS NOT NULL) s
        JOIN k_people p USING (person_id) ANTI JOIN g_verified v USING (person_id)
        WHERE filled(s.words) IS NOT NULL AND p.birth_on IS NOT NULL
    ),
    unknown AS (SELECT * FROM {filed} UNION ALL SELECT * FROM heard),
    unknown_words AS (FROM {filed_words} UNION ALL SELECT source, person_id, unnest(pairs_of(words)) FROM heard),
    -- What a shared word is worth hangs on how many people here it would fit, not on how many are missed with it:
    -- a file of the missing may be short, and one mark in it often.
    common AS (
        SELECT word FROM unknown_words GROUP BY word
        HAVING count(*) > greatest(3, (SELECT count(*) FROM unknown) * {ask.limits["common_share"]})
    ),
    shared AS (
        -- One visit may describe two people: a person's words are counted by themselves.
        SELECT u.source, u.person_id, m.missing_row, list(DISTINCT u.word ORDER BY u.word) AS words
        FROM unknown_words u JOIN {missed_words} m USING (word) ANTI JOIN common USING (word)
        GROUP BY u.source, u.person_id, m.missing_row HAVING count(DISTINCT u.word) >= {ask.limits.whole("shared_words")}
    ),
    alike AS (
        SELECT row_number() OVER () AS pair, u.person_id, u.name, u.source, u.born AS born_l, u.tongue AS tongue_l, u.examined, pairs_of(u.words) AS told, s.words,
               m.missing_row, m.missing_id, m.missing_name, m.born AS born_r, m.missing_on, m.registrar, m.tongue AS tongue_r, m.place
        FROM shared s JOIN unknown u USING (source, person_id) JOIN {missed} m USING (missing_row)
        WHERE u.sex = m.sex AND abs(u.born - m.born) <= {ask.limits.whole("years_apart")} AND u.person_id IS DISTINCT FROM m.missing_id
          AND (u.since IS NULL OR m.missing_on IS NULL OR u.since >= m.missing_on)
    ),
    marks AS (
        SELECT missing_row, pairs_of(mark) AS pairs
        FROM (SELECT missing_row, unnest(string_split_regex(marks, '{BETWEEN_MARKS}')) AS mark FROM {missed}) WHERE len(pairs_of(mark)) > 0
    ),
    held AS (
        SELECT pair, len(list_intersect(pairs, told)) >= {MARK_SHARE} * len(pairs) AS is_told FROM alike JOIN marks USING (missing_row)
    ),
    counted AS (
        SELECT pair, count(*) FILTER (is_told) AS agreed, count(*) FILTER (NOT is_told) AS unlisted FROM held GROUP BY pair
    )
    SELECT a.* EXCLUDE (pair, told, place), agreed, unlisted, len(list_intersect(pairs_of(coalesce(place, '')), told)) AS place_words
    FROM alike a LEFT JOIN counted c USING (pair)"""


MARKED = "伤|疤|痣|胎记|缺|跛|残"
"""What a doctor writes down that may mark somebody for life."""

_MISSED = f"""
    SELECT row_id AS missing_row, subject_person AS missing_id, name AS missing_name, sex, year(birth) AS born, missing_on, registrar,
           marks, missing_from AS place, nullif(regexp_extract(dialect, '{TONGUE}', 1), '') AS tongue,
           concat_ws('；', marks, dialect, missing_from) AS words
    FROM k_missing WHERE coalesce(dna, '') <> '比中'"""

# People of unknown identity in a station, and people in this county whose identity no file verifies and of whom
# something is written that speaks of where they come from: a slip in a marriage file, an old wound.
_DESCRIBED = f"""
    WITH written AS (SELECT diagnosis FROM (SELECT DISTINCT diagnosis FROM k_clinic) WHERE regexp_matches(diagnosis, '{MARKED}')),
    said AS (
        SELECT row_ref(row_id) AS source, subject_person AS person_id, name, sex,
               year(entered_on) - TRY_CAST(age AS INTEGER) AS born, entered_on AS since,
               concat_ws('；', marks, dialect, found_at) AS words, dialect AS spoken, true AS examined
        FROM k_unknown_identity WHERE coalesce(dna, '') <> '比中'
        UNION ALL
        SELECT row_ref(m.row_id), m.wife_person, m.wife_name, '2', year(coalesce(p.birth_on, m.wife_birth)), m.registered_on, m.slip, m.slip, false
        FROM k_marriage m LEFT JOIN k_people p ON p.person_id = m.wife_person
        ANTI JOIN g_verified v ON v.person_id = m.wife_person
        WHERE filled(m.slip) IS NOT NULL
        UNION ALL
        SELECT row_ref(c.row_id), p.person_id, p.name, CAST(p.sex AS VARCHAR), year(p.birth_on), NULL, c.diagnosis, c.diagnosis, false
        FROM (FROM k_clinic SEMI JOIN written USING (diagnosis)) c JOIN k_people p ON p.person_id = c.subject_person
        ANTI JOIN g_verified v ON v.person_id = p.person_id
    )
    SELECT * EXCLUDE (spoken, examined), nullif(regexp_extract(spoken, '{TONGUE}', 1), '') AS tongue, examined
    FROM said WHERE person_id IS NOT NULL AND born IS NOT NULL AND filled(words) IS NOT NULL"""

NO_MATCH = Text(
    zh="{name}的DNA比对结果为“未比中”（{day}采样）。未比中不等于没有亲人，问题仍未解决；采样至今{days}天，最迟应于{due}再次比对。",
    en="The DNA comparison for {name} (sampled {day}) found no match. That clears nothing: the question stays open;"
    " sampled {days} days ago, it is to be compared again by {due}.",
)
NOT_SAMPLED = Text(
    zh="{name}于{day}进站，身份不明，至今未采样比对。",
    en="{name} came in on {day}, identity unknown, and has not been sampled for comparison.",
)


def no_match_is_no_clearance(ask: Ask) -> str:
    """A person of unknown identity was compared without a match, or never compared: the question stays open."""
    again = finding(
        key="concat_ws(':', person_id, 'again')",
        person="person_id",
        text=NO_MATCH,
        facts={
            "name": "name",
            "day": "dna_on",
            "days": f"{ask.day} - dna_on",
            "due": f"dna_on + {ask.days('again_days')}",
        },
        sources="[row_ref(row_id)]",
    )
    never = finding(
        key="concat_ws(':', person_id, 'never')",
        person="person_id",
        text=NOT_SAMPLED,
        facts={"name": "name", "day": "entered_on"},
        sources="[row_ref(row_id)]",
    )
    return f"""
    WITH latest AS (
        SELECT subject_person AS person_id, unnest(arg_max(u, (coalesce(dna_on, entered_on, DATE '0001-01-01'), row_id)))
        FROM k_unknown_identity u WHERE subject_person IS NOT NULL GROUP BY subject_person
    )
    SELECT {again} FROM latest WHERE dna = '未比中'
    UNION ALL
    SELECT {never} FROM latest
    WHERE coalesce(dna, '未采') = '未采' AND dna_on IS NULL AND entered_on < {ask.day} - {ask.days("sample_days")}
    """
