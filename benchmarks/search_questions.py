"""What people type into the search, by kind, drawn from those who are in the register, and who asks; for `benchmarks/search.py`.

Run by it, with JIANDI_DATA and JIANDI_DATABASE set: builds the register where there is none and writes questions.json beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from pathlib import Path

from opencc import OpenCC
from search_people import CITY, COUNTY, _given, _surnames, build  # first: it starts Django

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # isort: skip
from django.contrib.sessions.backends.db import SessionStore  # isort: skip
from django.core.management import call_command  # isort: skip

from jiandi.core.names.pinyin import initials, reading
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import LookUp, Officer
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.models import Person

EACH = 200  # different questions of a kind
Asked = dict[str, list[tuple[str, int | None]]]


def _plain(hints: list[str], roll: random.Random) -> list[tuple[str, int | None]]:
    """Return as many different hints as one asks for; repeated only where there are not so many."""
    different = list(dict.fromkeys(hint for hint in hints if hint))
    roll.shuffle(different)
    return [(hint, None) for hint in (different * (EACH // max(1, len(different)) + 1))[:EACH]]


def questions(roll: random.Random, people: int) -> dict[str, Asked]:
    """Return the questions of officers of a county, a township and the whole city."""
    town = COUNTY + 203_000
    areas = {
        "county": {"county_id": COUNTY},
        "township": {"town_id": town},
        "city": {"county__city_id": CITY},
    }
    return {area: _of(roll, people, within) for area, within in areas.items()}


def _drawn(roll: random.Random, people: int, within: dict[str, int]) -> list[Person]:
    """Return people of an area, drawn by number."""
    found: dict[int, Person] = {}
    while len(found) < 3 * EACH:
        numbers = [roll.randrange(1, people + 1) for _ in range(2000)]
        found |= {
            one.pk: one for one in Person.objects.filter(pk__in=numbers, **within).select_related("village")
        }
    return list(found.values())


def _of(roll: random.Random, people: int, within: dict[str, int]) -> Asked:
    drawn = _drawn(roll, people, within)
    called = [person.name for person in drawn]
    surnames, given = _surnames()[0], _given()[0]
    alike = _homophones(surnames + given)
    traditional = OpenCC("s2t")
    common = [a + b for a in surnames[:20] for b in given[:12]]
    in_villages = [(person.name[: 1 + n % 3], person.village_id) for n, person in enumerate(drawn)]
    return {
        "one character": _plain([*surnames[:100], *given[:400]], roll),
        "two characters": _plain([name for name in called if len(name) == 2] + common, roll),
        "three characters": _plain([name for name in called if len(name) == 3], roll),
        "four characters": _plain([name + given[n % 300] for n, name in enumerate(called)], roll),
        "commonest names": _plain(common, roll),
        "given name alone": _plain([name[-2:] for name in called if len(name) > 2], roll),
        "one to four first letters": _plain(
            [initials(name)[: 1 + n % 4] for n, name in enumerate(called * 2)], roll
        ),
        "pinyin whole or begun": _plain([_spoken(name, n) for n, name in enumerate(called)], roll),
        "traditional": _plain([t for t in map(traditional.convert, called) if t not in called], roll),
        "homophone": _plain([alike(name[0]) + name[1:-1] + alike(name[-1]) for name in called], roll),
        "name and address": _plain([_with_address(person, n) for n, person in enumerate(drawn)], roll),
        "address alone": _plain([person.address[3 : 6 + n % 6] for n, person in enumerate(drawn)], roll),
        "in one village": in_villages[:EACH],
        "identity number": _plain([_number(person) for person in drawn], roll),
        "part of a number": _plain([_number(person)[6 : 14 + n % 3] for n, person in enumerate(drawn)], roll),
        "telephone": _plain([person.phone for person in drawn], roll),
        "code": _plain([person.code for person in drawn], roll),
        "nobody": _plain([a + b + c for a in "犇骉淼鑫" for b in "龘靐齉爩" for c in given[:40]], roll),
    }


def _spoken(name: str, n: int) -> str:
    whole = "".join(map(reading, name))
    return whole if n % 2 else whole[: max(2, len(whole) - 1 - n % 5)]


def _with_address(person: Person, n: int) -> str:
    village = Place.objects.get(pk=person.village_id, level=Level.VILLAGE).name
    return f"{person.name[: 1 + n % 3]} {village}" if n % 4 else f"{person.name[:1]} {person.address}"


def _number(person: Person) -> str:
    if not person.id_sealed:
        return ""
    return sealing.unseal(bytes(person.id_sealed), domain=f"person.id:{person.code}").decode()


def _homophones(chars: list[str]):
    """Return what turns a character into another one that sounds the same, where there is one."""
    by_sound: dict[str, list[str]] = {}
    for char in chars:
        by_sound.setdefault(reading(char[0]), []).append(char[0])
    following = {}
    for group in by_sound.values():
        following |= dict(zip(group, [*group[1:], group[0]], strict=True))
    return lambda char: following.get(char, char)


def sessions(area: str) -> list[str]:
    """Sign the officers of an area in, with nothing looked up this hour; return their cookies."""
    cookies = []
    for officer in Officer.objects.filter(username__startswith=f"{area}_").order_by("pk"):
        store = SessionStore()
        store[SESSION_KEY] = str(officer.pk)
        store[BACKEND_SESSION_KEY] = "jiandi.rooms.access.backends.OfficerBackend"
        store[HASH_SESSION_KEY] = officer.get_session_auth_hash()
        store.save()
        cookies.append(f"sessionid={store.session_key}")
    return cookies


def main() -> None:
    """Build what is not there, and write down who asks what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    folder = Path(os.environ["JIANDI_DATA"])
    built = folder / "built.json"
    if not built.exists():
        call_command("migrate", verbosity=0)
        built.write_text(json.dumps(build(arguments.people, arguments.seed)), encoding="ascii")
        print(built.read_text(encoding="ascii"), flush=True)
    LookUp.objects.all().delete()
    asked = questions(random.Random(arguments.seed), arguments.people)
    written = {area: {"cookies": sessions(area), "asked": kinds} for area, kinds in asked.items()}
    (folder / "questions.json").write_text(json.dumps(written), encoding="ascii")


if __name__ == "__main__":
    main()
