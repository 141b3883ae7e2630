"""How long the server takes for every page and for a search, on a finished demonstration.

    JIANDI_DATA=var/demo python benchmarks/pages.py [--rounds 5]

Prints JSON: milliseconds per page (median and worst of the rounds, after one warm-up) and the search's p50/p95.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")

import django

django.setup()

from django.test import Client  # noqa: E402

from jiandi.rooms.access import clock  # noqa: E402
from jiandi.rooms.access.models import LookUp, Officer  # noqa: E402
from jiandi.rooms.assurance.models import Certificate, Draw  # noqa: E402
from jiandi.rooms.bulletins.models import Bulletin  # noqa: E402
from jiandi.rooms.cases.models import Case, Referral  # noqa: E402
from jiandi.rooms.checks.models import Alert  # noqa: E402
from jiandi.rooms.register import queries as register  # noqa: E402
from jiandi.rooms.register.models import Household, Person, ReviewPair, Roster  # noqa: E402
from jiandi.rooms.register.queries_people import PURPOSES  # noqa: E402
from jiandi.rooms.screening.models import Campaign, VisitTask  # noqa: E402


def pages() -> list[tuple[str, str]]:
    """Return (user name, address) of every kind of page, with an object that exists."""
    person = Person.objects.filter(record_count__gt=3, wall__isnull=True).first()
    pair = ReviewPair.objects.filter(state="open", village__isnull=False).first()
    campaign, task = Campaign.objects.latest("pk"), VisitTask.objects.filter(worker__isnull=False).first()
    return [
        ("lead", "/"),
        ("lead", "/places/"),
        ("lead", f"/places/{task.village_id}/"),
        ("steward", "/register/rosters/"),
        ("steward", f"/register/rosters/{Roster.objects.first().pk}/"),
        ("steward", "/register/statement/"),
        ("lead", f"/register/statement/?place={task.town_id}"),
        ("lead", "/register/entitlements/"),
        ("lead", "/register/life/"),
        ("lead", "/register/transfers/"),
        ("lead", f"/register/people/{person.code}/family/"),
        ("lead", f"/register/people/{person.code}/life/"),
        ("steward", "/register/review/"),
        ("steward", f"/register/review/{ReviewPair.objects.first().pk}/"),
        ("lead", f"/register/people/{person.code}/"),
        ("lead", f"/register/households/{Household.objects.filter(size__gt=2).first().code}/"),
        ("lead", f"/register/people/{person.code}/family/"),
        ("lead", f"/register/people/{person.code}/life/"),
        ("lead", "/register/life/"),
        ("lead", "/register/guardians/"),
        ("lead", "/register/statement/"),
        ("lead", "/register/entitlements/"),
        ("steward", f"/register/review/village/{pair.village_id}/"),
        ("steward", "/register/review/lotteries/"),
        ("lead", "/register/transfers/"),
        ("lead", f"/screening/rounds/{campaign.pk}/"),
        ("lead", f"/screening/rounds/{campaign.pk}/villages/{task.village_id}/"),
        (task.worker.username, "/screening/mine/"),
        (task.worker.username, f"/screening/tasks/{task.code}/"),
        ("lead", "/checks/"),
        ("lead", f"/checks/{Alert.objects.order_by('-rank').first().pk}/"),
        ("lead", "/checks/rules/"),
        ("hotline", "/report/"),
        ("lead", "/cases/"),
        ("lead", f"/cases/{Case.objects.first().pk}/"),
        (Referral.objects.first().unit.officers.first().username, "/cases/inbox/"),
        ("overseer", "/assurance/"),
        ("lead", "/assurance/board/"),
        ("overseer", f"/assurance/draw/{Draw.objects.first().pk}/"),
        ("overseer", f"/assurance/certificate/{Certificate.objects.first().pk}/"),
        ("overseer", "/assurance/first/"),
        ("overseer", "/assurance/board/"),
        ("overseer", "/assurance/known/"),
        ("overseer", f"/assurance/leads/{campaign.pk}/"),
        ("overseer", "/assurance/sweeps/"),
        (task.worker.username, "/assurance/own/"),
        ("lead", "/accountability/units/"),
        ("lead", "/accountability/commitments/"),
        ("press", "/bulletins/"),
        ("press", f"/bulletins/{Bulletin.objects.first().slug}/"),
        ("overseer", "/log/"),
        ("admin", "/officers/"),
    ]


def time_page(client: Client, address: str, rounds: int) -> dict[str, float | int]:
    """Return the status and the milliseconds of one page."""
    status = client.get(address).status_code
    took = []
    for _ in range(rounds):
        before = time.perf_counter()
        client.get(address)
        took.append(1000 * (time.perf_counter() - before))
    return {"status": status, "median_ms": round(statistics.median(took), 1), "worst_ms": round(max(took), 1)}


def time_search(rounds: int = 100) -> dict[str, float]:
    """Return the percentiles of a search by names that exist, of two to four characters, some within a village.

    A hundred: the hourly limit on look-ups holds for benchmarks too.
    """
    by = Officer.objects.get(username="lead")
    at = clock.now() + timedelta(hours=LookUp.objects.count())  # an hour nobody has searched in yet
    people = Person.objects.exclude(name="").order_by("code")[:rounds]
    took = []
    for number, person in enumerate(people):
        hint = person.name if number % 2 else person.name[:2]
        before = time.perf_counter()
        list(
            register.search(
                by, at, hint, next(iter(PURPOSES)), village=person.village if number % 3 == 0 else None
            )
        )
        took.append(1000 * (time.perf_counter() - before))
    took.sort()
    return {
        "p50_ms": round(took[len(took) // 2], 1),
        "p95_ms": round(took[int(0.95 * len(took))], 1),
        "n": len(took),
    }


def main() -> None:
    """Time everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    shown: dict[str, object] = {"people": Person.objects.count()}
    for username, address in pages():
        client = Client()
        client.force_login(Officer.objects.get(username=username))
        shown[f"{username} {address}"] = time_page(client, address, arguments.rounds)
    shown["search"] = time_search()
    print(json.dumps(shown, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
