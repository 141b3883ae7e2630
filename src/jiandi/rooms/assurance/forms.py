"""The blind re-visit form: it asks what is, and shows nothing of what was claimed."""

from __future__ import annotations

from django import forms

RESULTS = [
    ("met", "有人在 Somebody met"),
    ("no_contact", "多次无人 Nobody after all call-backs"),
    ("refused", "拒绝 Refused"),
    ("empty", "无人居住 Nobody lives here"),
    ("moved", "已搬走 Moved away"),
]
PRESENT = [
    ("seen", "见到本人 Seen in person"),
    ("away", "住这里,外出 Lives here, away"),
    ("not_here", "不住这里 Does not live here"),
    ("dead", "已去世 Has died"),
    ("unknown", "无法得知 Cannot tell"),
]
CAME = [("yes", "来过 Yes"), ("no", "没来过 No"), ("unknown", "说不清 Cannot say")]
DANGER = [
    ("none", "无 None"),
    ("locked", "被锁 Locked in"),
    ("tied", "被捆 Tied"),
    ("hidden", "被藏 Hidden"),
    ("injured", "有伤 Injured"),
]


class RecheckForm(forms.Form):
    """What the inspectors found behind one door."""

    result = forms.ChoiceField(choices=RESULTS, widget=forms.RadioSelect, label="这一户 This door")
    present = forms.ChoiceField(choices=PRESENT, widget=forms.RadioSelect, label="此人 This person")
    alone = forms.BooleanField(required=False, label="单独见到 Seen alone")
    came = forms.ChoiceField(
        choices=CAME,
        widget=forms.RadioSelect,
        label="家里人或邻居说:本轮有工作人员进门见过此人吗? Do they say somebody came in and saw this person?",
    )
    danger = forms.ChoiceField(
        choices=DANGER, widget=forms.RadioSelect, initial="none", label="危险迹象 Danger signs"
    )
    words = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="本人原话 In their own words",
    )


class DiceForm(forms.Form):
    """What one person threw."""

    dice = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        label="您掷出的点数,逐个记下 The numbers you threw, one by one",
    )


class ReplyForm(forms.Form):
    """A worker's own account."""

    text = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="说明 How it was")
