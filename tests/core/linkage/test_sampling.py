"""A lottery among automatic joins: every join as likely, and an interval that holds the truth as often as it says."""

import duckdb

from jiandi.core.linkage.sampling import draw_joins, draw_newcomers, measured_error


def test_the_interval_holds_the_truth_at_least_as_often_as_it_says():
    con = duckdb.connect()
    con.execute("set threads = 1")
    con.execute("""create table assignments as select range as record_id, range - 1 as entity,
      case when range % 10 = 0 then 'manual' else 'auto' end as how from range(1, 2001)""")
    wrong = set(range(1, 2001, 27)) - set(range(10, 2001, 10))
    held, seen, runs = 0, set(), 300
    for seed in range(runs):
        joins = draw_joins(con, assignments="assignments", size=80, seed=seed)
        drawn = {row[0] for row in con.execute("select record_id from drawn").fetchall()}
        found = measured_error(len(drawn), len(drawn & wrong))
        held += found["low"] <= len(wrong) / joins <= found["high"]
        seen |= drawn

    assert joins == 1800 and len(drawn) == 80
    assert held >= 0.95 * runs
    assert len(seen) == 1800 and not seen & set(range(10, 2001, 10))


def test_nothing_checked_says_nothing():
    assert measured_error(0, 0)["value"] is None


def test_newcomers_are_drawn_with_whoever_is_nearest_and_not_while_they_are_in_doubt():
    con = duckdb.connect()
    con.execute("""create table assignments as select *, null::double as match_weight from (values (1, 1, 'id'), (2, 1, 'id'), (3, 3, 'new'), (4, 4, 'new'),
      (5, 5, 'new'), (6, 6, 'new')) t(record_id, entity, how)""")
    con.execute(
        """create table scored as select * from (values (3, 1, 2.0), (3, 4, 1.0), (5, 1, 3.0), (4, 5, 0.5)) t(left_id, right_id, match_weight)"""
    )
    con.execute("create table reviews as select 5 as record_id, 1 as candidate")

    of = draw_newcomers(con, assignments="assignments", scored="scored", reviews="reviews", size=9, seed=1)

    drawn = con.execute("select record_id, candidate from drawn_new order by 1").fetchall()
    assert drawn == [(3, 1), (4, 3)]
    assert of == {"of": 2, "alone": 1}
