"""A file too large for memory is sealed in pieces: whole and in order, or not opened at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiandi.rooms.access import sealing

CONTENT = b"one after the other, " * 50


@pytest.fixture
def sealed(settings, tmp_path: Path, monkeypatch) -> Path:
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(sealing, "PIECE_BYTES", 300)
    (tmp_path / "plain").write_bytes(CONTENT)
    sealing.seal_large(tmp_path / "plain", tmp_path / "sealed", domain="test")
    return tmp_path / "sealed"


def test_it_opens_as_it_was(sealed: Path, tmp_path: Path) -> None:
    assert len(list(sealed.glob("*"))) == 4
    assert not any(b"after" in piece.read_bytes() for piece in sealed.glob("*"))

    assert sealing.unseal_large(sealed, tmp_path / "opened", domain="test")
    assert (tmp_path / "opened").read_bytes() == CONTENT


@pytest.mark.parametrize(
    "harm", ["last piece lost", "pieces changed places", "a byte altered", "nothing there"]
)
def test_it_does_not_open_otherwise(sealed: Path, tmp_path: Path, harm: str) -> None:
    first, second, *_, last = sorted(sealed.glob("*"))
    if harm == "last piece lost":
        last.unlink()
    elif harm == "pieces changed places":
        kept = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(kept)
    elif harm == "a byte altered":
        *rest, end = last.read_bytes()
        last.write_bytes(bytes([*rest, end ^ 1]))
    else:
        sealed = tmp_path / "elsewhere"

    assert not sealing.unseal_large(sealed, tmp_path / "opened", domain="test")
    assert not (tmp_path / "opened").exists()


def test_it_opens_in_its_own_domain_alone(sealed: Path, tmp_path: Path) -> None:
    assert not sealing.unseal_large(sealed, tmp_path / "opened", domain="another")
