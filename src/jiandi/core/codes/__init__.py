"""Code tables as data: sex, kin, marital status, nationality, kind and grade of disability, and departments' own lists."""

from jiandi.core.codes.mapping import map_codes
from jiandi.core.codes.tables import REASONS, CodeReading, CodeTable, code_tables, read_code, with_words

__all__ = ["REASONS", "CodeReading", "CodeTable", "code_tables", "map_codes", "read_code", "with_words"]
