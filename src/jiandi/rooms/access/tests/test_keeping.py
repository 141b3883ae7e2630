"""Backup and restore: what was there is there again, and nothing else opens it."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection
from django.test import override_settings

from jiandi.core.values import Refused
from jiandi.rooms.access import journal, keeping, pg_archive, sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.access.recording import record
from tests.people import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)
PASSPHRASE = "四个互不相干的词 correct horse"


@pytest.fixture
def kept(county, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("the archive of PostgreSQL needs its client tools")
    record("places.count", by=None, at=MONDAY, subject=county.unit("明溪县民政局"))
    journal.checkpoint(at=MONDAY)
    digest = sealing.store_file("一份名册".encode() * 200_000)
    return digest, keeping.backup(tmp_path / "county.backup", passphrase=PASSPHRASE)


def test_it_proves_the_archive_by_restoring_it(kept, tmp_path):
    _, report = kept

    assert report["events"] == 1 and report["log_size"] == 1
    assert report["log_root"] == bytes(journal.latest().root).hex()
    assert not list(tmp_path.glob(".backup-*")) and not list(tmp_path.glob("*.part"))


def test_it_restores_database_files_and_keys_into_an_empty_folder(kept, tmp_path):
    digest, _ = kept
    empty = tmp_path / "empty"

    with override_settings(DATA=empty):
        report = keeping.restore(tmp_path / "county.backup", passphrase=PASSPHRASE)
        content = sealing.read_file(digest)

    assert report["events"] == Event.objects.count()
    assert content.decode().startswith("一份名册")
    assert (empty / "keys" / "master").stat().st_mode & 0o077 == 0
    assert not list(empty.glob(".restore-*"))


def test_it_refuses_a_folder_with_another_installations_keys(kept, tmp_path):
    (tmp_path / "other" / "keys").mkdir(parents=True)
    (tmp_path / "other" / "keys" / "master").write_bytes(b"k" * 32)

    with (
        override_settings(DATA=tmp_path / "other"),
        pytest.raises(Refused, match="keys of another installation"),
    ):
        keeping.restore(tmp_path / "county.backup", passphrase=PASSPHRASE)
    assert (tmp_path / "other" / "keys" / "master").read_bytes() == b"k" * 32


def test_it_holds_nothing_readable(kept, tmp_path):
    raw = (tmp_path / "county.backup").read_bytes()

    assert b"SQLite format" not in raw and "明溪".encode() not in raw


def test_it_does_not_open_with_another_passphrase(kept, tmp_path):
    with override_settings(DATA=tmp_path / "empty"), pytest.raises(Refused, match="passphrase is wrong"):
        keeping.restore(tmp_path / "county.backup", passphrase="another passphrase")
    assert not (tmp_path / "empty" / "jiandi.sqlite3").exists()


@pytest.mark.parametrize("change", ["flip", "cut", "swap", "append"])
def test_it_refuses_a_changed_archive_and_leaves_the_folder_empty(kept, tmp_path, change):
    raw = bytearray((tmp_path / "county.backup").read_bytes())
    piece = keeping.PIECE + 16
    start = len(raw) - (len(raw) // piece) * piece if len(raw) > piece else 0
    if change == "flip":
        raw[len(raw) // 2] ^= 1
    elif change == "cut":
        del raw[start + piece :]
    elif change == "swap":
        raw = raw[:100] + raw[200:300] + raw[100:200] + raw[300:]
    else:
        raw += b"more"
    bad = tmp_path / "bad.backup"
    bad.write_bytes(raw)

    with override_settings(DATA=tmp_path / "empty"), pytest.raises(Refused):
        keeping.restore(bad, passphrase=PASSPHRASE)
    assert not (tmp_path / "empty" / "jiandi.sqlite3").exists()


def test_it_never_overwrites(kept, tmp_path):
    with pytest.raises(Refused, match="not overwritten"):
        keeping.backup(tmp_path / "county.backup", passphrase=PASSPHRASE)
    target = tmp_path / "target"
    target.mkdir()
    (target / "jiandi.sqlite3").write_bytes(b"something")
    with override_settings(DATA=target), pytest.raises(Refused, match="holds a database"):
        keeping.restore(tmp_path / "county.backup", passphrase=PASSPHRASE)


def test_it_refuses_short_passphrases(county, tmp_path):
    with pytest.raises(Refused, match="at least"):
        keeping.backup(tmp_path / "x.backup", passphrase="short")


def test_it_refuses_files_that_are_no_archive(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("a database in use is refused before any archive is opened")
    for content in (
        b"",
        b"PK\3\4",
        keeping.MAGIC + b"{}\n",
        keeping.MAGIC + b'{"n":1048576,"p":1,"r":8,"salt":"00"}\n',
    ):
        (tmp_path / "y.backup").write_bytes(content)
        with override_settings(DATA=tmp_path / "empty"), pytest.raises(Refused, match="not an archive"):
            keeping.restore(tmp_path / "y.backup", passphrase=PASSPHRASE)
    with pytest.raises(Refused, match="no file"):
        keeping.restore(tmp_path / "none.backup", passphrase=PASSPHRASE)


@pytest.fixture
def dumped(county, tmp_path):
    """An archive of PostgreSQL, with an event, a signed log and a sealed file in it."""
    if connection.vendor != "postgresql":
        pytest.skip("this is PostgreSQL's way")
    record("places.count", by=None, at=MONDAY, subject=county.unit("明溪县民政局"))
    journal.checkpoint(at=MONDAY)
    digest = sealing.store_file("一份名册".encode() * 1_000)
    return digest, keeping.backup(tmp_path / "county.backup", passphrase=PASSPHRASE)


@pytest.fixture
def empty_database(dumped, monkeypatch):
    """A second database on the same server, in use while the test runs."""
    first, name = connection.settings_dict["NAME"], "jiandi_restored"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    yield name
    connection.close()
    connection.settings_dict["NAME"] = first
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_it_dumps_postgresql_with_its_own_tool(dumped, tmp_path, monkeypatch):
    _, report = dumped

    assert report["database"] == keeping.DUMP and report["bytes"] > 1000
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="client tools"):
        keeping.backup(tmp_path / "other.backup", passphrase=PASSPHRASE)


def test_it_restores_an_archive_of_postgresql_into_an_empty_database(dumped, empty_database, tmp_path):
    digest, _ = dumped
    empty = tmp_path / "empty"

    with override_settings(DATA=empty):
        report = keeping.restore(tmp_path / "county.backup", passphrase=PASSPHRASE)
        content = sealing.read_file(digest)

    latest = journal.latest()
    assert report["events"] == Event.objects.count() == 1
    assert (report["log_size"], report["log_root"]) == (1, bytes(latest.root).hex())
    assert journal.verify() == []
    assert content.decode().startswith("一份名册")
    with pytest.raises(DatabaseError):  # the log's protection came along
        Event.objects.all().delete()
    with override_settings(DATA=tmp_path / "again"), pytest.raises(Refused, match="holds tables already"):
        keeping.restore(tmp_path / "county.backup", passphrase=PASSPHRASE)


def test_an_archive_that_breaks_off_leaves_postgresql_empty(dumped, empty_database, tmp_path, monkeypatch):
    """The tool itself fails half way: nothing of the archive is in the database."""
    arguments = _with_a_table_in_the_way(pg_archive.database_arguments)
    monkeypatch.setattr(pg_archive, "database_arguments", arguments)

    with override_settings(DATA=tmp_path / "empty"), pytest.raises(Refused, match="pg_restore failed"):
        keeping.restore(tmp_path / "county.backup", passphrase=PASSPHRASE)

    assert connection.introspection.table_names() == ["register_person"]


def _with_a_table_in_the_way(arguments):
    def late():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE register_person (id int)")
        return arguments()

    return late


def test_it_keeps_no_key_of_another_installation(tmp_path):
    here = sealing.seal(b"note", domain="note:1")
    with override_settings(DATA=tmp_path):
        there = sealing.seal(b"note", domain="note:1")
        assert sealing.unseal(there, domain="note:1") == b"note"
        with pytest.raises(InvalidTag):
            sealing.unseal(here, domain="note:1")

    assert sealing.unseal(here, domain="note:1") == b"note"
