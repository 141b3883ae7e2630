"""What officers type about faults and orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from jiandi.core.values import Text
from jiandi.rooms.access.models import Unit
from jiandi.rooms.cases.wording import options, said


def _text(zh: str, en: str, most: int = 1000, rows: int = 4) -> forms.CharField:
    return forms.CharField(label=said(zh, en), max_length=most, widget=forms.Textarea(attrs={"rows": rows}))


class ReplyForm(forms.Form):
    """What the unit says."""

    text = _text("申辩内容", "Reply")


class DecisionForm(forms.Form):
    """Upheld or withdrawn, and why."""

    upheld = forms.TypedChoiceField(
        label=said("决定", "Decision"),
        choices=options({"yes": Text(zh="认定", en="Uphold"), "no": Text(zh="撤销", en="Withdraw")}),
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    reason = _text("理由", "Reason", 500, 3)


class _Units(forms.ModelChoiceField):
    """A choice among units, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class OrderForm(forms.Form):
    """A supervision order: to whom, what, what is required, by when."""

    item = forms.CharField(label=said("督办事项", "Matter"), max_length=300)
    requirement = _text("要求", "What is required", 500, 3)
    due_on = forms.DateField(
        label=said("时限", "By"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = _Units(
            queryset=units, empty_label=said("请选择", "Choose"), label=said("被督办单位", "Unit")
        )
        self.order_fields(["unit", "item", "requirement", "due_on"])


class OrderReplyForm(forms.Form):
    """What the unit did."""

    reply = _text("办理情况", "What was done")


class ResultForm(forms.Form):
    """The result of an order."""

    result = forms.CharField(label=said("办理结果", "Result"), max_length=300)
