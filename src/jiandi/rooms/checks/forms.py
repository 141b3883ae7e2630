"""The forms of triage."""

from __future__ import annotations

from django import forms

from jiandi.rooms.access.wording import options, said
from jiandi.rooms.checks.states import EXPLANATIONS


class NoteForm(forms.Form):
    """A step with a word on why."""

    note = forms.CharField(
        required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), label=said("说明", "Note")
    )


class ExplainForm(forms.Form):
    """An explanation from the list, and what somebody else needs to check it."""

    reason = forms.ChoiceField(choices=options(EXPLANATIONS), label=said("理由", "Reason"))
    note = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=said("谁、何时、看到什么", "Who saw what and when"),
    )
