"""The county's own linkage model: learnt, compared with the one in use, taken into use by somebody else, retired.

None of these moves a single row: the next match run does, and says which model it used.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jiandi.core.linkage import count_labels, differences, digest, train
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import (
    found,
    linking,
    policies_authority,
    policies_models,
    queries_models,
    shelf,
)
from jiandi.rooms.register.actions_linking import covered, lay_out
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.models_linking import LinkModel
from jiandi.rooms.register.rebuilding import on_shelf


@action
def train_model(*, by: Officer, at: datetime, authorisation: Authorisation) -> LinkModel:
    """Learn how often true and chance pairs agree from the rosters an authorisation covers, and store the model; it is not used yet."""
    permit(by, "register.train_model", at=at)
    policies_authority.check_authorisation(authorisation, at)
    rosters, county_id = covered(authorisation), queries_models.county_id()
    model = _learn(rosters)
    sha256 = digest(model)
    policies_models.check_not_known(sha256)
    (stored,) = LinkModel.objects.bulk_create(
        [
            LinkModel(
                county_id=county_id, number=queries_models.next_number(county_id), model=model, sha256=sha256,
                authorisation=authorisation, rosters=[roster.pk for roster in rosters], labels=model["labels"],
                learnt_at=at, learnt_by=by,
            )
        ]
    )  # fmt: skip
    payload = {"number": stored.number, "sha256": sha256, "labels": stored.labels, "rosters": stored.rosters}
    payload["authorisation"] = authorisation.pk
    record("register.train_model", by=by, at=at, subject=stored, place=by.unit.place, payload=payload)
    return stored


def _learn(rosters: list[Roster]) -> dict[str, Any]:
    with shelf.scratch() as scratch:
        con = shelf.connect(scratch)
        linking.gather(con, {r.pk: (r.kind, on_shelf(r, scratch)) for r in rosters})
        model = train(con)
        if model is None:
            raise policies_models.few_labels(count_labels(con))
        con.close()
    return model


@action
def compare_model(*, by: Officer, at: datetime, model: LinkModel, authorisation: Authorisation) -> LinkModel:
    """Work out, beside the register, what a model would change against the one in use, and store that with it."""
    permit(by, "register.compare_model", at=at)
    policies_authority.check_authorisation(authorisation, at)
    rosters, used = covered(authorisation), queries_models.in_use()
    with shelf.scratch() as scratch:
        con = shelf.connect(scratch)
        lay_out(con, rosters + found.lists(), scratch)
        report = differences(
            con, before=queries_models.settings_of(used), after=queries_models.settings_of(model), decisions="decisions"
        )  # fmt: skip
        con.close()
    report |= {
        "authorisation": authorisation.pk,
        "rosters": [roster.pk for roster in rosters],
        "against": queries_models.digest_of(used),
        "against_name": queries_models.name_of(used),
    }
    LinkModel.objects.filter(pk=model.pk).update(report=report, reported_at=at, reported_by=by)
    model.refresh_from_db()
    payload = {
        "number": model.number,
        **{k: report[k] for k in ("rows_moved", "parted", "joined", "against")},
    }
    payload["authorisation"] = authorisation.pk
    record("register.compare_model", by=by, at=at, subject=model, place=by.unit.place, payload=payload)
    return model


@action
def adopt_model(*, by: Officer, at: datetime, model: LinkModel) -> LinkModel:
    """Take a model into use, by another person than learnt it and on a report that still holds; the next match run uses it."""
    permit(by, "register.adopt_model", at=at)
    policies_models.check_not_used_before(model)
    policies_models.check_other_than_learner(model, by)
    policies_models.check_report(model, _covered_by_report(model, at))
    used = queries_models.in_use()
    LinkModel.objects.filter(adopted_at__isnull=False, retired_at__isnull=True).update(
        retired_at=at, retired_by=by
    )
    LinkModel.objects.filter(pk=model.pk).update(adopted_at=at, adopted_by=by)
    model.refresh_from_db()
    payload = {"number": model.number, "sha256": model.sha256, "instead_of": queries_models.name_of(used)}
    record("register.adopt_model", by=by, at=at, subject=model, place=by.unit.place, payload=payload)
    return model


def _covered_by_report(model: LinkModel, at: datetime) -> list[Roster]:
    """Return the rosters that count now under the authorisation of a model's report; none where there is no report."""
    authorisation = Authorisation.objects.filter(pk=model.report.get("authorisation")).first()
    if authorisation is None:
        return []
    policies_authority.check_authorisation(authorisation, at)
    return covered(authorisation)


@action
def retire_model(*, by: Officer, at: datetime, model: LinkModel) -> LinkModel:
    """Go back to the shipped model from the next match run on; the retired one stays on record."""
    permit(by, "register.retire_model", at=at)
    policies_models.check_in_use(model)
    LinkModel.objects.filter(pk=model.pk).update(retired_at=at, retired_by=by)
    model.refresh_from_db()
    payload = {"number": model.number, "sha256": model.sha256}
    record("register.retire_model", by=by, at=at, subject=model, place=by.unit.place, payload=payload)
    return model
