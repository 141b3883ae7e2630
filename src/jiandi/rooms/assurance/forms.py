"""The blind re-visit form: it asks what is, and shows nothing of what was claimed."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from jiandi.rooms.access.wording import said
from jiandi.rooms.assurance.checking import REASONS
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models import Person

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
        label=said("您掷出的点数,逐个记下", "The numbers you threw, one by one"),
    )


class ReplyForm(forms.Form):
    """A worker's own account."""

    text = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="说明 How it was")


class WithdrawalForm(forms.Form):
    """Why a certificate is taken back."""

    why = forms.ChoiceField(
        choices=[(code, said(text.zh, text.en)) for code, text in REASONS.items()],
        label=said("对外公布的原因", "The reason the public is told"),
    )
    note = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        label=said("经过(不对外公布)", "What happened (not published)"),
    )


class KnownForm(forms.Form):
    """Somebody who agreed to be a known case: who, of what, and how they agreed."""

    test = forms.ChoiceField(label=said("用来检验", "A test of"))
    code = forms.CharField(
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        label=said("人员编号", "The person's code in the register"),
    )
    consented_on = forms.DateField(
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), label=said("同意日期", "Agreed on")
    )
    words = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=said("怎样说明、本人怎样答复", "What was explained, and what they said"),
    )
    consented = forms.BooleanField(
        required=False,
        label=said(
            "本人已同意,知道随时可以不说理由撤回",
            "They agreed themselves, and know that they may withdraw at any time without a reason",
        ),
    )

    def __init__(self, tests: Sequence[tuple[str, object]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["test"].choices = tests  # type: ignore[attr-defined]


class SweepForm(forms.Form):
    """Where to sweep and how many areas to draw."""

    place = forms.TypedChoiceField(coerce=int, label=said("范围", "Place"))
    size = forms.IntegerField(min_value=1, initial=20, label=said("抽多少片", "Areas to draw"))

    def __init__(self, places: Sequence[Place], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["place"].choices = [(place.pk, place.full_name) for place in places]  # type: ignore[attr-defined]


class ResidentForm(forms.Form):
    """One person who lives in the area."""

    name = forms.CharField(
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        label=said("姓名或称呼", "Name, or what they are called"),
    )
    sex = forms.TypedChoiceField(
        coerce=lambda text: int(text) if text else None,
        empty_value=None,
        required=False,
        choices=[("", said("不知道", "Not known")), ("2", said("女", "Female")), ("1", said("男", "Male"))],
        label=said("性别", "Sex"),
    )
    birth_year = forms.IntegerField(required=False, label=said("出生年(大约)", "Year of birth, about"))
    dwelling = forms.TypedChoiceField(
        coerce=lambda text: int(text) if text else None,
        empty_value=None,
        required=False,
        label=said("门牌", "Door"),
    )
    was_met = forms.TypedChoiceField(
        coerce=lambda text: text == "yes",
        choices=[("yes", said("见到本人", "Met in person")), ("no", said("听邻里说", "Heard of next door"))],
        widget=forms.RadioSelect,
        label=said("怎么知道的", "How you know"),
    )

    def __init__(self, doors: Sequence[Dwelling], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        elsewhere = ("", said("不在门牌上(工棚、圈舍、看护房等)", "No door number (shed, stable, hut)"))
        self.fields["dwelling"].choices = [elsewhere, *((door.pk, door.address) for door in doors)]  # type: ignore[attr-defined]


class FoundForm(forms.Form):
    """What was learnt at the door of somebody in doubt; whom a colleague met is not denied without a reason."""

    answer = forms.ChoiceField(widget=forms.RadioSelect, label=said("核清的结果", "What was learnt"))
    reason = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        label=said(
            "答“不住这里”的:为什么?同事见到过此人", "If not living here: why? A colleague met this person"
        ),
    )

    def __init__(self, people: Sequence[Person], was_met: bool, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not was_met:
            del self.fields["reason"]
        could_be = []
        for one in people:
            facts = " ".join(filter(None, (one.name, str(one.birth_on.year) if one.birth_on else "")))
            place = one.village.name if one.village else ""
            could_be.append((f"p{one.pk}", said(f"就是名册上的{facts}({place})", f"Is {facts} of {place}")))
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            *could_be,
            ("no_list", said("住在这里,不在任何名册上", "Lives here and is on no list")),
            ("not_resident", said("不住这里,或重复登记", "Does not live here, or entered twice")),
        ]


class EntryForm(forms.Form):
    """What was learnt of somebody listed here whom the sweep did not find."""

    answer = forms.ChoiceField(
        choices=[
            ("lives", said("住在这里,盲扫漏了", "Lives here; the sweep missed them")),
            ("erroneous", said("不住这里(搬走、去世、查无此人)", "Does not live here: moved, dead, unknown")),
            ("unresolved", said("问不清", "Cannot be settled")),
        ],
        widget=forms.RadioSelect,
        label=said("核清的结果", "What was learnt"),
    )
