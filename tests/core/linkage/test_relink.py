"""Deliveries one after the other give, row for row, what linking everything at once gives."""

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jiandi.core.linkage import KindProfile, Settings, basis, clean, link, relink
from tests.core.linkage.people import load, people, rows

PLACED = "select record_id, entity, how, round(match_weight, 9), detail_en from assignments order by 1"
# rosters that name nobody twice: their rows are rivals for one person, and one row more or less decides about another
ALONE = {
    kind: KindProfile(9, duplicate_free=True) for kind in ("clinic", "left_behind", "school", "insurance")
}
RIVALS = Settings(
    profiles=Settings().profiles | {"dibao": KindProfile(1, duplicate_free=True)} | ALONE,
    new_pair_weight=12.0,
)
VERDICTS = st.sampled_from(["same", "not_same", "unsure"])
DOUBTS = "select record_id, candidate, reason, round(match_weight, 9), detail_en from reviews order by all"


@pytest.fixture(scope="module")
def county():
    """A small county's records, cleaned once; the test takes rows out of it and puts rows in."""
    con = duckdb.connect()
    con.execute("set threads = 1")
    load(con, rows(people(260, 7, hidden=0.05), 7, 3.0))
    clean(con, into="everybody")
    return con


def results(con):
    return con.execute(PLACED).fetchall(), con.execute(DOUBTS).fetchall()


def arrange(con, present, decided=()):
    con.execute("create or replace table present (record_id bigint)")
    con.execute("insert into present select unnest(?)", [present])
    con.execute(
        "create or replace table records as select * from everybody semi join present using (record_id)"
    )
    con.execute("create or replace table decided (record_a bigint, record_b bigint, verdict varchar)")
    for one in decided:
        con.execute("insert into decided values (?, ?, ?)", one)


def deliver(con, before, after):
    con.execute(
        "create or replace table gone as select * from everybody where record_id in (select unnest(?))",
        [sorted(before - after)],
    )
    con.execute(
        "create or replace table came as select unnest(?)::bigint as record_id", [sorted(after - before)]
    )


@settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.data())
def test_it_gives_what_linking_from_scratch_gives(county, data):
    """The long form draws a thousand such histories: benchmarks/linkage_histories.py."""
    con = county
    every = [row[0] for row in con.execute("select record_id from everybody order by 1").fetchall()]
    share = st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=60)
    present = set(every) - set(data.draw(share))
    arrange(con, sorted(present))
    basis.forget(con, "kept")
    link(con, decisions="decided", state="kept")
    doubts = con.execute("select record_id, candidate from reviews order by all").fetchall()
    before, present = present, (present - set(data.draw(share))) | set(data.draw(share))
    pairs = data.draw(st.lists(st.sampled_from(doubts), unique=True, max_size=6))
    arrange(con, sorted(present), [(*pair, data.draw(VERDICTS)) for pair in pairs])
    deliver(con, before, present)
    relink(con, state="kept", added="came", removed="gone", decisions="decided")
    grown = results(con)
    link(con, decisions="decided", state="kept")

    assert results(con) == grown


@settings(max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.data())
def test_a_few_rows_decide_about_their_rivals_too(county, data):
    con = county
    every = [row[0] for row in con.execute("select record_id from everybody order by 1").fetchall()]
    present = set(every) - set(
        data.draw(st.lists(st.sampled_from(every), unique=True, min_size=20, max_size=60))
    )
    arrange(con, sorted(present))
    basis.forget(con, "kept")
    link(con, decisions="decided", state="kept", settings=RIVALS)
    for _ in range(2):
        claims = con.execute(
            "select record_id from assignments where how = 'auto' union select record_id from reviews order by 1"
        ).fetchall()
        turned = set(
            data.draw(st.lists(st.sampled_from([row[0] for row in claims]), unique=True, max_size=4))
        )
        turned |= set(data.draw(st.lists(st.sampled_from(every), unique=True, max_size=3)))
        before, present = present, present ^ turned
        arrange(con, sorted(present))
        deliver(con, before, present)
        relink(con, state="kept", added="came", removed="gone", decisions="decided", settings=RIVALS)
        grown = results(con)
        for table in basis.TABLES:
            con.execute(f"create or replace table anew_{table} as select * from kept_{table}")
        link(con, decisions="decided", state="anew", settings=RIVALS)

        assert results(con) == grown


def test_rows_that_left_speak_for_nobody(county):
    con = county
    every = {row[0] for row in con.execute("select record_id from everybody").fetchall()}
    arrange(con, sorted(every))
    basis.forget(con, "kept")
    link(con, decisions="decided", state="kept")
    whole = results(con)
    gone = {row for row in every if row % 3 == 0}
    for before, after in ((every, every - gone), (every - gone, every)):
        arrange(con, sorted(after))
        deliver(con, before, after)
        relink(con, state="kept", added="came", removed="gone", decisions="decided")
        placed = con.execute("select record_id, entity from assignments").fetchall()
        assert {row for row, _ in placed} == after and {entity for _, entity in placed} <= after

    assert results(con) == whole


def test_it_needs_a_state():
    with pytest.raises(LookupError):
        relink(duckdb.connect(), state="none")


@pytest.mark.parametrize(
    "harm",
    ["drop table kept_lk_form", "update kept_lk_form set form = '1 2.0.0'"],
    ids=["not whole", "another form"],
)
def test_a_state_that_is_not_whole_or_not_of_this_form_is_refused(county, harm):
    arrange(
        county,
        [row[0] for row in county.execute("select record_id from everybody order by 1 limit 50").fetchall()],
    )
    link(county, state="kept")
    county.execute(harm)
    with pytest.raises(LookupError, match="links everything"):
        relink(county, state="kept")
