"""What officers type in: checked for shape here, for sense in the actions."""

from __future__ import annotations

from typing import Any

from django import forms

from jiandi.core.values import Text
from jiandi.rooms.access.language import say as _say
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.queries import OPENABLE
from jiandi.rooms.access.roles import ROLES, UNIT_KINDS
from jiandi.rooms.places.models import Place


class Labelled(forms.Form):
    """A form whose labels and hints stand in both languages beside its fields."""

    LABELS: dict[str, Text] = {}
    HINTS: dict[str, Text] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in self.LABELS:
                field.label = _say(self.LABELS[name])
            if name in self.HINTS:
                field.help_text = _say(self.HINTS[name])


class PasswordForm(Labelled):
    """Choose one's own password."""

    LABELS = {
        "old": Text(zh="现在的密码", en="Present password"),
        "new": Text(zh="新密码", en="New password"),
        "again": Text(zh="再输一遍新密码", en="New password again"),
    }
    HINTS = {
        "new": Text(
            zh="至少10位;可以是几个不相干的词。", en="At least 10 characters; a few unrelated words will do."
        )
    }
    old = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False)
    new = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)
    again = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)

    def clean(self) -> dict[str, Any]:
        """Both new passwords are the same."""
        cleaned = super().clean() or {}
        if cleaned.get("new") != cleaned.get("again"):
            self.add_error("again", _say(Text(zh="两次输入不一样。", en="The two do not match.")))
        return cleaned


class UnitForm(Labelled):
    """A new unit."""

    LABELS = {
        "name": Text(zh="单位名称", en="Name"),
        "kind": Text(zh="类别", en="Kind"),
        "place": Text(zh="所在地区", en="Place"),
        "parent": Text(zh="上级单位", en="Unit above"),
    }
    name = forms.CharField(max_length=100)
    kind = forms.ChoiceField()
    place = forms.ModelChoiceField(Place.objects.none())
    parent = forms.ModelChoiceField(Unit.objects.order_by("name"), required=False)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, _say(text)) for key, text in UNIT_KINDS.items()]  # type: ignore[attr-defined]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class OfficerForm(Labelled):
    """A new officer."""

    LABELS = {
        "username": Text(zh="用户名", en="User name"),
        "name": Text(zh="姓名", en="Name"),
        "unit": Text(zh="单位", en="Unit"),
        "phone": Text(zh="电话", en="Telephone"),
    }
    HINTS = {
        "username": Text(
            zh="小写字母和数字,例如 wangfang。", en="Small letters and digits, such as wangfang."
        )
    }
    username = forms.CharField(max_length=40)
    name = forms.CharField(max_length=60)
    unit = forms.ModelChoiceField(Unit.objects.order_by("name"))
    phone = forms.CharField(max_length=30, required=False)


class ListForm(Labelled):
    """The county's Excel list of units and officers."""

    LABELS = {"file": Text(zh="Excel 文件(.xlsx)", en="Excel file (.xlsx)")}
    file = forms.FileField(widget=forms.FileInput(attrs={"accept": ".xlsx"}))


class GrantForm(Labelled):
    """A role over a place for a period."""

    LABELS = {
        "role": Text(zh="角色", en="Role"),
        "place": Text(zh="范围", en="Area"),
        "ends_on": Text(zh="到期日(可不填)", en="Until (may be empty)"),
    }
    role = forms.ChoiceField()
    place = forms.ModelChoiceField(Place.objects.none())
    ends_on = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(k, _say(t)) for k, t in ROLES.items() if k != "engine"]  # type: ignore[attr-defined]
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class HandOverForm(Labelled):
    """Who takes over when an officer leaves."""

    LABELS = {
        "to": Text(zh="接手人", en="Successor"),
        "reason": Text(zh="原因", en="Reason"),
    }
    HINTS = {
        "to": Text(
            zh="不选则角色到此为止,未办事项留给主管重新分派。",
            en="Without one the roles end, and open work waits for a supervisor to give it out.",
        )
    }
    to = forms.ModelChoiceField(Officer.objects.none(), required=False)
    reason = forms.CharField(max_length=200)

    def __init__(self, *args: Any, officers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = officers  # type: ignore[attr-defined]
        self.fields["to"].label_from_instance = lambda one: f"{one.name} ({one.unit.name})"  # type: ignore[attr-defined]


class GlassForm(Labelled):
    """An emergency: what, why, and whether a life is in danger."""

    LABELS = {
        "kind": Text(zh="要看什么", en="What"),
        "code": Text(zh="编号", en="Code or number"),
        "reason": Text(zh="理由", en="Reason"),
        "danger": Text(zh="有人生命危险,必须马上看", en="A life is in danger; it must be now"),
    }
    HINTS = {
        "reason": Text(
            zh="写明发生了什么、为什么等不了。两名外单位人员会逐条复核。",
            en="What is happening and why it cannot wait. Two people from other units will review it.",
        )
    }
    kind = forms.ChoiceField()
    code = forms.CharField(max_length=60)
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    danger = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, _say(text)) for key, (_, _, text) in OPENABLE.items()]  # type: ignore[attr-defined]


class ReviewForm(Labelled):
    """A reviewer's judgement of an emergency access."""

    LABELS = {"verdict": Text(zh="意见", en="Your finding")}
    verdict = forms.CharField(max_length=140)
    is_proper = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class ConflictForm(Labelled):
    """A tie one declares."""

    LABELS = {
        "code": Text(zh="人员编号", en="The person's code"),
        "tie": Text(zh="关系", en="Tie"),
    }
    code = forms.CharField(max_length=40)
    tie = forms.CharField(max_length=60)
