"""What every test may ask for."""

import atexit
import os
import shutil
import tempfile

import pytest

if "JIANDI_DATA" not in os.environ:  # the workers of one run share it; no run meets another's keys and files
    os.environ["JIANDI_DATA"] = tempfile.mkdtemp(prefix="jiandi-tests-")
    atexit.register(shutil.rmtree, os.environ["JIANDI_DATA"], ignore_errors=True)

from hypothesis import HealthCheck, settings

settings.register_profile(
    "jiandi", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("jiandi")


@pytest.fixture(autouse=True, scope="session")
def _log_can_be_emptied_between_tests():
    """The database refuses to delete its log; only emptying a test database takes the refusal off for a moment."""
    from django.db import connection  # noqa: PLC0415 - Django must be set up first
    from django.test import TransactionTestCase  # noqa: PLC0415

    from jiandi.rooms.access import protections  # noqa: PLC0415

    empty = TransactionTestCase._fixture_teardown

    def emptied(case):
        with connection.cursor() as cursor:
            protections.remove(cursor.execute, connection.vendor)
        empty(case)
        with connection.cursor() as cursor:
            protections.install(cursor.execute, connection.vendor, protections.columns_of(connection))

    TransactionTestCase._fixture_teardown = emptied
    yield
    TransactionTestCase._fixture_teardown = empty


@pytest.fixture
def county(db):
    """Mingxi county with its units and officers."""
    from tests import people  # noqa: PLC0415 - Django must be set up first

    people.build_county()
    return people
