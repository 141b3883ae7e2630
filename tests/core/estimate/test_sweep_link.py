"""Linking a blind listing: sure only where nobody else could be meant, asked again in every doubt."""

import pytest

from jiandi.core.estimate.sweep_link import Heard, Listed, link_heard

HERE, THERE = 990101101201, 990101102201
ANNA = Listed(1, "林秀兰", HERE, 2, 1956)


@pytest.mark.parametrize(
    ("heard", "listed", "sure", "candidates"),
    [
        (Heard(9, "林秀兰", HERE, 2, 1957), [ANNA], 1, ()),  # a year off is the same person
        (Heard(9, "林秀兰 ", HERE), [ANNA], None, (1,)),  # nothing but a name: ask
        (Heard(9, "林秀兰", HERE, 2, 1960), [ANNA], None, ()),  # four years apart: somebody else
        (Heard(9, "林秀兰", HERE, 1, 1956), [ANNA], None, ()),  # a man is not her
        (Heard(9, "林秀蓝", HERE, 2, 1956), [ANNA], None, (1,)),  # sounds alike: ask
        (Heard(9, "王秀兰", HERE, 2, 1956), [ANNA], None, (1,)),  # another surname: ask
        (Heard(9, "林秀兰", THERE, 2, 1956), [ANNA], None, (1,)),  # listed elsewhere may be a namesake: ask
        (
            Heard(9, "林秀兰", HERE, 2, 1956),
            [ANNA, Listed(2, "林秀兰", THERE, 2, 1956)],
            None,
            (1, 2),
        ),  # two it could be: ask
        (Heard(9, "某", HERE), [ANNA], None, ()),
        (Heard(9, "", HERE), [ANNA], None, ()),
    ],
)
def test_it_links_only_what_is_sure(heard, listed, sure, candidates):
    (link,) = link_heard([heard], listed)

    assert (link.listed, link.candidates) == (sure, candidates)


def test_one_person_of_the_register_stands_for_one_entry():
    twice = [Heard(8, "林秀兰", HERE, 2, 1956), Heard(9, "林秀兰", HERE, 2, 1956)]

    assert [link.listed for link in link_heard(twice, [ANNA])] == [1, None]
