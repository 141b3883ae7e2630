"""Batches read beside the office: the same readings in the same order, also when the reading process dies."""

from jiandi.core.forms.visit import SeenPerson, VisitForm, write
from jiandi.rooms.screening import ahead
from jiandi.rooms.screening.tests.round import EVENING

BATCHES = [
    [write(VisitForm(f"uuid:a{number}", people=(SeenPerson(name="见阿青", sex=2),))), b"<data", b""]
    for number in range(3)
]


def on_the_spot() -> list[list[ahead.Read]]:
    return [ahead.read_all(batch, received_at=EVENING) for batch in BATCHES]


def test_it_reads_in_a_second_process_what_it_would_read_on_the_spot() -> None:
    read = list(ahead.read_ahead(BATCHES, received_at=EVENING))
    assert read == on_the_spot()
    assert [one.refusal and one.refusal[0] for one in read[0]] == [None, "forms.cut_off", "forms.empty"]


def test_it_goes_on_when_the_reading_process_dies() -> None:
    with ahead._Reader(EVENING) as reader:
        before = reader.begin(BATCHES[0]).result()
        reader._process.kill()
        reader._process.wait()
        after = [reader.begin(batch).result() for batch in BATCHES[1:]]
    assert [before, *after] == on_the_spot()


def test_it_fetches_one_batch_ahead_and_no_more() -> None:
    fetched = []

    def coming():
        for number, batch in enumerate(BATCHES * 2):
            fetched.append(number)
            yield batch

    reading = ahead.read_ahead(coming(), received_at=EVENING)
    next(reading)
    assert fetched == [0, 1, 2]


def test_it_reads_nothing_of_nothing() -> None:
    assert not list(ahead.read_ahead([], received_at=EVENING))
