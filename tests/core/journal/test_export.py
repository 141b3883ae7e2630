"""An export holds as it was written, and no longer after any change."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.journal.canonical import canonical_bytes, canonical_json
from jiandi.core.journal.checkpoint import Checkpoint, cosign, key_id, open_checkpoint, sign_checkpoint
from jiandi.core.journal.export import Leaf, export_lines, verify_export
from jiandi.core.journal.merkle import Frontier, event_leaf

ORIGIN = "mingxi.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def holds(message, signature):
    try:
        KEY.public_key().verify(signature, message)
    except InvalidSignature:
        return False
    return True


def log_of(count, every=4):
    leaves, notes, frontier = [], [], Frontier()
    for number in range(count):
        event = {
            "verb": "cases.open_case",
            "subject": f"case:{number}",
            "by": "沈一",
            "at": "2026-11-24T01:00:00Z",
        }
        salt = number.to_bytes(16, "big")
        leaves.append(Leaf(event_leaf(salt, event), event, salt))
        frontier.append(leaves[-1].hash)
        if (number + 1) % every == 0 or number + 1 == count:
            point = Checkpoint(ORIGIN, frontier.size, frontier.root())
            notes.append((point.size, sign_checkpoint(point, public_key=PUBLIC, sign=KEY.sign)))
    return leaves, notes


def checked(lines, known=()):
    return verify_export(lines, origin=ORIGIN, public_key=PUBLIC, verify=holds, known=known)


def codes(lines, known=()):
    return {problem.code for problem in checked(lines, known).problems}


LINES = list(export_lines(ORIGIN, *log_of(10)))


def test_an_export_holds_as_it_was_written():
    result = checked(LINES)

    assert result.problems == []
    assert (result.leaves, result.erased, result.checkpoints) == (10, 0, 3)


def test_an_empty_log_holds():
    assert codes(export_lines(ORIGIN, [], [])) == set()


def test_every_change_of_one_bit_is_seen():
    whole = "\n".join(LINES).encode()
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= 1 << (position % 8)
        text = changed.decode("utf-8", "surrogateescape")
        assert checked(text.split("\n")).problems, f"byte {position}"


@settings(max_examples=200)
@given(st.data())
def test_every_removal_move_and_repetition_of_a_line_is_seen(data):
    here = data.draw(st.integers(0, len(LINES) - 1))
    there = data.draw(st.integers(0, len(LINES) - 1).filter(lambda place: place != here))
    moved = [line for place, line in enumerate(LINES) if place != here]

    assert checked(moved).problems
    assert checked([*moved[:there], LINES[here], *moved[there:]]).problems
    assert checked([*LINES[:here], LINES[here], *LINES[here:]]).problems


def test_a_rewritten_history_is_seen_by_who_holds_a_printed_root():
    leaves, notes = log_of(10)
    printed = open_checkpoint(notes[1][1], name=ORIGIN, public_key=PUBLIC, verify=holds)
    event = {"verb": "cases.close_case"}
    rewritten = [*leaves[:5], Leaf(event_leaf(b"x" * 16, event), event, b"x" * 16), *leaves[6:]]
    frontier = Frontier()
    frontier.extend(leaf.hash for leaf in rewritten)
    point = Checkpoint(ORIGIN, frontier.size, frontier.root())
    note = sign_checkpoint(point, public_key=PUBLIC, sign=KEY.sign)

    assert codes(export_lines(ORIGIN, rewritten, [(10, note)])) == set()
    assert codes(export_lines(ORIGIN, rewritten, [(10, note)]), [printed]) == {"log.known_root"}
    assert codes(LINES, [printed]) == set()


def test_a_log_cut_short_is_seen_by_who_holds_a_printed_root():
    leaves, notes = log_of(10)
    last = open_checkpoint(notes[-1][1], name=ORIGIN, public_key=PUBLIC, verify=holds)

    assert codes(export_lines(ORIGIN, leaves[:4], notes[:1]), [last]) == {"log.shortened"}


def test_a_lawful_erasure_leaves_the_tree_valid_and_is_counted():
    leaves, notes = log_of(10)
    erased = [*leaves[:3], Leaf(leaves[3].hash), *leaves[4:]]

    result = checked(export_lines(ORIGIN, erased, notes))

    assert (result.problems, result.erased) == ([], 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda entries: entries[3]["event"].update(by="沈二"), "log.event_changed"),
        (lambda entries: entries[3].update(salt="zz"), "log.event_changed"),
        (lambda entries: entries[3]["event"].update(share=0.5), "log.unreadable_line"),
        (lambda entries: entries[3].update(leaf="00"), "log.unreadable_line"),
        (lambda entries: entries[0].update(origin="other"), "log.other_log"),
        (lambda entries: entries[5].update(note="x\n1\nAAAA\n\n— x AAAA\n"), "log.bad_signature"),
        (lambda entries: entries[5].update(note=7), "log.bad_signature"),
        (lambda entries: entries.append({"kind": "end"}), "log.after_end"),
        (lambda entries: entries.insert(2, {"kind": "else"}), "log.unreadable_line"),
        (lambda entries: entries.pop(), "log.incomplete"),
    ],
)
def test_it_says_what_was_changed(change, code):
    entries = [json.loads(line) for line in LINES]
    change(entries)

    result = checked(
        [json.dumps(e, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for e in entries]
    )

    assert code in {problem.code for problem in result.problems}
    assert all(problem.text.zh and problem.text.en for problem in result.problems)


def test_a_checkpoint_reads_as_the_standard_writes_it():
    point = Checkpoint(ORIGIN, 20_852_163, bytes(range(32)))
    note = sign_checkpoint(point, public_key=PUBLIC, sign=KEY.sign)
    witness = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    witness_key = witness.public_key().public_bytes_raw()
    both = cosign(note, name="prefecture.example/witness", public_key=witness_key, sign=witness.sign)

    assert note.startswith(f"{ORIGIN}\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— {ORIGIN} ")
    assert open_checkpoint(note, name=ORIGIN, public_key=PUBLIC, verify=holds) == point
    assert open_checkpoint(both, name=ORIGIN, public_key=PUBLIC, verify=holds) == point
    assert open_checkpoint(note, name=ORIGIN, public_key=witness_key, verify=holds) is None
    assert open_checkpoint(note, name="other", public_key=PUBLIC, verify=holds) is None
    assert open_checkpoint(note + "x\n", name=ORIGIN, public_key=PUBLIC, verify=holds) is None


def test_a_key_is_named_as_in_the_signed_note_standard():
    # Example verifier key of the signed note documentation of Go's sumdb: PeterNeumann+c74f20a3+ARpc2Q...
    key = __import__("base64").b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")

    assert key_id("PeterNeumann", key[1:]).hex() == "c74f20a3"


def test_an_event_has_one_spelling():
    beijing = timezone(timedelta(hours=8))
    event = {"b": [1, True, None], "a": "见底", "on": date(2026, 11, 24), "id": UUID(int=1)}
    event["at"] = datetime(2026, 11, 24, 9, tzinfo=beijing)

    assert canonical_json(event) == (
        '{"a":"见底","at":"2026-11-24T01:00:00.000000Z","b":[1,true,null],'
        '"id":"00000000-0000-0000-0000-000000000001","on":"2026-11-24"}'
    )
    assert canonical_bytes({"at": datetime(2026, 11, 24, 1, tzinfo=UTC)}) == canonical_bytes(
        {"at": event["at"]}
    )


@pytest.mark.parametrize("value", [0.5, {1: 2}, {"a": b"x"}, datetime(2026, 1, 1), {"a": {"set"}}])
def test_an_event_refuses_what_two_machines_might_spell_differently(value):
    with pytest.raises(TypeError):
        canonical_bytes(value)
