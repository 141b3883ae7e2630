"""What may be shown of a name, an identity number or a telephone number to somebody who may only find, not read."""

from __future__ import annotations

from jiandi.core.names.normal import split_name


def mask_name(name: str | None) -> str:
    """Show the surname alone, one star for each further character (王建国: 王**)."""
    if not name:
        return ""
    surname, given = split_name(name)
    return surname + "*" * len(given)


def mask_id(number: str | None) -> str:
    """Show the six digits of the area and the last two of an identity number; birth date and sequence stay hidden."""
    if not number:
        return ""
    if len(number) < 10:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 8) + number[-2:]


def mask_phone(number: str | None) -> str:
    """Show the first three and the last two digits of a telephone number."""
    if not number:
        return ""
    if len(number) < 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 5) + number[-2:]
