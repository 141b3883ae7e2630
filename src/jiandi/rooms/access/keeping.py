"""Backup and restore: database, sealed files and keys in one encrypted archive, proved by restoring it.

The archive is a tar, sealed in pieces of a megabyte with AES-256-GCM under a key that scrypt makes from the passphrase.
Each piece is bound to the header, its number and whether it is the last, so that nothing can be cut, moved or swapped.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import pysqlite3
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from django.db import connection

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import pg_archive

MAGIC = b"JIANDI-BACKUP-1\n"
PIECE = 1024 * 1024
# RFC 7914 for files: 64 MiB and about a third of a second for each guess at the passphrase.
SCRYPT = {"n": 2**16, "r": 8, "p": 1}
SHORTEST_PASSPHRASE = 12
_NAMES = re.compile(
    r"jiandi\.sqlite3|jiandi\.pgdump|manifest\.json|keys/[\w-]+|sealed/[0-9a-f]{2}/[0-9a-f]{64}"
)
DATABASE, DUMP = "jiandi.sqlite3", "jiandi.pgdump"
MASTER = "keys/master"  # opens everything sealed


class SealedWriter(io.RawIOBase):
    """A file that is encrypted piece by piece as it is written."""

    def __init__(self, out: BinaryIO, passphrase: str) -> None:
        super().__init__()
        salt = os.urandom(16)
        header = MAGIC + json.dumps({"salt": salt.hex(), **SCRYPT}, sort_keys=True).encode() + b"\n"
        out.write(header)
        self.out, self.cipher = out, AESGCM(_derive(passphrase, salt, SCRYPT))
        self.bound, self.waiting, self.number = hashlib.sha256(header).digest(), bytearray(), 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Take more; whole pieces go out sealed."""
        self.waiting += data
        while len(self.waiting) > PIECE:
            self._put(bytes(self.waiting[:PIECE]), last=False)
            del self.waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Seal what is left as the last piece."""
        self._put(bytes(self.waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce, bound = _nonce(self.number, last), self.bound
        self.out.write(self.cipher.encrypt(nonce, piece, bound))
        self.number += 1


class SealedReader(io.RawIOBase):
    """Reads what SealedWriter wrote; a wrong passphrase or any change is refused in a sentence."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        super().__init__()
        header = source.readline(64) + source.readline(400)
        try:
            if not header.startswith(MAGIC):
                raise ValueError
            stated = json.loads(header[len(MAGIC) :])
            cost = {name: int(stated[name]) for name in SCRYPT}
            salt = bytes.fromhex(stated["salt"])
        except (ValueError, KeyError, TypeError) as error:
            raise _not_ours() from error
        if cost != SCRYPT:  # a forged header must not make us spend the machine's memory
            raise _not_ours()
        self.source, self.cipher = source, AESGCM(_derive(passphrase, salt, cost))
        self.bound, self.number, self.ready = hashlib.sha256(header).digest(), 0, b""
        self.next = source.read(PIECE + 16)
        self.done = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Give as much as there is room for."""
        if not self.ready and not self.done:
            self._open()
        count = min(len(buffer), len(self.ready))
        buffer[:count] = self.ready[:count]
        self.ready = self.ready[count:]
        return count

    def _open(self) -> None:
        piece, self.next = self.next, self.source.read(PIECE + 16)
        self.done = not self.next
        try:
            self.ready = self.cipher.decrypt(_nonce(self.number, self.done), piece, self.bound)
        except (InvalidTag, ValueError) as error:
            raise Refused(
                "backup.cannot_open",
                Text(
                    zh="口令不对,或备份文件已损坏、被改动。",
                    en="The passphrase is wrong, or the archive was damaged or changed.",
                ),
            ) from error
        self.number += 1


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())


def _not_ours() -> Refused:
    return Refused(
        "backup.not_ours", Text(zh="这不是见底的备份文件。", en="This is not an archive made by Jiandi.")
    )


def backup(path: Path, *, passphrase: str) -> dict[str, Any]:
    """Write everything into one encrypted archive while the service runs, and prove it by restoring it aside.

    Returns what it holds: files, bytes, events in the log, its root.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Refused(
            "backup.passphrase",
            Text(
                zh=f"口令至少{SHORTEST_PASSPHRASE}位。没有口令,备份谁也打不开。",
                en=f"The passphrase has at least {SHORTEST_PASSPHRASE} characters. Without it nobody opens the backup.",
            ),
        )
    if path.exists():
        raise Refused(
            "backup.conflict",
            Text(zh=f"“{path}”已存在,不覆盖。", en=f'"{path}" exists and is not overwritten.'),
        )
    part = path.with_name(f"{path.name}.part")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        os.chmod(folder, 0o700)
        copy = _copy_database(Path(folder))
        manifest = _write(part, passphrase, copy)
        proved = _prove(part, passphrase, Path(folder) / "restored", manifest)
    part.replace(path)
    return {"file": str(path), "bytes": path.stat().st_size, "files": len(manifest), **proved}


def _copy_database(folder: Path) -> Path:
    """Copy the database as of one moment, while others write."""
    if connection.vendor == "postgresql":
        return pg_archive.dump(folder / DUMP)
    target = folder / DATABASE
    source = pysqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)
    copy = pysqlite3.connect(target)
    try:
        source.backup(copy, pages=4096)
    finally:
        copy.close()
        source.close()
    return target


def _write(part: Path, passphrase: str, database: Path) -> dict[str, str]:
    manifest: dict[str, str] = {}
    with part.open("wb") as out:
        sealed = SealedWriter(out, passphrase)
        with tarfile.open(fileobj=sealed, mode="w|") as tar:
            for name, file in [(database.name, database), *_kept_files()]:
                manifest[name] = _digest(file)
                tar.add(file, arcname=name, recursive=False)
            listed = json.dumps(manifest, sort_keys=True).encode()
            entry = tarfile.TarInfo("manifest.json")
            entry.size = len(listed)
            tar.addfile(entry, io.BytesIO(listed))
        sealed.finish()
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _kept_files() -> list[tuple[str, Path]]:
    root = Path(settings.DATA)
    found = [
        file for folder in ("keys", "sealed") for file in sorted((root / folder).rglob("*")) if file.is_file()
    ]
    return [(str(file.relative_to(root)), file) for file in found if not file.name.endswith(".part")]


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _prove(part: Path, passphrase: str, folder: Path, manifest: dict[str, str]) -> dict[str, Any]:
    found = _unpack(part, passphrase, folder)
    if found != manifest:
        raise Refused(
            "backup.not_whole",
            Text(zh="备份校验失败,未保存。", en="The archive did not verify and was not kept."),
        )
    return _look_into(folder)


def _look_into(folder: Path) -> dict[str, Any]:
    """Open a restored database by itself: is it whole, and what does its log say?"""
    file = folder / DATABASE
    if not file.exists():
        return {"database": DUMP}
    opened = pysqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        (state,) = opened.execute("PRAGMA integrity_check").fetchone()
        events = opened.execute("SELECT count(*) FROM access_event").fetchone()[0]
        last = opened.execute(
            "SELECT size, hex(root) FROM access_checkpoint ORDER BY size DESC LIMIT 1"
        ).fetchone()
    finally:
        opened.close()
    if state != "ok":
        raise Refused(
            "backup.not_whole", Text(zh=f"数据库不完整:{state}", en=f"The database is not whole: {state}")
        )
    return {"events": events, "log_size": last[0] if last else 0, "log_root": last[1].lower() if last else ""}


def restore(path: Path, *, passphrase: str) -> dict[str, Any]:
    """Put an archive back into an empty data folder: nothing is there before it is whole and verified."""
    root = Path(settings.DATA)
    if not path.is_file():
        raise Refused("backup.not_found", Text(zh=f"没有文件“{path}”。", en=f'There is no file "{path}".'))
    _check_empty(root)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=root, prefix=".restore-") as folder:
        found = _unpack(path, passphrase, Path(folder) / "restored")
        _check_fits(root, found)
        report = _look_into(Path(folder) / "restored")
        _move_in(Path(folder) / "restored", root)
    if connection.vendor == "postgresql":
        report = {"database": DUMP, **pg_archive.look_into()}
    return {"files": len(found), **report}


def _check_empty(root: Path) -> None:
    """Nothing that is there is overwritten: neither a database in the folder nor one on the server."""
    existing = root / DATABASE
    if connection.vendor == "sqlite" and existing.exists() and existing.stat().st_size:
        raise Refused(
            "backup.conflict",
            Text(
                zh=f"“{root}”里已有数据库,不覆盖。请先移走,或用JIANDI_DATA指定空文件夹。",
                en=f'"{root}" holds a database already. Move it away, or name an empty folder with JIANDI_DATA.',
            ),
        )
    if connection.vendor == "postgresql" and connection.introspection.table_names():
        name = connection.settings_dict["NAME"]
        raise Refused(
            "backup.conflict",
            Text(
                zh=f"PostgreSQL数据库“{name}”里已有数据表,不覆盖。请新建一个空数据库,并在JIANDI_DATABASE中写它。",
                en=f'The PostgreSQL database "{name}" holds tables already. Create an empty one and name it in JIANDI_DATABASE.',
            ),
        )


def _check_fits(root: Path, found: dict[str, str]) -> None:
    """The archive is of the database in use, and no other installation's master key lies where its own will."""
    dumped = DUMP if connection.vendor == "postgresql" else DATABASE
    if dumped not in found:
        raise Refused(
            "backup.other_database",
            Text(
                zh="这份备份来自另一种数据库。PostgreSQL的备份要设置JIANDI_DATABASE再恢复,SQLite的备份不要设置。",
                en="The archive is of the other kind of database. Restore one of PostgreSQL with JIANDI_DATABASE set, one of SQLite without it.",
            ),
        )
    master = root / MASTER
    if master.exists() and _digest(master) != found.get(MASTER):
        raise Refused(
            "backup.conflict",
            Text(
                zh=f"“{root}”里有另一套系统的密钥,不覆盖。请用JIANDI_DATA指定空文件夹。",
                en=f'"{root}" holds the keys of another installation. Name an empty folder with JIANDI_DATA.',
            ),
        )


def _move_in(folder: Path, root: Path) -> None:
    """Keys and files first, the database last: with it the installation begins to exist."""
    dump = folder / DUMP
    for file in sorted(file for file in folder.rglob("*") if file.is_file() and file != dump):
        if file.name != DATABASE:
            _move(file, root / file.relative_to(folder))
    if dump.exists():
        pg_archive.load(dump)
        dump.unlink()
    else:
        _move(folder / DATABASE, root / DATABASE)


def _move(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(file, 0o600)
    file.replace(target)


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Take a plain file out, under the few names an archive of ours has; nothing is ever written elsewhere."""
    content = tar.extractfile(entry) if entry.isreg() and _NAMES.fullmatch(entry.name) else None
    if content is None:
        raise _not_ours()
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("wb") as out:
        shutil.copyfileobj(content, out, PIECE)


def _unpack(path: Path, passphrase: str, folder: Path) -> dict[str, str]:
    """Unpack an archive and compare every file with its manifest; returns name -> SHA-256."""
    folder.mkdir(parents=True, mode=0o700)
    with path.open("rb") as source:
        plain = io.BufferedReader(SealedReader(source, passphrase), PIECE)
        try:
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                for entry in tar:
                    _extract(tar, entry, folder)
            plain.read()  # to the last piece: an archive cut short has none
        except tarfile.TarError as error:
            raise _not_ours() from error
    listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").unlink()
    for name, digest in listed.items():
        if _digest(folder / name) != digest:
            raise Refused(
                "backup.not_whole", Text(zh=f"“{name}”与清单不符。", en=f'"{name}" does not match the list.')
            )
    return dict(listed)
