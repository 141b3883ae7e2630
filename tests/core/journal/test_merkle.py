"""The tree against the published roots of certificate transparency and against RFC 6962 by its definition."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.journal.batch import gather_batch, verify_subject
from jiandi.core.journal.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    event_leaf,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

# Test inputs and roots of the certificate-transparency reference implementation (merkle_tree_test).
INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves):
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def leaves_of(count):
    return [leaf_hash(str(number).encode()) for number in range(count)]


def test_it_has_the_published_roots():
    frontier, tree = Frontier(), Tree()
    assert frontier.root() == tree.root() == EMPTY_ROOT
    for text, root in zip(INPUTS, ROOTS, strict=True):
        frontier.append(leaf_hash(bytes.fromhex(text)))
        tree.append(leaf_hash(bytes.fromhex(text)))

        assert frontier.root().hex() == tree.root().hex() == root


@pytest.mark.parametrize("size", range(1, 40))
def test_it_proves_every_leaf_and_every_earlier_size(size):
    leaves = leaves_of(size)
    tree = Tree(leaves)
    root = by_definition(leaves)

    assert tree.root() == root
    for index in range(size):
        assert verify_inclusion(leaves[index], index, size, tree.inclusion_proof(index), root)
    for old in range(size + 1):
        old_root = by_definition(leaves[:old])
        assert tree.root(old) == old_root
        assert verify_consistency(old, size, tree.consistency_proof(old), old_root, root)


@settings(max_examples=60)
@given(st.integers(2, 200), st.data())
def test_it_refuses_every_wrong_proof(size, data):
    leaves = leaves_of(size)
    tree, root = Tree(leaves), by_definition(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    proof, grown = tree.inclusion_proof(index), tree.consistency_proof(old)
    other = (index + 1) % size
    flipped = data.draw(st.integers(0, 255))

    def flip(parts):
        place = data.draw(st.integers(0, len(parts) - 1))
        changed = bytearray(parts[place])
        changed[flipped // 8] ^= 1 << flipped % 8
        return [*parts[:place], bytes(changed), *parts[place + 1 :]]

    assert not verify_inclusion(leaves[other], index, size, proof, root)
    assert not verify_inclusion(leaves[index], other, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, flip(proof), root)
    assert not verify_inclusion(leaves[index], index, size, proof[:-1], root)
    assert not verify_inclusion(leaves[index], index, size, [*proof, root], root)
    assert not verify_inclusion(leaves[index], size, size, proof, root)
    assert not verify_consistency(old, size, flip(grown), tree.root(old), root)
    assert not verify_consistency(old, size, grown[:-1], tree.root(old), root)
    assert not verify_consistency(old, size, [*grown, root], tree.root(old), root)
    assert not verify_consistency(old, size, grown, tree.root(old - 1), root)
    assert not verify_consistency(size, old, grown, root, tree.root(old))


def test_it_checks_the_ends_of_a_growing_log():
    root = by_definition(leaves_of(5))

    assert verify_consistency(0, 5, [], EMPTY_ROOT, root)
    assert not verify_consistency(0, 5, [], root, root)
    assert verify_consistency(5, 5, [], root, root)
    assert not verify_consistency(3, 5, [], root, root)
    for call in (lambda t: t.root(6), lambda t: t.inclusion_proof(5), lambda t: t.consistency_proof(6)):
        with pytest.raises(IndexError):
            call(Tree(leaves_of(5)))


def test_it_goes_on_from_a_stored_edge():
    leaves = leaves_of(100)
    first = Frontier()
    first.extend(leaves[:37])

    second = Frontier(first.size, first.edge)
    second.extend(leaves[37:])

    assert second.root() == by_definition(leaves)
    with pytest.raises(ValueError, match="edge of 1 hashes"):
        Frontier(64, first.edge)


def test_it_hides_an_event_behind_its_salt():
    event = {"verb": "cases.open_case", "case": 7}

    assert event_leaf(b"a" * 16, event) != event_leaf(b"b" * 16, event)
    assert event_leaf(b"s", {"a": 1}) == hashlib.sha256(b'\x00s{"a":1}').digest()


def test_it_traces_a_person_through_a_bulk_event():
    batch = gather_batch((f"person:{n}" for n in [3, 1, 2, 3, 40]), salt=b"s" * 16)
    index, proof = batch.proof("person:40")

    assert batch.payload() == {"subjects": 4, "subjects_root": batch.root.hex()}
    shown = {"salt": batch.salt, "index": index, "size": batch.size, "proof": proof, "root": batch.root}
    assert verify_subject("person:40", **shown)
    assert not verify_subject("person:5", **shown)
    assert gather_batch([], salt=b"s").root == EMPTY_ROOT
