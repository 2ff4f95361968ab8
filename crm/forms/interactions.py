"""The form that logs a talk in a few taps."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import rules, workdays
from crm.forms.amounts import AmountField
from crm.forms.inputs import (
    CHOOSE,
    NOBODY,
    NOT_ON_FILE,
    DayAheadField,
    DayField,
    TokenField,
    said_again,
)
from crm.models import Ask, BudgetStage, Contact, Deliverable, Interaction, PlannedMeeting, User

Kind = Interaction.Kind
COMMON_KINDS = (
    (Kind.VISIT_TO_CLIENT, pgettext_lazy("chip", "Visit"), "2"),
    (Kind.ONLINE_MEETING, pgettext_lazy("chip", "Online"), "1.5"),
    (Kind.CALL, pgettext_lazy("chip", "Call"), "0.5"),
    (Kind.WECHAT, _("WeChat"), "0.5"),
    (Kind.DEMO, _("Demo"), "2"),
    (Kind.INQUIRY, _("Inquiry"), "0.5"),
    (Kind.BID_TALK, _("Bid talk"), "4"),
)
OTHER_KINDS = (
    (Kind.SOLUTION_REQUEST, _("Solution request"), "1"),
    (Kind.VISIT_TO_US, _("Visit to us"), "2"),
    (Kind.BACKGROUND_CHECK, _("Background check"), "1"),
    (Kind.INTERNAL_REPORT, _("Internal report"), "2"),
    (Kind.EVALUATION, _("Evaluation"), "2"),
    (Kind.NEGOTIATION, _("Negotiation"), "2"),
)
ASKS = (
    (Ask.NONE, pgettext_lazy("chip", "Nothing")),
    (Ask.BASIC_KNOWLEDGE, pgettext_lazy("chip", "Basics")),
    (Ask.TECH_SELECTION, pgettext_lazy("chip", "Tech selection")),
    (Ask.SOLUTION_DOC, pgettext_lazy("chip", "Solution")),
    (Ask.QUOTATION, pgettext_lazy("chip", "Price")),
    (Ask.POC, pgettext_lazy("chip", "PoC")),
    (Ask.INTERNAL_REPORT, pgettext_lazy("chip", "Report text")),
)
OTHER_ASKS = (
    (Ask.TENDER_TEXT, pgettext_lazy("chip", "Tender text")),
    (Ask.INDUSTRY_DATA, pgettext_lazy("chip", "Industry data")),
    (Ask.PRODUCT, pgettext_lazy("chip", "Product")),
)
ON_SITE = (Kind.VISIT_TO_CLIENT, Kind.VISIT_TO_US)
HOURS = ("0.5", "1", "1.5", "2", "4", "8")
NEXT_DAYS = (3, 7, 14)
YES_NO_UNKNOWN = (
    ("yes", pgettext_lazy("in the room", "Yes")),
    ("no", pgettext_lazy("in the room", "No")),
    ("", _("Don’t know")),
)
SIDES = (("CLIENT", pgettext_lazy("chip", "They did")), ("US", pgettext_lazy("chip", "We did")))


class LogForm(forms.Form):
    """One talk: what it was, what they asked, who came, what is next, what it cost us."""

    token = TokenField()
    kind = forms.ChoiceField(choices=Kind.choices)
    initiated_by = forms.ChoiceField(choices=SIDES, required=False)
    asks = forms.MultipleChoiceField(choices=Ask.choices, required=False)
    attendees = forms.MultipleChoiceField(required=False, error_messages=NOT_ON_FILE)
    new_person = forms.CharField(max_length=120, required=False)
    budget_holder = forms.ChoiceField(choices=YES_NO_UNKNOWN, required=False)
    next = forms.ChoiceField(required=False)
    next_date = DayAheadField(required=False)
    next_step = forms.CharField(label=_("What is the next step?"), max_length=200, required=False)
    hours = forms.DecimalField(
        required=False, min_value=Decimal(0), max_value=Decimal(99), decimal_places=1
    )
    happened_date = DayField(label=_("When was it?"), required=False)
    client_gave = forms.MultipleChoiceField(
        label=_("What did they give us?"),
        choices=Interaction.Gift.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    budget_stage = forms.ChoiceField(
        label=_("What did they say of the budget?"),
        choices=[("", _("not said")), *BudgetStage.choices],
        required=False,
    )
    given_kind = forms.ChoiceField(
        label=_("What did we hand over?"),
        choices=[("", pgettext_lazy("handed over", "nothing")), *Deliverable.Kind.choices],
        required=False,
    )
    given_level = forms.TypedChoiceField(
        label=_("Disclosure level"),
        choices=[CHOOSE, *((n, str(n)) for n in range(7))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    given_anyway = forms.BooleanField(label=_("Handed over all the same"), required=False)
    given_reason = forms.CharField(
        label=_("Who asked for it, and why?"),
        help_text=_("Five words are enough."),
        max_length=300,
        required=False,
    )
    competitors_count = forms.IntegerField(
        label=_("Competitors named"), min_value=0, max_value=20, required=False
    )
    competitors = forms.CharField(label=_("Who are they?"), max_length=200, required=False)
    incumbent = forms.CharField(label=_("Supplier they have now"), max_length=120, required=False)
    response_latency_days = forms.DecimalField(
        label=_("Days until they answered us"),
        min_value=0,
        max_value=999,
        decimal_places=1,
        required=False,
    )
    colleague = forms.ChoiceField(label=_("Who came along?"), required=False)
    colleague_hours = forms.DecimalField(
        label=_("Of our hours, theirs"), min_value=0, max_value=99, decimal_places=1, required=False
    )
    travel_hours = forms.DecimalField(
        label=_("Travel hours"), min_value=0, max_value=99, decimal_places=1, required=False
    )
    travel_amount = AmountField(label=_("Travel cost"), max_value=9_999_999, required=False)
    paid_by_client = forms.BooleanField(label=_("Paid by the client"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[Contact],
        colleagues: Sequence[User] = (),
        today: date,
        country: str,
        **kwargs: Any,
    ) -> None:
        """Offer the people of the account, our own, and the dates that skip holidays."""
        super().__init__(*args, **kwargs)
        self.people, self.colleagues, self.today = people, colleagues, today
        self.next_dates = {f"+{days}": _workday(today, days, country) for days in NEXT_DAYS}
        codes = {
            "attendees": [str(person.pk) for person in people],
            "next": ["none", *self.next_dates, "date", ""],
        }
        for name, field in self.fields.items():
            if name in codes and isinstance(field, forms.ChoiceField):
                field.choices = [(code, code) for code in codes[name]]
            elif name == "colleague" and isinstance(field, forms.ChoiceField):
                field.choices = [
                    NOBODY,
                    *((str(one.pk), str(one)) for one in colleagues),
                ]

    def take_new_token(self) -> None:
        """Let what is sent next be a talk of its own."""
        self.data = said_again(self, token=str(uuid4()))

    def clean_attendees(self) -> list[Contact]:
        """Take people for their keys."""
        keys = self.cleaned_data["attendees"]
        return [person for person in self.people if str(person.pk) in keys]

    def clean_happened_date(self) -> date:
        """Take today where no day is said; a talk is logged after it took place."""
        day: date = self.cleaned_data["happened_date"] or self.today
        if day > self.today:
            raise forms.ValidationError(
                _("This day is still ahead. Log the talk when it has taken place.")
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Check what two answers say together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("next") and cleaned.get("next_date"):
            cleaned["next"] = "date"  # who writes a date has agreed on one
        if cleaned.get("next") == "date" and not (cleaned.get("next_date") or self.errors):
            self.add_error("next", _("Pick the date of the next step, or choose another answer."))
        if cleaned.get("given_kind") and cleaned.get("given_level") is None:
            self.add_error("given_level", _("Say how much it discloses: 0 public to 6."))
        if cleaned.get("given_anyway") and not rules.says_why(cleaned.get("given_reason", ""), ()):
            self.add_error("given_reason", _("Say who asked for it and why, in five words."))
        asks = cleaned.get("asks") or []
        if Ask.NONE in asks and len(asks) > 1:
            self.add_error("asks", _("“Nothing” cannot stand beside another answer."))
        self._check_effort(cleaned)
        return cleaned

    def _check_effort(self, cleaned: dict[str, Any]) -> None:
        """Hold the hours of a colleague to be a part of ours."""
        theirs, ours = cleaned.get("colleague_hours"), cleaned.get("hours")
        if cleaned.get("colleague") and theirs is None:
            self.add_error("colleague_hours", _("Say how many of our hours were theirs."))
        elif theirs is not None and not cleaned.get("colleague"):
            self.add_error("colleague", _("Say who it was."))
        elif theirs is not None and (ours is None or theirs > ours):
            self.add_error("colleague_hours", _("That is more than all our hours of this talk."))

    def effort(self, author: User) -> dict[User, Decimal]:
        """Return who of us spent how many hours, where more than one did."""
        key, theirs = self.cleaned_data["colleague"], self.cleaned_data["colleague_hours"]
        other = next((one for one in self.colleagues if str(one.pk) == key), None)
        if other is None or theirs is None:
            return {}
        return {author: self.cleaned_data["hours"] - theirs, other: theirs}

    @property
    def override_reason(self) -> str:
        """Return why something above the allowed level was handed over; "" without the tick."""
        data = self.cleaned_data
        return str(data["given_reason"]) if data["given_anyway"] else ""

    @property
    def next_step_date(self) -> date | None:
        """Return the date that was agreed."""
        asked = self.cleaned_data["next"]
        chosen: date | None = self.cleaned_data["next_date"]
        return chosen if asked == "date" else self.next_dates.get(asked)

    def happened_at(self, now: datetime) -> datetime:
        """Return the moment of the talk: now for today, noon for another day."""
        day: date = self.cleaned_data["happened_date"]
        if day == self.today:
            return now
        return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the interaction keeps, with "not known" apart from "nothing"."""
        data = self.cleaned_data
        asks = data["asks"]
        facts = {
            name: data[name]
            for name in (
                "initiated_by",
                "budget_stage",
                "next_step",
                "competitors_count",
                "competitors",
                "incumbent",
                "response_latency_days",
                "travel_hours",
                "travel_amount",
                "paid_by_client",
                "note",
            )
        }
        return facts | {
            "asks": None if not asks else [ask for ask in asks if ask != Ask.NONE],
            "client_gave": data["client_gave"] or None,
            "budget_holder_present": {"yes": True, "no": False}.get(data["budget_holder"]),
            "presales_hours": data["hours"],
            "next_step_date": self.next_step_date,
            "has_dated_next_step": self._has_date(),
        }

    def _has_date(self) -> bool | None:
        if self.next_step_date:
            return True
        return False if self.cleaned_data["next"] == "none" else None


def of_plan(plan: PlannedMeeting | None, today: date) -> dict[str, Any]:
    """Return what a planned meeting says of the talk that came of it."""
    if plan is None:
        return {}
    known = {
        "kind": Kind.ONLINE_MEETING if plan.is_online and plan.kind in ON_SITE else plan.kind,
        "attendees": [str(pk) for pk in plan.attendees.values_list("pk", flat=True)],
        "happened_date": min(plan.meeting_date, today),
        "hours": None if plan.hours is None else f"{plan.hours.normalize():f}",
        "travel_hours": plan.travel_hours,
        "travel_amount": plan.travel_amount,
    }
    return {name: value for name, value in known.items() if value not in (None, [])}


def _workday(today: date, days: int, country: str) -> date:
    """Return the day so many days ahead, or the first working day after it."""
    day = today + timedelta(days=days)
    while not workdays.is_workday(day, country=country):
        day += timedelta(days=1)
    return day
