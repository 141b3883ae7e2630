"""What reporters and clerks type in."""

from __future__ import annotations

from typing import Any

from django import forms

from jiandi.core.values import Text
from jiandi.rooms.access.forms import Labelled
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import Installation, Unit
from jiandi.rooms.intake.routing import TOWN, VILLAGE
from jiandi.rooms.intake.words import LONGEST
from jiandi.rooms.places.models import Level, Place

MOST_VILLAGES = 1500  # more do not fit one list; then towns are offered
# A county's offices that people may mean; village committees and townships are meant by the place chosen.
_NAMED_KINDS = ("working_group", "civil", "health", "police", "education", "women", "disabled", "hr", "finance", "hospital", "station", "clinic", "school", "hotline")  # fmt: skip


def places_to_choose(county: Place | None) -> list[Any]:
    """Return towns with their villages as the groups of one list, or towns alone where there are too many."""
    if county is None:
        return []
    live = Place.objects.filter(county=county, ended_on__isnull=True)
    towns = list(live.filter(level=Level.TOWN).order_by("id"))
    villages = list(live.filter(level=Level.VILLAGE).order_by("id")[: MOST_VILLAGES + 1])
    if len(villages) > MOST_VILLAGES:
        return [(str(town.pk), town.name) for town in towns]
    below: dict[int | None, list[tuple[str, str]]] = {}
    for village in villages:
        below.setdefault(village.town_id, []).append((str(village.pk), village.name))
    whole = say(Text(zh="{town}(说不清哪个村)", en="{town} (village not known)"))
    return [
        (town.name, [*below.get(town.pk, []), (str(town.pk), whole.format(town=town.name))]) for town in towns
    ]


def offices_to_choose(county: Place | None) -> list[Any]:
    """Return what a report may be about: no office, that of the place chosen, or one by name."""
    units = Unit.objects.filter(place__county=county, kind__in=_NAMED_KINDS).order_by("place__level", "name")[
        :400
    ]
    return [
        ("", say(Text(zh="与哪个单位都无关,或不清楚", en="No office, or I do not know"))),
        (
            VILLAGE,
            say(
                Text(
                    zh="上面所选村的村委会或村干部", en="The committee or cadres of the village chosen above"
                )
            ),
        ),
        (
            TOWN,
            say(Text(zh="上面所选乡镇的政府或干部", en="The government or cadres of the town chosen above")),
        ),
        (say(Text(zh="其他单位", en="Another office")), [(str(unit.pk), unit.name) for unit in units]),
    ]


class TellForm(Labelled):
    """Something somebody saw."""

    LABELS = {
        "body": Text(zh="您看到或知道了什么?", en="What did you see, or what do you know?"),
        "place": Text(zh="在哪里?", en="Where?"),
        "danger": Text(zh="有人现在就有危险", en="Somebody is in danger now"),
        "about": Text(zh="这件事和哪个单位或干部有关吗?", en="Is an office or cadre part of it?"),
    }
    HINTS = {
        "body": Text(
            zh="谁、在哪一家、什么时候、看到了什么。不必写您自己是谁。",
            en="Who, at which house, when, and what you saw. You need not say who you are.",
        ),
        "about": Text(
            zh="选了以后,这个单位及其下属都看不到这条线索;由上级或县外人员处理。",
            en="If you choose one, it and those below it cannot see this report; people above or outside the county do.",
        ),
    }
    body = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": LONGEST, "autocomplete": "off"}),
        max_length=LONGEST,
    )
    place = forms.ChoiceField(required=False)
    danger = forms.BooleanField(required=False)
    about = forms.ChoiceField(required=False)
    # People leave this empty; programs that fill in every field do not.
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        installation = Installation.objects.select_related("county").filter(pk=1).first()
        county = installation.county if installation else None
        unknown = ("", say(Text(zh="请选择(说不清可不选)", en="Choose (or leave, if you cannot say)")))
        self.fields["place"].choices = [unknown, *places_to_choose(county)]  # type: ignore[attr-defined]
        self.fields["about"].choices = offices_to_choose(county)  # type: ignore[attr-defined]

    def chosen_place(self) -> Place | None:
        """Return the place chosen."""
        code = self.cleaned_data.get("place") or ""
        return (
            Place.objects.select_related("county", "town", "village").filter(pk=int(code)).first()
            if code
            else None
        )


class ClerkForm(TellForm):
    """The same, written down by a clerk for a caller or from a letter."""

    LABELS = TellForm.LABELS | {"channel": Text(zh="渠道", en="Channel")}
    channel = forms.ChoiceField()
    field_order = ["channel", "body", "place", "danger", "about"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            ("hotline", say(Text(zh="电话", en="Telephone"))),
            ("letter", say(Text(zh="来信", en="Letter"))),
            ("paper", say(Text(zh="当面", en="In person"))),
        ]


class FeedForm(Labelled):
    """A new source of news."""

    LABELS = {
        "name": Text(zh="来源名称", en="Name"),
        "address": Text(zh="文件夹或订阅地址", en="Folder or feed address"),
    }
    name = forms.CharField(max_length=100)
    address = forms.CharField(max_length=300)
