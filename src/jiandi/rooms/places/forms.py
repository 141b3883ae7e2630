"""The form for a place that has no code."""

from django import forms

from jiandi.rooms.places.models import Level


class CustomPlaceForm(forms.Form):
    """A development zone, a harbour area, a grid."""

    name = forms.CharField(max_length=100, label="名称 Name")
    level = forms.TypedChoiceField(
        coerce=int,
        label="层级 Level",
        choices=[
            (Level.COUNTY, "县级 County"),
            (Level.TOWN, "乡镇级 Town"),
            (Level.VILLAGE, "村级 Village"),
            (Level.GRID, "网格 Grid"),
        ],
    )
