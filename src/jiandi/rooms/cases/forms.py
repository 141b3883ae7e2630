"""What officers type about a case. The rules are in the policies; forms only read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.cases import clocks
from jiandi.rooms.cases.measures import (
    KINDS,
    MILESTONES,
    NEVER_CLOSES,
    PARTS,
    RESULTS,
    RETURN_REASONS,
    REVOKE_REASONS,
    SECTIONS,
)
from jiandi.rooms.cases.models import Case, Measure, Referral, Subject
from jiandi.rooms.cases.wording import options, said

CHOOSE = Text(zh="请选择", en="Choose")
PICK = said("请选择", "Choose")
KIND_TEXTS = {code: kind.text for code, kind in KINDS.items()}
YES_NO = {"yes": Text(zh="是", en="Yes"), "no": Text(zh="否", en="No")}


class _Units(forms.ModelChoiceField):
    """A choice among units, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class _Officers(forms.ModelChoiceField):
    """A choice among officers, with their unit."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit.name}"


class _Subjects(forms.ModelChoiceField):
    """A choice among the people in a case."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.person.name)


class _Measures(forms.ModelChoiceField):
    """A choice among the measures of the plan."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.what} · {obj.unit.name}"


class _Referrals(forms.ModelMultipleChoiceField):
    """Several referrals, by what was asked and of whom."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.unit.name}:{obj.ask}"


def _yes_no(zh: str, en: str, *, required: bool = True) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=said(zh, en),
        choices=options(YES_NO),
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        required=required,
    )


def _day(zh: str, en: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=said(zh, en),
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _text(
    zh: str, en: str, *, most: int = 2000, required: bool = True, rows: int = 4, hint: str = ""
) -> forms.CharField:
    return forms.CharField(
        label=said(zh, en),
        max_length=most,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class OpenForm(forms.Form):
    """Who is responsible, and who confirms where there is danger now."""

    def __init__(
        self, *args: Any, units: QuerySet[Unit], seconds: QuerySet[Officer], is_danger: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner_unit"] = _Units(
            empty_label=PICK, queryset=units, label=said("主办单位", "Responsible unit")
        )
        self.fields["second_officer"] = _Officers(
            empty_label=PICK,
            queryset=seconds,
            required=is_danger,
            label=said("第二名经办人", "Second officer"),
            help_text=said("紧急个案必须两人确认", "Danger now is confirmed by two"),
        )


class PersonForm(forms.Form):
    """Bring a person into the case by their code."""

    code = forms.CharField(label=said("人员编号", "Person code"), max_length=16)
    part = forms.ChoiceField(label=said("在案中的身份", "Part in the case"), choices=options(PARTS))


class PlanForm(forms.Form):
    """The assessment and how nobody is put at risk by the help."""

    assessment = _text(
        "情况评估",
        "Assessment",
        hint=said("本人需要什么、担心什么、谁可信", "What the person needs and fears, and whom they trust"),
    )
    safety = _text(
        "安全安排",
        "Safety part",
        hint=said(
            "落实之前,如何不惊动可能的加害人;谁先见本人、在哪里见",
            "How nobody who may cause harm is alerted first; who sees the person, and where",
        ),
    )


class MeasureForm(forms.Form):
    """One line of the plan; an empty line is left out."""

    kind = forms.ChoiceField(
        label=said("类别", "Kind"), choices=options(KIND_TEXTS, empty=CHOOSE), required=False
    )
    what = forms.CharField(label=said("措施", "Measure"), max_length=300, required=False)
    due_on = _day("期限", "By", required=False)

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = _Units(
            empty_label=PICK, queryset=units, required=False, label=said("单位", "Unit")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        filled = [bool(data.get(name)) for name in ("kind", "what", "unit")]
        if any(filled) and not all(filled):
            raise forms.ValidationError(
                said("类别、措施、单位须一并填写", "Kind, measure and unit go together")
            )
        return data

    @property
    def line(self) -> tuple[str, str, Unit, date | None] | None:
        """The measure as the action takes it, or nothing for an empty line."""
        data = self.cleaned_data
        if not data.get("kind"):
            return None
        return data["kind"], data["what"], data["unit"], data.get("due_on")


class ReferralForm(forms.Form):
    """What a unit is asked, by when, and what it may read."""

    kind = forms.ChoiceField(label=said("事项类别", "Kind"), choices=options(KIND_TEXTS))
    clock = forms.ChoiceField(label=said("时限", "Clock"), choices=lambda: options(clocks.choices()))
    ask = _text("请该单位办什么", "What the unit is asked to do", most=500, rows=3)
    sections = forms.MultipleChoiceField(
        label=said("附带内容(只给办事所需)", "What it may read (only what is needed)"),
        choices=options(SECTIONS),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
        required=False,
    )

    def __init__(self, *args: Any, case: Case, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = case.plans.order_by("-version").first()
        of_plan = Measure.objects.filter(plan=plan).select_related("unit") if plan else Measure.objects.none()
        self.fields["unit"] = _Units(empty_label=PICK, queryset=units, label=said("承办单位", "Unit"))
        self.fields["measure"] = _Measures(
            empty_label=PICK, queryset=of_plan, required=False, label=said("对应措施", "Measure of the plan")
        )
        self.order_fields(["measure", "unit", "kind", "clock", "ask", "sections"])


class WishForm(forms.Form):
    """What the person said they want."""

    words = _text("本人原话", "In their words", rows=3)
    asked_alone = _yes_no("单独询问", "Asked alone")
    after_separation = forms.BooleanField(
        label=said("离开原处后再次询问", "Asked again after separation"), required=False
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Subject.objects.filter(case=case).select_related("person")
        self.fields["subject"] = _Subjects(empty_label=PICK, queryset=people, label=said("询问对象", "Who"))
        self.order_fields(["subject", "words", "asked_alone", "after_separation"])


class MilestoneForm(forms.Form):
    """A step of the criminal proceedings and its date, nothing else."""

    kind = forms.ChoiceField(label=said("节点", "Step"), choices=options(MILESTONES))
    on_date = _day("日期", "Date")


class OutcomeForm(forms.Form):
    """What was achieved. What describes a failed search is on the list too - and refused with its reason."""

    result = forms.ChoiceField(
        label=said("结果", "Outcome"),
        choices=options({code: text for code, text in RESULTS.items() if code not in NEVER_CLOSES})
        + options({code: RESULTS[code] for code in RESULTS if code in NEVER_CLOSES}),
    )
    summary = _text("逐项说明", "Measure by measure", rows=4)


class VerifyForm(forms.Form):
    """What somebody unrelated saw and heard."""

    met_person = _yes_no("见到本人", "Met the person")
    met_alone = _yes_no("单独见面", "Met alone", required=False)
    not_alone_reason = forms.CharField(
        label=said("未能单独的原因", "Why not alone"), max_length=200, required=False
    )
    own_words = _text("本人原话", "In their words", required=False, rows=3)
    holds = _yes_no("结果属实", "The outcome holds")
    note = _text(
        "说明(不属实时必填)", "Note (required when it does not hold)", most=500, required=False, rows=3
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answered = Referral.objects.filter(case=case, state="confirmed").select_related("unit")
        self.fields["refuted"] = _Referrals(
            queryset=answered,
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
            label=said("哪些答复与所见不符", "Answers that what you saw contradicts"),
        )

    def clean_met_alone(self) -> bool:
        """Nothing said is not alone."""
        return bool(self.cleaned_data.get("met_alone"))


class DeathForm(forms.Form):
    """What somebody unrelated saw of a death, and the review nobody may leave out."""

    holds = _yes_no("去世属实", "The death is established")
    paper = forms.CharField(
        label=said("看到的死亡证明或注销记录、出具单位", "Which death paper you saw, and who issued it"),
        max_length=200,
        required=False,
    )
    is_unexplained = _yes_no("死因不明或可疑", "Unexplained or suspicious", required=False)
    review = _text(
        "回顾:去世前办了什么、还差什么、能否避免",
        "Review: what was done before, what was missing, could it have been prevented",
        required=False,
        rows=5,
    )
    note = _text(
        "说明(不属实时必填)", "Note (required when it does not hold)", most=500, required=False, rows=3
    )

    def clean_is_unexplained(self) -> bool:
        """Nothing said is not unexplained."""
        return bool(self.cleaned_data.get("is_unexplained"))


class LookBackForm(forms.Form):
    """Does it still hold?"""

    holds = _yes_no("是否仍然稳定", "Does it still hold")
    note = _text("所见情况", "What was seen", most=500, rows=3)


class ReturnForm(forms.Form):
    """Why a unit hands a referral back."""

    reason = forms.ChoiceField(label=said("退回理由", "Reason"), choices=options(RETURN_REASONS))
    note = forms.CharField(label=said("说明", "Note"), max_length=200)


class RevokeForm(forms.Form):
    """Why a referral is withdrawn."""

    reason = forms.ChoiceField(label=said("撤回理由", "Reason"), choices=options(REVOKE_REASONS))
    note = forms.CharField(label=said("说明", "Note"), max_length=200, required=False)


class AnswerForm(forms.Form):
    """What the unit did."""

    answer = _text(
        "办理结果",
        "What was done",
        hint=said("何时、为谁、办了什么,以便他人核实", "When, for whom, what - so that others can check"),
    )


class NoteForm(forms.Form):
    """One sentence."""

    note = forms.CharField(label=said("说明", "Note"), max_length=300)
