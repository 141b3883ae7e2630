"""What the register's pages ask for."""

from __future__ import annotations

from django import forms

from jiandi.core.rosters.kinds import catalogue
from jiandi.rooms.access.models import Unit
from jiandi.rooms.access.wording import options, said
from jiandi.rooms.register.models import CORRECTABLE
from jiandi.rooms.register.queries_people import PURPOSES


def wrong_in(form: forms.Form) -> str:
    """Return what is wrong with a form, field by field, for a page that does not show it again."""
    return "; ".join(f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items())


class SearchForm(forms.Form):
    """Whom, and what for."""

    hint = forms.CharField(
        max_length=60,
        label=said("姓名、拼音首字母、证件号、电话或编号", "Name, initials, number, telephone or code"),
    )
    purpose = forms.ChoiceField(
        label=said("目的", "Purpose"),
        choices=options(PURPOSES),
    )


class DeliverForm(forms.Form):
    """A department's file."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=said("报送单位", "Delivering unit"))
    reference_on = forms.DateField(
        label=said("数据截至日", "As of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(
        required=False,
        label=said("名册类别(不填则自动识别)", "Kind (recognised when left open)"),
        choices=[("", "—"), *((k.code, said(k.title.zh, k.title.en)) for k in catalogue().kinds.values())],
    )
    file = forms.FileField(label=said("文件(.xlsx .xls .csv)", "File (.xlsx .xls .csv)"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=300, label=said("理由", "Reason"))


class SecondForm(ReasonForm):
    """Why, and who agrees."""

    second = forms.CharField(
        required=False,
        max_length=40,
        label=said("复核人用户名(需要时)", "Second officer's user name (when needed)"),
    )
    second_password = forms.CharField(
        required=False,
        max_length=128,
        label=said("复核人密码", "Second officer's password"),
        help_text=said("由复核人本人看过后输入。", "Typed by the second officer, after looking."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class DecideForm(SecondForm):
    """Same person or not, and who agrees."""

    verdict = forms.ChoiceField(
        choices=[
            ("not_same", said("不是同一人", "Not the same")),
            ("same", said("同一人", "Same person")),
            ("unsure", said("不能确定", "Unsure")),
        ],
        label=said("判定", "Decision"),
        initial="not_same",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        max_length=300, label=said("理由", "Reason"), widget=forms.TextInput(attrs={"accesskey": "r"})
    )
    visit_note = forms.CharField(
        required=False,
        max_length=300,
        label=said("走访所见(何时、谁、见到什么)", "What a visit saw (when, who, what)"),
        widget=forms.TextInput(),
    )


class AuthoriseForm(forms.Form):
    """A written permission to compare rosters."""

    number = forms.CharField(max_length=60, label=said("文号", "Number"))
    issued_by = forms.CharField(max_length=100, label=said("签发单位", "Issued by"))
    purpose = forms.CharField(max_length=300, label=said("目的", "Purpose"))
    starts_on = forms.DateField(
        label=said("起", "From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=said("止", "Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ChangeForm(ReasonForm):
    """A correction somebody asks for."""

    field = forms.ChoiceField(
        label=said("项目", "Field"),
        choices=options(CORRECTABLE),
    )
    proposed = forms.CharField(max_length=200, label=said("应为", "Should be"))
