"""The form of the day on which a milestone was reached."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import DayField, VersionField, said_again
from crm.models import PaymentMilestone


def day_label(milestone: PaymentMilestone) -> Any:
    """Return what its day is called: accepted, or reached without an acceptance."""
    return _("Accepted on") if milestone.is_acceptance else _("Reached on")


class AcceptanceForm(forms.Form):
    """Since when a milestone is reached; an empty day says that it is not."""

    version = VersionField()
    accepted_date = DayField(required=False)

    def __init__(self, *args: Any, milestone: PaymentMilestone, today: date, **kwargs: Any) -> None:
        """Show the day that stands, else today: who comes here has just heard of it."""
        shown = {
            "version": milestone.version,
            "accepted_date": milestone.accepted_date or today,
        }
        super().__init__(*args, **{"initial": shown, **kwargs})
        self.fields["accepted_date"].label = day_label(milestone)

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the service takes."""
        data = self.cleaned_data
        return {"version": data["version"], "on": data["accepted_date"]}

    def read_again(self, version: int) -> None:
        """Show what was sent once more, under the version that stands now."""
        self.data = said_again(self, version=str(version))
