"""What every test may ask for."""

import os
import tempfile

import pytest

os.environ.setdefault("JIANDI_DATA", os.path.join(tempfile.gettempdir(), f"jiandi-tests-{os.getuid()}"))

from hypothesis import HealthCheck, settings

settings.register_profile(
    "jiandi", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("jiandi")


@pytest.fixture
def county(db):
    """Mingxi county with its units and officers."""
    from tests import people  # noqa: PLC0415 - Django must be set up first

    people.build_county()
    return people
