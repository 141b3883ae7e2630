"""The county's own linkage model: learnt by the steward, looked at, taken into use by the lead, carried by the next run."""

from __future__ import annotations

import csv
import io
import random
from copy import deepcopy
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.linkage import default_model, digest
from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event, Grant
from jiandi.rooms.register import actions, queries_models
from jiandi.rooms.register.models import Authorisation, MatchRun, Person, Record
from jiandi.rooms.register.models_linking import LinkModel
from jiandi.rooms.register.queries_runs import is_link_due
from jiandi.rooms.register.tests import cast
from tests import people
from tests.stories.reading import it_is

pytestmark = pytest.mark.usefixtures("county")
DIBAO = [
    ["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "", ""],
    ["见陈", "", "男", "B", "400", "2026-10", "清溪镇石桥村第2组2号", "", ""],
]
SURNAMES, GIVEN = "见柳明石竹白南清望溪", "安波晨丹恩芳戈虹英佳康蓝梅宁欧平强荣淑婷"


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def crowd(count: int) -> list[tuple[str, str, date, str, str]]:
    dice, made = random.Random(11), []
    for n in range(count):
        born = date(1930, 1, 1) + timedelta(days=dice.randrange(20_000))
        name = dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(GIVEN)
        number = cast.number_of(f"990101{born:%Y%m%d}{n % 1000:03}")
        village = ("清溪镇石桥村", "清溪镇竹园村", "柳树镇白果村", "柳树镇南坡村")[n % 4]
        made.append((name, "女男"[n % 1000 % 2], born, number, f"{village}第{n % 9}组{n % 50}号"))
    return made


def deliver_rosters(count: int) -> None:
    """Deliver everybody on the police register and most of them on a second list as well, where clerks mistype a few."""
    known = crowd(count)
    book = [
        [f"H{n}", name, sex, f"{born:%Y%m%d}", number, "户主", where, ""]
        for n, (name, sex, born, number, where) in enumerate(known)
    ]
    poor = [
        [name[:-1] + "某" if n % 40 == 0 else name, "" if n % 10 == 1 else number, sex, "A", "300", "2024-05", where, "", ""]
        for n, (name, sex, born, number, where) in enumerate(known)
    ]  # fmt: skip
    cast.deliver(written([["名册"], cast.HUKOU, *book]))
    cast.deliver(written([["名册"], cast.DIBAO, *poor]), unit="明溪县民政局", name="低保.csv")


def another(**weights: list[float]) -> dict:
    """A model in which the same name says little."""
    model = deepcopy(default_model())
    model["answers"]["name"] |= weights or {"same": [0.6, 0.3]}
    return model


def stored(model: dict | None = None, by: str = "steward") -> LinkModel:
    """Put a model on the shelf as if it had been learnt."""
    made = model or another()
    under = Authorisation.objects.first() or cast.authorisation()
    return LinkModel.objects.create(
        county_id=people.COUNTY, number=queries_models.next_number(people.COUNTY), model=made, sha256=digest(made), authorisation=under,
        labels=6000, learnt_at=people.MONDAY, learnt_by=people.officer(by),
    )  # fmt: skip


def compared(model: LinkModel) -> LinkModel:
    under = Authorisation.objects.first() or cast.authorisation()
    return actions.compare_model(
        by=people.officer("steward"), at=people.TUESDAY, model=model, authorisation=under
    )


def adopted(model: LinkModel) -> LinkModel:
    return actions.adopt_model(by=people.officer("lead"), at=people.TUESDAY, model=compared(model))


@pytest.fixture
def linked() -> MatchRun:
    cast.deliver(cast.hukou())
    cast.deliver(cast.dibao(*DIBAO), unit="明溪县民政局", name="低保.csv")
    return cast.link()


def test_it_learns_from_the_rosters_and_says_on_what_it_rests() -> None:
    deliver_rosters(7600)
    under = cast.authorisation()

    model = actions.train_model(by=people.officer("steward"), at=people.TUESDAY, authorisation=under)

    assert model.labels >= 5000 and model.number == 1 and not model.is_in_use
    assert model.sha256 == digest(model.model) and len(model.rosters) == 2
    event = Event.objects.get(verb="register.train_model")
    assert (event.payload["sha256"], event.subject_id) == (model.sha256, model.pk)
    card = queries_models.card_of(LinkModel.objects.get())
    assert len(card.held_out) == 3 and card.digest == model.sha256
    with pytest.raises(Refused, match="model_conflict"):
        actions.train_model(by=people.officer("steward"), at=people.TUESDAY, authorisation=under)


def test_with_few_labels_it_stays_with_the_shipped_model(linked: MatchRun) -> None:
    with pytest.raises(Refused, match="The shipped model is better"):
        actions.train_model(
            by=people.officer("steward"), at=people.TUESDAY, authorisation=Authorisation.objects.get()
        )

    assert not LinkModel.objects.exists() and not Event.objects.filter(verb="register.train_model").exists()
    assert linked.model_version.startswith("shipped ")


def test_it_learns_only_under_an_authorisation_in_force(linked: MatchRun) -> None:
    Authorisation.objects.update(ends_on=date(2026, 11, 1))
    under = Authorisation.objects.get()

    for step in (
        lambda: actions.train_model(by=people.officer("steward"), at=people.TUESDAY, authorisation=under),
        lambda: actions.compare_model(
            by=people.officer("steward"), at=people.TUESDAY, model=stored(), authorisation=under
        ),
    ):
        with pytest.raises(Refused, match="authorisation_not_in_force"):
            step()


def test_the_report_says_what_would_change_and_changes_nothing(linked: MatchRun) -> None:
    before = list(Record.objects.order_by("pk").values_list("pk", "person_id"))

    model = compared(stored())

    assert model.report["records"] == 5 and model.report["rows_moved"] == 1 and model.report["parted"] == 1
    assert model.report["against"] == digest(default_model()) and model.report["canaries_merged"] == []
    assert list(Record.objects.order_by("pk").values_list("pk", "person_id")) == before
    assert Event.objects.filter(verb="register.compare_model").count() == 1


def test_who_learnt_it_does_not_take_it_into_use(linked: MatchRun) -> None:
    model = compared(stored())
    Grant.objects.create(
        officer=people.officer("steward"), role="lead", place_id=people.COUNTY, starts_on="2026-01-01"
    )

    with pytest.raises(Refused, match="somebody else"):
        actions.adopt_model(by=people.officer("steward"), at=people.TUESDAY, model=model)
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkModel.objects.update(adopted_by=model.learnt_by, adopted_at=people.TUESDAY)


def test_nobody_takes_it_into_use_without_a_report_that_holds(linked: MatchRun) -> None:
    model, lead = stored(), people.officer("lead")
    with pytest.raises(Refused, match="model_report_missing"):
        actions.adopt_model(by=lead, at=people.TUESDAY, model=model)
    model = compared(model)
    cast.deliver(
        cast.left(["1", "独居老人", "一组", "见陈", "男", "76", "", "石桥村", ""]),
        unit="清溪镇人民政府",
        name="留守.csv",
    )

    with pytest.raises(Refused, match="no longer holds"):
        actions.adopt_model(by=lead, at=people.TUESDAY, model=model)

    assert queries_models.in_use() is None
    assert actions.adopt_model(by=lead, at=people.TUESDAY, model=compared(model)).is_in_use


def test_a_model_that_merges_the_canaries_is_refused(linked: MatchRun) -> None:
    model = compared(stored())
    LinkModel.objects.update(report=model.report | {"canaries_merged": [[-1, -2]]})

    with pytest.raises(Refused, match="model_unsafe"):
        actions.adopt_model(by=people.officer("lead"), at=people.TUESDAY, model=LinkModel.objects.get())


def test_adopting_moves_nobody_and_the_next_run_looks_at_everything(linked: MatchRun) -> None:
    counted = Person.objects.filter(superseded_by__isnull=True).count()
    assert not is_link_due()
    model = adopted(stored())

    assert Person.objects.filter(superseded_by__isnull=True).count() == counted and is_link_due()
    run = cast.link(people.WEDNESDAY)

    assert run.report["way"] == "anew" and run.model_version == f"1 {model.sha256[:8]}"
    assert Person.objects.filter(superseded_by__isnull=True).count() == counted + 1
    assert not is_link_due()


def test_the_same_model_looks_only_at_what_changed(linked: MatchRun) -> None:
    assert cast.link(people.WEDNESDAY).report["way"] == "changes"
    adopted(stored())
    assert cast.link(people.THURSDAY).report["way"] == "anew"
    assert cast.link(people.FRIDAY).report["way"] == "changes"


def test_a_retired_model_gives_the_register_back_as_it_was(linked: MatchRun) -> None:
    before = dict(Record.objects.values_list("pk", "person_id"))
    model = adopted(stored())
    cast.link(people.WEDNESDAY)

    actions.retire_model(by=people.officer("lead"), at=people.THURSDAY, model=model)
    run = cast.link(people.FRIDAY)

    assert run.model_version.startswith("shipped ") and run.report["way"] == "anew"
    assert dict(Record.objects.values_list("pk", "person_id")) == before
    with pytest.raises(Refused, match="model_used_conflict"):
        actions.adopt_model(by=people.officer("lead"), at=people.FRIDAY, model=LinkModel.objects.get())
    with pytest.raises(Refused, match="model_not_in_use"):
        actions.retire_model(by=people.officer("lead"), at=people.FRIDAY, model=LinkModel.objects.get())


def test_one_model_takes_the_place_of_another(linked: MatchRun) -> None:
    first = adopted(stored())
    second = adopted(stored(another(same=[0.9, 0.0002])))

    first.refresh_from_db()
    assert first.retired_at == people.TUESDAY and queries_models.in_use() == second
    event = Event.objects.filter(verb="register.adopt_model").order_by("-pk").first()
    assert event is not None and event.payload["instead_of"] == first.name


def test_its_pages_show_the_card_and_lead_to_the_next_step(linked: MatchRun, client: Client) -> None:
    it_is(people.TUESDAY)
    client.force_login(people.officer("steward"))
    page, own = reverse("register:models"), reverse("register:model", args=[1])
    assert "还没有本县模型" in client.get(page).content.decode()
    under = {"authorisation": Authorisation.objects.get().pk}
    assert "随附的模型比从这么少的行学来的更好" in client.post(page, under).content.decode()

    stored()
    assert "还不知道" in client.get(own).content.decode()
    assert client.post(reverse("register:compare_model", args=[1]), under).status_code == 302
    shown = client.get(own).content.decode()
    assert "会改归他人的行" in shown and "不得用于" in shown and "同姓、名有一字相同" in shown
    assert reverse("register:adopt_model", args=[1]) not in shown
    assert client.post(reverse("register:adopt_model", args=[1])).status_code == 403

    client.force_login(people.officer("lead"))
    assert reverse("register:adopt_model", args=[1]) in client.get(own).content.decode()
    client.post(reverse("register:adopt_model", args=[1]))
    assert "在用:1号模型" in client.get(page).content.decode()
    client.cookies["jiandi_language"] = "en"
    assert "In use: model 1" in client.get(page).content.decode()
    client.post(reverse("register:retire_model", args=[1]))
    assert "In use: the shipped model" in client.get(page).content.decode()


@pytest.mark.parametrize("username", ["grid_a1", "handler_civil"])
def test_others_do_not_read_it(linked: MatchRun, client: Client, username: str) -> None:
    stored()
    client.force_login(people.officer(username))

    assert client.get(reverse("register:models")).status_code == 403
    assert client.get(reverse("register:model", args=[1])).status_code == 403
