"""Linking tables of Western form (first name, last name, birth date, address): the same caution, other questions."""

from jiandi.core.linkage.generic.cleaning import FIELDS, clean_generic
from jiandi.core.linkage.generic.linking import link_generic

__all__ = ["FIELDS", "clean_generic", "link_generic"]
