"""What workers and supervisors type. Forms only read; what is allowed stands in the policies."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from jiandi.core.forms.visit import DANGERS, OUTBUILDINGS, OWN_ID, PRESENCES, RESULTS, SeenPerson, VisitForm
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import Officer
from jiandi.rooms.screening.models import VisitTask
from jiandi.rooms.screening.policies import check_photo_sizes, check_photos
from jiandi.rooms.screening.states import EXCUSES, PRETEXTS

MOST_ROWS = 200  # people behind one door; a care home is typed in more than once
NAME, SEX, BORN = Text(zh="姓名", en="Name"), Text(zh="性别", en="Sex"), Text(zh="出生年", en="Year of birth")
SEXES = {"1": Text(zh="男", en="Male"), "2": Text(zh="女", en="Female")}


def options(texts: Mapping[str, Text], blank: Text | None = None) -> Callable[[], list[tuple[str, str]]]:
    """Return the choices in the reader's language, asked for when the page is written."""
    return lambda: [
        *([("", say(blank))] if blank else []),
        *((code, say(text)) for code, text in texts.items()),
    ]


PICTURED: dict[str, Text] = {
    "nobody": Text(zh="照片上没有人", en="Nobody is in the photos"),
    "agreed": Text(zh="照片上有人,本人当面同意", en="People are, and each of them agreed in person"),
}
SAY_WHO = Text(
    zh="请说明照片上有没有人。未经本人同意,不拍人。",
    en="Say whether people are in the photos. Without their own consent, nobody is photographed.",
)


class PhotosInput(forms.ClearableFileInput):
    """Several photographs at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photographs, as (name, content): the name the telephone gave may tell of people, so it is not kept."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        """Return what was chosen, an empty list where nothing was; say at the field what is wrong with a photograph."""
        chosen = data if isinstance(data, (list, tuple)) else [data] if data else []
        try:
            check_photo_sizes([(file.name, file.size) for file in chosen])
            photos = [(file.name, file.read()) for file in chosen]
            check_photos(photos)
        except Refused as refusal:
            raise forms.ValidationError(say(refusal.text)) from refusal
        return photos


class DoorForm(forms.Form):
    """What happened at the door. The hidden id makes a second press of the button the same visit."""

    instance = forms.RegexField(r"^uuid:[0-9a-f-]{36}$", widget=forms.HiddenInput)
    started = forms.CharField(widget=forms.HiddenInput, required=False)
    result = forms.ChoiceField(choices=options(RESULTS), widget=forms.RadioSelect)
    outbuildings = forms.ChoiceField(choices=options(OUTBUILDINGS), widget=forms.RadioSelect, required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2_000)
    photos = PhotosField(required=False, widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}))
    pictured = forms.ChoiceField(choices=options(PICTURED), widget=forms.RadioSelect, required=False)

    def clean_pictured(self) -> str:
        """Who sends photographs says whether people are in them, and that they agreed."""
        said: str = self.cleaned_data["pictured"]
        if self.cleaned_data.get("photos") and not said:
            raise forms.ValidationError(say(SAY_WHO))
        return said

    @staticmethod
    def fresh(at: datetime) -> dict[str, str]:
        """Return what a newly opened form starts with."""
        return {
            "instance": f"uuid:{uuid.uuid4()}",
            "started": timezone.localtime(at).isoformat(timespec="seconds"),
        }


class PaperForm(DoorForm):
    """The same from a sheet of paper: who went, on which day, at what time."""

    worker = forms.ModelChoiceField(queryset=Officer.objects.none(), to_field_name="username")
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, workers: QuerySet[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].queryset = workers  # type: ignore[attr-defined]
        self.fields["worker"].label_from_instance = lambda officer: f"{officer.name} · {officer.unit.name}"  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """One person: expected by the list, or met and on no list. Nothing ticked means nothing was said about them."""

    listed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    name = forms.CharField(required=False, max_length=60)
    sex = forms.ChoiceField(choices=options(SEXES), widget=forms.RadioSelect, required=False)
    birth_year = forms.IntegerField(
        required=False,
        min_value=1890,
        max_value=2100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    present = forms.ChoiceField(choices=options(PRESENCES), widget=forms.RadioSelect, required=False)
    alone = forms.BooleanField(required=False)
    own_id = forms.ChoiceField(choices=options(OWN_ID), widget=forms.RadioSelect, required=False)
    danger = forms.ChoiceField(choices=options(DANGERS), required=False, initial="none")
    need = forms.CharField(required=False, max_length=500)
    words = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def seen(self) -> SeenPerson | None:
        """Return the row as the visit's form has it; None where nothing was said."""
        said = self.cleaned_data
        told = any(said.get(name) for name in ("present", "alone", "own_id", "need", "words"))
        is_new = not said.get("listed") and any(said.get(name) for name in ("name", "sex", "birth_year"))
        if not told and not is_new and said.get("danger", "none") in ("", "none"):
            return None
        return SeenPerson(
            listed=said["listed"],
            name=said["name"],
            sex=int(said["sex"]) if said["sex"] else None,
            birth_year=said["birth_year"],
            present=said["present"] or ("seen" if said["alone"] or is_new else "unknown"),
            alone=said["alone"],
            own_id=said["own_id"],
            danger=said["danger"] or "none",
            need=said["need"],
            words=said["words"],
        )


PeopleForms = forms.formset_factory(PersonForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


def visit_of(door: DoorForm, people: Any, task: VisitTask, worker: str, at: datetime) -> VisitForm:
    """Return what was typed as a visit, in the shape phones send."""
    said = door.cleaned_data
    if "day" in said:
        started = timezone.make_aware(datetime.combine(said["day"], said["time"]))
        ended = None
    else:
        started, ended = _start(said.get("started", ""), at), at
    return VisitForm(
        instance_id=said["instance"],
        started_at=started,
        ended_at=ended,
        task=task.code,
        dwelling=task.dwelling.code if task.dwelling else "",
        worker=worker,
        result=said["result"],
        outbuildings=said["outbuildings"],
        photo=hashlib.sha256(said["photos"][0][1]).hexdigest() if said["photos"] else "",
        people=tuple(row for row in (form.seen() for form in people) if row is not None),
        note=said["note"],
    )


def _start(value: str, at: datetime) -> datetime:
    """Return when the form was opened; a value from outside counts only if it can be true."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return at
    is_possible = moment.tzinfo is not None and at - timedelta(days=3) <= moment <= at
    return moment if is_possible else at


class DecisionForm(forms.Form):
    """A supervisor's word about a waiting visit."""

    decision = forms.ChoiceField(choices=[("release", ""), ("keep", "")])
    reason = forms.CharField(max_length=300, strip=True)
    task = forms.CharField(required=False, max_length=20)


class ExcuseForm(forms.Form):
    """Why somebody need not be seen this round."""

    reason = forms.ChoiceField(choices=options(EXCUSES, Text(zh="选择理由", en="Choose a reason")))


class CampaignForm(forms.Form):
    """A new round."""

    title_zh = forms.CharField(max_length=100)
    title_en = forms.CharField(max_length=100)
    pretext = forms.ChoiceField(choices=options(PRETEXTS))
    reference_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    starts_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
