"""The SQL of stages 1 and 3 answers as the plain Python does."""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.linkage import Settings, decide, same_number, twin
from jiandi.core.linkage.comparisons import QUESTIONS, value_of

NAMES = {
    "王建国": "wang jian guo",
    "王健国": "wang jian guo",
    "王国建": "wang guo jian",
    "王建军": "wang jian jun",
    "李花": "li hua",
    None: None,
}
BIRTHS = {19620404: 19620230, 19620230: 19620125, 19900407: 19900312, None: None}

_ROW = st.builds(
    lambda name, number, sex, stated, birth, said, village, rank: (
        name,
        number,
        sex,
        stated,
        birth,
        said,
        village,
        rank,
    ),
    st.sampled_from(list(NAMES)),
    st.sampled_from([None, 1, 1, 2, 3]),
    st.sampled_from([1, 2, None]),
    st.booleans(),
    st.sampled_from(list(BIRTHS)),
    st.booleans(),
    st.sampled_from([7, 8, None]),
    st.sampled_from([0, 2, 9, 9]),
)


def _rows(drawn):
    return [
        twin.Row(
            at,
            number,
            name,
            NAMES[name],
            sex,
            stated and sex is not None,
            birth,
            BIRTHS[birth],
            said and birth is not None,
            village,
            rank,
            rank,
            rank == 0,
        )
        for at, (name, number, sex, stated, birth, said, village, rank) in enumerate(drawn, 1)
    ]


def _view(con, rows):
    con.execute("""create table lk_records (record_id bigint, idn bigint, name varchar, py varchar, sur varchar, g1 varchar, g2 varchar,
      sex tinyint, sex_stated boolean, birth integer, birth_lun integer, birth_year integer, birth_stated boolean, village bigint, kind_rank integer, roster_id bigint, duplicate_free boolean)""")
    for row in rows:
        parts = [*(row.name or ""), None, None, None][:3] if row.name else [None] * 3
        year = row.birth // 10000 if row.birth else None
        con.execute(
            f"insert into lk_records values ({', '.join('?' * 17)})",
            [
                row.record_id,
                row.number,
                row.name,
                row.sound,
                *parts,
                row.sex,
                row.sex_stated,
                row.birth,
                row.birth_lun,
                year,
                row.birth_stated,
                row.village,
                row.rank,
                row.roster,
                row.duplicate_free,
            ],
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(_ROW, min_size=1, max_size=9))
def test_the_same_number_is_judged_alike(drawn):
    rows = _rows(drawn)
    con = duckdb.connect()
    _view(con, rows)

    same_number.settle_by_number(con)

    joined = con.execute(
        "select record_id, entity, rule from lk_settled anti join lk_untrusted using (record_id)"
    ).fetchall()
    found = {row: (entity, rule) for row, entity, rule in joined}
    found |= {
        row: (owner, "conflict")
        for row, owner in con.execute("select record_id, owner from lk_untrusted").fetchall()
    }
    assert found == twin.settle_by_number(rows)


_ANSWERS = st.fixed_dictionaries(
    {one.word: st.sampled_from([level.word for level in one.levels] + ["missing"]) for one in QUESTIONS}
)
_PAIR = st.tuples(_ANSWERS, st.integers(0, 24), st.sampled_from([None, 0, 1, 2]), st.booleans())


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(101, 104), st.lists(_PAIR, min_size=1, max_size=3), max_size=3),
    st.booleans(),
    st.sets(st.integers(101, 104)),
)
def test_an_unsettled_row_is_decided_alike(persons, untrusted, two_rows):
    con = duckdb.connect()
    gammas = ", ".join(f"gamma_{word} integer" for word in decide.GAMMAS)
    con.execute(
        f"create table lk_candidates (record_id bigint, other_id bigint, entity bigint, match_weight double, years_apart integer, vague_birth boolean, {gammas})"
    )
    con.execute(
        "create table lk_ruled (record_id bigint, entity bigint); create table lk_untrusted (record_id bigint, owner bigint)"
    )
    con.execute(
        "create table lk_holds (entity bigint, roster_id bigint); create table lk_residue as select 1::bigint as record_id, 5::bigint as roster_id, true as duplicate_free"
    )
    for entity, pairs in persons.items():
        for at, (answers, weight, years, vague) in enumerate(pairs):
            values = [
                -1 if answers[word] == "missing" else value_of(word, answers[word]) for word in decide.GAMMAS
            ]
            con.execute(
                f"insert into lk_candidates values ({', '.join('?' * 12)})",
                [1, at, entity, weight, years, vague, *values],
            )
    if untrusted:
        con.execute("insert into lk_untrusted values (1, 999)")
    for entity in two_rows:
        con.execute("insert into lk_holds values (?, 5)", [entity])

    decide.make_offers(con, Settings())
    decide.decide(con, Settings(), "decided")

    found = con.execute("select verdict, entity, reason from decided").fetchall() or [("new", None, None)]
    offers = [
        twin.Offer(
            entity, max(pair[1] for pair in pairs), *(tuple(pair[at] for pair in pairs) for at in range(4))
        )
        for entity, pairs in persons.items()
    ]
    assert found == [
        twin.decide(offers, untrusted=untrusted, two_rows=frozenset(two_rows), settings=Settings())
    ]
