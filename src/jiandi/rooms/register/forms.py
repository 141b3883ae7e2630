"""What the register's pages ask for."""

from __future__ import annotations

from django import forms

from jiandi.core.rosters.kinds import catalogue
from jiandi.rooms.access.models import Unit
from jiandi.rooms.register.queries_people import PURPOSES


def both(zh: str, en: str) -> str:
    """Return a label in both languages, as forms carry them."""
    return f"{zh} {en}"


class SearchForm(forms.Form):
    """Whom, and what for."""

    hint = forms.CharField(
        max_length=60,
        label=both("姓名、拼音首字母、证件号、电话或编号", "Name, initials, number, telephone or code"),
    )
    purpose = forms.ChoiceField(
        label=both("目的", "Purpose"),
        choices=[(code, both(text.zh, text.en)) for code, text in PURPOSES.items()],
    )


class DeliverForm(forms.Form):
    """A department's file."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=both("报送单位", "Delivering unit"))
    reference_on = forms.DateField(
        label=both("数据截至日", "As of"), widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(
        required=False,
        label=both("名册类别(不填则自动识别)", "Kind (recognised when left open)"),
        choices=[("", "—"), *((k.code, both(k.title.zh, k.title.en)) for k in catalogue().kinds.values())],
    )
    file = forms.FileField(label=both("文件(.xlsx .xls .csv)", "File (.xlsx .xls .csv)"))


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=300, label=both("理由", "Reason"))


class DecideForm(ReasonForm):
    """Same person or not, and who agrees."""

    verdict = forms.ChoiceField(
        choices=[
            ("not_same", both("不是同一人", "Not the same")),
            ("same", both("同一人", "Same person")),
            ("unsure", both("不能确定", "Unsure")),
        ],
        label=both("判定", "Decision"),
        initial="not_same",
        widget=forms.RadioSelect,
    )
    second = forms.CharField(
        required=False,
        max_length=40,
        label=both("复核人用户名(需要时)", "Second officer's user name (when needed)"),
    )


class AuthoriseForm(forms.Form):
    """A written permission to compare rosters."""

    number = forms.CharField(max_length=60, label=both("文号", "Number"))
    issued_by = forms.CharField(max_length=100, label=both("签发单位", "Issued by"))
    purpose = forms.CharField(max_length=300, label=both("目的", "Purpose"))
    starts_on = forms.DateField(label=both("起", "From"), widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(label=both("止", "Until"), widget=forms.DateInput(attrs={"type": "date"}))


class ChangeForm(ReasonForm):
    """A correction somebody asks for."""

    field = forms.ChoiceField(
        label=both("项目", "Field"),
        choices=[
            ("name", both("姓名", "Name")),
            ("sex", both("性别", "Sex")),
            ("birth_on", both("出生日期", "Born on")),
            ("phone", both("电话", "Telephone")),
            ("address", both("住址", "Address")),
            ("died_on", both("死亡日期", "Died on")),
        ],
    )
    proposed = forms.CharField(max_length=200, label=both("应为", "Should be"))
