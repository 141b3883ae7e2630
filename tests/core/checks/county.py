"""A tiny county written as plain tables, as the specs of the rules write it."""

from jiandi.core.checks.specs import AT, county, read_tables, row_id

__all__ = ["AT", "county", "read_tables", "row_id"]
