"""The receipt: sixteen digits by which a reporter, and nobody else, finds their report again."""

from __future__ import annotations

from argon2.low_level import Type, hash_secret_raw

from jiandi.rooms.access import dice, sealing

DIGITS = (
    16  # 53 bits, like a long telephone number: said aloud, written on a hand, typed without an input method
)
# Codes under 112 bits are hashed like passwords (ASVS 6.5.2). The salt is one secret for all codes, so that a report can
# be found by its code; without it and the machine nobody can try codes. 32 MiB and about 30 ms a try.
COST = {"time_cost": 1, "memory_cost": 32 * 1024, "parallelism": 1}


def new_code() -> str:
    """Return sixteen random digits in groups of four."""
    number = 0
    while True:
        number = int.from_bytes(dice.token_bytes(8), "big")
        if number < 10**DIGITS * (2**64 // 10**DIGITS):  # every code equally likely
            break
    digits = f"{number % 10**DIGITS:0{DIGITS}d}"
    return " ".join(digits[start : start + 4] for start in range(0, DIGITS, 4))


def digest_of(code: str) -> bytes | None:
    """Return the stored digest of a code as typed (blanks and dashes do not matter); nothing if it cannot be one."""
    digits = "".join(letter for letter in code.translate(_PLAIN) if letter not in " -\u3000\t\r\n")
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    salt = sealing.kept_secret("receipts", 16)
    return hash_secret_raw(secret=digits.encode(), salt=salt, hash_len=32, type=Type.ID, **COST)


_PLAIN = {0xFF10 + digit: str(digit) for digit in range(10)}
