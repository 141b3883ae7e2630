"""Names of people as they are written, as they sound, as they look, as they may be shown."""

from jiandi.core.names.mapping import map_names
from jiandi.core.names.masks import mask_id, mask_name, mask_phone
from jiandi.core.names.normal import normalise, shape_key, split_name
from jiandi.core.names.pinyin import initials, pinyin_key, surname_reading
from jiandi.core.names.tokens import query_terms, search_tokens

__all__ = [
    "initials",
    "map_names",
    "mask_id",
    "mask_name",
    "mask_phone",
    "normalise",
    "pinyin_key",
    "query_terms",
    "search_tokens",
    "shape_key",
    "split_name",
    "surname_reading",
]
