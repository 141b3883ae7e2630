"""What the register's pages ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from jiandi.core.rosters.kinds import Kind, catalogue
from jiandi.core.values import Text
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import Unit
from jiandi.rooms.access.wording import options, said
from jiandi.rooms.register.actions import Paper
from jiandi.rooms.register.linking import kinds_known
from jiandi.rooms.register.models import CORRECTABLE
from jiandi.rooms.register.policies_authority import MOST_BYTES, check_paper_size
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


def _document() -> forms.FileField:
    return forms.FileField(
        label=said("签字盖章的授权书(扫描件或照片)", "The signed document (scan or photograph)"),
        help_text=said(
            f"PDF、JPG 或 PNG,最大{MOST_BYTES >> 20} MB。附上后不能更换。",
            f"PDF, JPG or PNG, {MOST_BYTES >> 20} MB at most. It is never replaced.",
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )


def paper_of(file: UploadedFile) -> Paper:
    """Return what was attached; Refused when it is too large to be read."""
    check_paper_size(file.size or 0)
    return Paper(file.name or "", file.read())


class DocumentForm(forms.Form):
    """The signed paper, scanned or photographed."""

    document = _document()


class AuthoriseForm(forms.Form):
    """A written permission to compare rosters: whose word, for what, which kinds, how long, and the paper itself."""

    number = forms.CharField(max_length=60, label=said("文号", "Number"))
    issued_by = forms.CharField(max_length=100, label=said("签发单位", "Issued by (unit)"))
    signed_by = forms.CharField(max_length=60, label=said("签发人姓名", "Signed by (name)"))
    signed_office = forms.CharField(max_length=60, label=said("签发人职务", "Signer's office"))
    purpose = forms.CharField(max_length=300, label=said("目的", "Purpose"))
    all_kinds = forms.BooleanField(required=False, label=said("所有名册类别", "All kinds of roster"))
    kinds = forms.MultipleChoiceField(
        required=False,
        label=said("授权比对的名册类别", "Kinds of roster it covers"),
        help_text=said(
            "没有勾选的类别不参与比对。要包括全部,请勾选“所有名册类别”。",
            "A kind that is not ticked is never compared. For all of them tick “All kinds of roster”.",
        ),
        choices=lambda: [(code, said(kind.title.zh, kind.title.en)) for code, kind in compared_kinds()],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
    )
    starts_on = forms.DateField(
        label=said("起", "From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=said("止", "Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document = _document()

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two: every kind, or the kinds by name. Nothing ticked is a forgotten answer, not all of them."""
        data = super().clean() or {}
        if not data.get("all_kinds") and not data.get("kinds"):
            self.add_error("kinds", say(_NO_KIND))
        elif data.get("all_kinds") and data.get("kinds"):
            self.add_error("kinds", say(_BOTH))
        return data


_NO_KIND = Text(
    zh="请勾选授权书写明的名册类别;确实全部授权的,勾选“所有名册类别”。",
    en="Tick the kinds the document names; where it truly names all, tick “All kinds of roster”.",
)
_BOTH = Text(
    zh="“所有名册类别”和单个类别只能选一种,请去掉其中一种。",
    en="Either all kinds or single ones: take one of the two away.",
)


def compared_kinds() -> list[tuple[str, Kind]]:
    """Return the kinds of roster that can be compared, in the order of the catalogue."""
    return [(code, catalogue().kinds[code]) for code in kinds_known()]


class ChangeForm(ReasonForm):
    """A correction somebody asks for."""

    field = forms.ChoiceField(
        label=said("项目", "Field"),
        choices=options(CORRECTABLE),
    )
    proposed = forms.CharField(max_length=200, label=said("应为", "Should be"))
