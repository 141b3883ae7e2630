"""Identity numbers and dates as people and offices write them: what they say, what was repaired, what is refused.

Python functions here are the slow, readable twin; `numbers_sql` and `map_dates` do the same for whole DuckDB tables.
"""

from jiandi.core.identity.dates import DateReading, read_date
from jiandi.core.identity.dates_sql import map_dates
from jiandi.core.identity.lunar import lunar_table, lunar_to_solar, solar_to_lunar
from jiandi.core.identity.number import (
    USABLE,
    NumberReading,
    check_character,
    read_number,
    sex_of,
    whole_number,
)
from jiandi.core.identity.number_sql import numbers_sql
from jiandi.core.identity.reasons import REASONS

__all__ = [
    "REASONS",
    "USABLE",
    "DateReading",
    "NumberReading",
    "check_character",
    "lunar_table",
    "lunar_to_solar",
    "map_dates",
    "numbers_sql",
    "read_date",
    "read_number",
    "sex_of",
    "solar_to_lunar",
    "whole_number",
]
