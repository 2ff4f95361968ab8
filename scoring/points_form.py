"""The form in which a founder edits the points."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import VersionField
from crm.models import CustomField
from scoring import points_cells
from scoring.points_cells import BEGINS, Cell

MOST_POINTS, LATEST_BEGIN = 20, 3650
FURTHEST = timedelta(days=366)


class MomentInput(forms.DateTimeInput):
    """A moment that the browser helps to pick."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        """Speak ISO, which is what browsers expect."""
        super().__init__(format="%Y-%m-%dT%H:%M")


class PointsForm(forms.Form):
    """All points of a target: a number for each answer and step, who is asked for why."""

    base = VersionField()
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("It stands in the log for good: what did you see that the points do not?"),
        error_messages={"required": _("Say why: others will read it in a year.")},
        widget=forms.Textarea({"rows": 2}),
    )
    effective_at = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        widget=MomentInput(),
        help_text=_("Empty: from the moment it is saved. Earlier scores keep their points."),
    )

    def __init__(
        self,
        *args: Any,
        points: Mapping[str, Any],
        own: Sequence[CustomField],
        now: datetime,
        **kwargs: Any,
    ) -> None:
        """Give each cell of the points its inputs."""
        super().__init__(*args, **kwargs)
        self.points, self.own, self.now = points, own, now
        self.cells = points_cells.cells(points, own)
        for cell in self.cells:
            self.fields |= _inputs(cell)

    def rows(self) -> list[dict[str, Any]]:
        """Return the cells with their inputs."""
        return [
            {
                "cell": cell,
                "points": self[cell.name],
                "begins": self[cell.name + BEGINS] if cell.begins is not None else None,
            }
            for cell in self.cells
        ]

    def clean_effective_at(self) -> datetime | None:
        """Refuse a moment that is over: points never change what was said before."""
        moment: datetime | None = self.cleaned_data["effective_at"]
        if moment and moment < self.now - timedelta(minutes=1):
            raise forms.ValidationError(
                _("That moment is over. Choose one to come, or leave it empty for now.")
            )
        if moment and moment > self.now + FURTHEST:
            raise forms.ValidationError(_("Choose a day within a year."))
        return moment

    def clean(self) -> dict[str, Any]:
        """Hold that steps rise, and that something is changed."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        before: dict[str, float] = {}
        for cell in self.cells:
            begins = said.get(cell.name + BEGINS, cell.begins)
            if begins is None:
                continue
            key = cell.name.rpartition(".")[0]
            if key in before and begins <= before[key]:
                self.add_error(cell.name + BEGINS, _("Each step begins above the one before."))
            before[key] = begins
        if not self.errors and not self.changed_cells:
            raise forms.ValidationError(_("Nothing is changed yet. Change a number, then go on."))
        return said

    @property
    def changed_cells(self) -> dict[str, float]:
        """Return the numbers that are others than before."""
        before = points_cells.numbers(self.cells)
        said = {name: float(self.cleaned_data[name]) for name in before}
        return {name: value for name, value in said.items() if value != before[name]}

    def edited(self) -> dict[str, Any]:
        """Return the points as they would be."""
        return points_cells.edited(self.points, self.changed_cells)


def _inputs(cell: Cell) -> dict[str, forms.Field]:
    """Return the inputs of a cell, filled with what it holds."""
    found: dict[str, forms.Field] = {
        cell.name: forms.IntegerField(
            label=cell.words,
            initial=round(cell.points),
            min_value=-MOST_POINTS,
            max_value=MOST_POINTS,
            error_messages={
                "required": _("Write a number; 0 counts for nothing."),
                "invalid": _("Write a whole number."),
                "min_value": _("At least −20: it makes an end four times less likely."),
                "max_value": _("At most 20: it makes an end four times likelier."),
            },
        )
    }
    if cell.begins is not None:
        found[cell.name + BEGINS] = forms.DecimalField(
            label=_("%(signal)s: begins at") % {"signal": cell.title},
            initial=f"{cell.begins:g}",
            min_value=0,
            max_value=LATEST_BEGIN,
            decimal_places=1,
            error_messages={"required": _("Write where the step begins.")},
        )
    return found
