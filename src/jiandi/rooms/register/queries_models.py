"""What may be asked of the county's own linkage models: which is in use, and what stands on its page."""

from __future__ import annotations

from jiandi.core.linkage import Card, Settings, default_model, digest, make_card
from jiandi.core.linkage.model import SHORT
from jiandi.core.values import Text
from jiandi.rooms.access.models import Installation
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_linking import LinkModel


def in_use() -> LinkModel | None:
    """Return the model match runs use; None: the shipped one."""
    return LinkModel.objects.filter(adopted_at__isnull=False, retired_at__isnull=True).order_by("-pk").first()


def name_of(model: LinkModel | None) -> str:
    """Return what a run calls the model it used: its number and the beginning of its digest."""
    return model.name if model else f"shipped {digest(default_model())[:SHORT]}"


def title_of(name: str) -> Text:
    """Return what a run calls its model, in words: a county's own by number and digest, the shipped one as such."""
    return Text(zh=name.replace("shipped", "随附"), en=name)


def digest_of(model: LinkModel | None) -> str:
    """Return the whole digest of a model in use."""
    return model.sha256 if model else digest(default_model())


def settings_of(model: LinkModel | None) -> Settings:
    """Return the settings of a run with this model."""
    return Settings(model=model.model if model else None)


def card_of(model: LinkModel) -> Card:
    """Return a stored model's card."""
    return make_card(model.model, learnt_on=model.learnt_at.date().isoformat())


def next_number(county_id: int) -> int:
    """Return the number of the county's next model."""
    last = LinkModel.objects.filter(county_id=county_id).order_by("-number").values_list("number", flat=True)
    return (last.first() or 0) + 1


def county_id() -> int:
    """Return the county whose register this is."""
    return Installation.objects.values_list("county_id", flat=True).get(pk=1)


def is_report_fresh(model: LinkModel, rosters: list[Roster]) -> bool:
    """Answer whether what a model would change was worked out over these rosters and against the model now in use."""
    made = model.report.get("rosters"), model.report.get("against")
    return made == ([roster.pk for roster in rosters], digest_of(in_use()))
