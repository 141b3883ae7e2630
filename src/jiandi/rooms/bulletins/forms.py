"""The one form of this room: a correction in both languages."""

from django import forms


class CorrectionForm(forms.Form):
    """What was wrong and what is right, so that the sentence and its correction can be read side by side."""

    text_zh = forms.CharField(label="更正(中文)", max_length=1000, widget=forms.Textarea)
    text_en = forms.CharField(label="Correction (English)", max_length=1000, widget=forms.Textarea)
