"""Forms of meetings ahead, and of the check before a trip."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import trips
from crm.forms.amounts import AmountField
from crm.forms.inputs import (
    NOT_ON_FILE,
    DayAheadField,
    TokenField,
    VersionField,
    said_again,
)
from crm.models import BudgetStage, Contact, PlannedMeeting, TravelCheck

Kind, Choice = PlannedMeeting.Kind, TravelCheck.Choice
KINDS = (
    (Kind.VISIT_TO_CLIENT, pgettext_lazy("chip", "Visit")),
    (Kind.ONLINE_MEETING, pgettext_lazy("chip", "Online")),
    (Kind.CALL, pgettext_lazy("chip", "Call")),
    (Kind.DEMO, _("Demo")),
    (Kind.VISIT_TO_US, _("Visit to us")),
    (Kind.BID_TALK, _("Bid talk")),
    (Kind.NEGOTIATION, _("Negotiation")),
)
YES_NO = (
    ("yes", pgettext_lazy("chip", "Yes")),
    ("no", pgettext_lazy("chip", "No")),
    ("", _("Don’t know")),
)
SAID = {"yes": True, "no": False, "": None}
PLAN_FIELDS = (
    "kind",
    "topic",
    "meeting_date",
    "meeting_time",
    "is_online",
    "place",
    "hours",
    "travel_hours",
    "travel_amount",
)


class PlanForm(forms.Form):
    """One meeting ahead: what, when, where, who, and what it will take."""

    token = TokenField()
    version = VersionField(required=False)
    kind = forms.ChoiceField(choices=KINDS)
    meeting_date = DayAheadField(label=_("Day"))
    meeting_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    topic = forms.CharField(label=_("What is it about?"), max_length=200, required=False)
    is_online = forms.BooleanField(label=_("We meet online"), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    attendees = forms.MultipleChoiceField(required=False, error_messages=NOT_ON_FILE)
    hours = forms.DecimalField(
        label=_("Our hours"), min_value=0, max_value=99, decimal_places=1, required=False
    )
    travel_hours = forms.DecimalField(
        label=_("Travel hours"), min_value=0, max_value=99, decimal_places=1, required=False
    )
    travel_amount = AmountField(label=_("Travel cost"), max_value=9_999_999, required=False)

    def __init__(self, *args: Any, people: Sequence[Contact], today: date, **kwargs: Any) -> None:
        """Offer the people of the account."""
        super().__init__(*args, **kwargs)
        self.people, self.today = people, today
        attendees = self.fields["attendees"]
        if isinstance(attendees, forms.ChoiceField):
            attendees.choices = [(str(person.pk), person.name) for person in people]

    def clean_attendees(self) -> list[Contact]:
        """Take people for their keys."""
        keys = self.cleaned_data["attendees"]
        return [person for person in self.people if str(person.pk) in keys]

    def clean_meeting_date(self) -> date:
        """Refuse days that went by: what took place is logged."""
        day: date = self.cleaned_data["meeting_date"]
        if day < self.today:
            raise forms.ValidationError(_("This day went by. Log the talk instead of planning it."))
        return day

    def clean(self) -> dict[str, Any]:
        """Take online kinds for online."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Kind.ONLINE_MEETING:
            cleaned["is_online"] = True
        return cleaned

    def take_version(self, version: int) -> None:
        """Let what is sent next be about the meeting as it stands now."""
        self.data = said_again(self, version=str(version))

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the plan keeps."""
        return {name: self.cleaned_data[name] for name in PLAN_FIELDS}


class CancelForm(forms.Form):
    """Why a meeting does not take place."""

    version = VersionField(required=False)
    reason = forms.CharField(max_length=200, required=False)


class TravelForm(forms.Form):
    """The five answers before a trip, what it costs, and the choice."""

    version = VersionField(required=False)
    budget_holder_comes = forms.ChoiceField(
        label=_("Is the budget holder in the room?"), choices=YES_NO, required=False
    )
    needs_us_on_site = forms.ChoiceField(
        label=_("Is there a dated agenda item that needs us on site?"),
        choices=YES_NO,
        required=False,
    )
    client_will = forms.CharField(
        label=_("What will the client decide or hand over at the end?"),
        max_length=200,
        required=False,
    )
    could_be_online = forms.ChoiceField(
        label=_("Could it be online?"), choices=YES_NO, required=False
    )
    budget_stage = forms.ChoiceField(
        label=_("Budget stage?"),
        choices=[*BudgetStage.choices, ("", _("Don’t know"))],
        required=False,
    )
    trip_hours = forms.DecimalField(
        label=_("Hours of the trip"), min_value=0, max_value=999, decimal_places=1, required=False
    )
    trip_amount = AmountField(label=_("Cost of the trip"), max_value=9_999_999, required=False)
    choice = forms.ChoiceField(choices=[("", ""), *Choice.choices], required=False)
    reason = forms.CharField(label=_("Why go anyway?"), max_length=300, required=False)
    until = DayAheadField(label=_("Postpone to"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Know today: a trip is not postponed into the past."""
        super().__init__(*args, **kwargs)
        self.today = today

    def take_version(self, version: int) -> None:
        """Let what is sent next be about the meeting as it stands now."""
        self.data = said_again(self, version=str(version))

    def clean(self) -> dict[str, Any]:
        """Ask for a reason against the answers, and for the day of a later trip."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        choice, until = cleaned["choice"], cleaned["until"]
        worth_it = trips.is_worth_it(TravelCheck(**self.answers).speaks_for_count)
        if choice == Choice.GO and not worth_it and not cleaned["reason"].strip():
            self.add_error("reason", _("Say in a few words why: it stands beside the trip."))
        if choice == Choice.POSTPONE and (until is None or until < self.today):
            self.add_error("until", _("Choose the day it is postponed to."))
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """Return the answers and what the trip takes."""
        data = self.cleaned_data
        return {
            "budget_holder_comes": SAID[data["budget_holder_comes"]],
            "needs_us_on_site": SAID[data["needs_us_on_site"]],
            "client_will": data["client_will"].strip(),
            "could_be_online": SAID[data["could_be_online"]],
            "budget_stage": data["budget_stage"],
            "trip_hours": data["trip_hours"],
            "trip_amount": data["trip_amount"],
        }

    @property
    def cost(self) -> tuple[Decimal | None, Decimal | None]:
        """Return hours and cost of the trip."""
        return self.cleaned_data["trip_hours"], self.cleaned_data["trip_amount"]
