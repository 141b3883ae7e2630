"""The form for a place that has no code."""

from django import forms

from jiandi.rooms.access.wording import said
from jiandi.rooms.places.models import Level


class CustomPlaceForm(forms.Form):
    """A development zone, a harbour area, a grid."""

    name = forms.CharField(max_length=100, label=said("名称", "Name"))
    level = forms.TypedChoiceField(
        coerce=int,
        label=said("层级", "Level"),
        choices=[
            (Level.COUNTY, said("县级", "County")),
            (Level.TOWN, said("乡镇级", "Town")),
            (Level.VILLAGE, said("村级", "Village")),
            (Level.GRID, said("网格", "Grid")),
        ],
    )
