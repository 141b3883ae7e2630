"""Fields and files that are unreadable without the key: AES-256-GCM, bound to where they belong."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

PIECE_BYTES = 1 << 26  # of a large file, sealed at a time
STREAM_BYTES = 1 << 23  # of a stored file that is not sealed in one go
VERSION = b"\x01"  # AES-256-GCM, 12-byte nonce; another number would be another algorithm (ASVS 11.2.2)
IN_PIECES = b"\x02"  # the same, piece after piece of STREAM_BYTES: a file of gigabytes never lies in memory
_SEAL_BYTES = 29  # version, nonce and tag of a piece


def kept_secret(name: str, size: int) -> bytes:
    """Return a secret kept beside the data, made at first use and readable by this user alone."""
    path = Path(settings.DATA) / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_suffix(f".{os.getpid()}")
        made.touch(mode=0o600)
        made.write_bytes(os.urandom(size))
        # `link` refuses to replace: whoever came first wins, and everyone reads the same secret.
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_bytes()


def _key(purpose: str) -> bytes:
    """Derive the key of one purpose from the installation's master key."""
    return _derived(purpose, str(settings.DATA))


@cache
def _derived(purpose: str, folder: str) -> bytes:
    # By folder: whoever looks into a second installation (a restored archive) must not keep its key for the first.
    return hmac.digest(kept_secret("master", 32), purpose.encode(), "sha256")


def seal(value: bytes, *, domain: str) -> bytes:
    """Encrypt a value so that it opens only in its own domain (for example "person.id:HK7Q")."""
    nonce = os.urandom(12)
    return VERSION + nonce + AESGCM(_key("seal")).encrypt(nonce, value, domain.encode())


def unseal(sealed: bytes, *, domain: str) -> bytes:
    """Decrypt a value; raises cryptography's InvalidTag when it was altered or moved from where it belongs."""
    sealed = bytes(sealed)
    if sealed[:1] != VERSION:
        raise ValueError("sealed with an unknown algorithm")
    return AESGCM(_key("seal")).decrypt(sealed[1:13], sealed[13:], domain.encode())


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return the keyed digest by which an exact value can be found without being stored (16 bytes)."""
    return hmac.digest(_key(f"index.{purpose}"), value.encode(), "sha256")[:16]


def store_file(content: bytes) -> str:
    """Seal a file under its SHA-256, once; return the hash. Written whole or not at all."""
    digest = hashlib.sha256(content).hexdigest()
    _store(digest, lambda: iter([seal(content, domain=f"file:{digest}")]))
    return digest


def store_path(plain: Path) -> str:
    """Do the same with a file of any size, which is read piece by piece."""
    if plain.stat().st_size <= STREAM_BYTES:
        return store_file(plain.read_bytes())
    with plain.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    _store(digest, lambda: chain([IN_PIECES], _pieces(plain, STREAM_BYTES, f"file:{digest}")))
    return digest


def _store(digest: str, sealed: Callable[[], Iterator[bytes]]) -> None:
    """Write a sealed file, whole or not at all; halves of processes that died are swept first."""
    path = sealed_path(digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in path.parent.glob("*.part"):
        if not Path(f"/proc/{left.name.split('.')[1]}").exists():
            left.unlink(missing_ok=True)
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with half.open("wb") as out:
            for piece in sealed():
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _pieces(plain: Path, size: int, domain: str) -> Iterator[bytes]:
    """Yield a file sealed in pieces, each bound to its place and to how many there are."""
    of = -(-plain.stat().st_size // size)
    with plain.open("rb") as whole:
        for number, piece in enumerate(iter(lambda: whole.read(size), b"")):
            yield seal(piece, domain=f"{domain}:{number}:{of}")


def read_file(digest: str) -> bytes:
    """Return a sealed file's content."""
    return b"".join(read_pieces(digest))


def read_pieces(digest: str) -> Iterator[bytes]:
    """Yield a sealed file's content, a piece at a time where it is large."""
    path = sealed_path(digest)
    with path.open("rb") as sealed:
        if sealed.read(1) != IN_PIECES:
            yield unseal(path.read_bytes(), domain=f"file:{digest}")
            return
        size = STREAM_BYTES + _SEAL_BYTES
        of = -(-(path.stat().st_size - 1) // size)
        for number, piece in enumerate(iter(lambda: sealed.read(size), b"")):
            yield unseal(piece, domain=f"file:{digest}:{number}:{of}")


def seal_large(plain: Path, into: Path, *, domain: str) -> None:
    """Seal a file of any size into a new folder, piece by piece; each is bound to its place and to how many there are."""
    into.mkdir(mode=0o700)
    for number, piece in enumerate(_pieces(plain, PIECE_BYTES, domain)):
        (into / f"{number:06d}").write_bytes(piece)


def unseal_large(sealed: Path, into: Path, *, domain: str) -> bool:
    """Write such a file plainly; False, and nothing written, where it is not there, not whole or not as it was sealed."""
    try:
        pieces = sorted(sealed.glob("*"))
        with into.open("wb") as plain:
            for number, piece in enumerate(pieces):
                plain.write(unseal(piece.read_bytes(), domain=f"{domain}:{number}:{len(pieces)}"))
    except (InvalidTag, OSError, ValueError):
        pieces = []
    if not pieces:
        into.unlink(missing_ok=True)
    return bool(pieces)


def drop_file(digest: str) -> None:
    """Remove a sealed file for good; nothing happens when it is gone."""
    sealed_path(digest).unlink(missing_ok=True)


def sealed_path(digest: str) -> Path:
    """Return where a sealed file lies."""
    return Path(settings.DATA) / "sealed" / digest[:2] / digest
