"""Forms of a bid: what the notice says, the sheet, the choice, the result."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import bid_sheet
from crm.forms.amounts import AmountField
from crm.forms.inputs import (
    DayAheadField,
    DayField,
    TokenField,
    VersionField,
    said_again,
    say_blanks,
)
from crm.models import Bid

ANSWERS = (
    (bid_sheet.YES, pgettext_lazy("chip", "Yes")),
    (bid_sheet.NO, pgettext_lazy("chip", "No")),
    ("", _("Don’t know")),
)
BID_FIELDS = (
    "kind",
    "deadline_date",
    "prep_days",
    "bidders_count",
    "hours_planned",
    "hours",
    "deposit_amount",
    "deposit_paid_date",
    "deposit_due_date",
    "deposit_back_date",
)


class BidForm(forms.ModelForm[Bid]):
    """What is known of a bid, its deposit and its hours."""

    token = TokenField()
    notice_date = DayField(label=_("Day of the notice"))
    asked_date = DayField(label=_("We asked questions on"), required=False)
    answered_date = DayField(label=_("They answered on"), required=False)

    class Meta:
        model = Bid
        fields = BID_FIELDS
        field_classes = {
            "deadline_date": DayAheadField,
            "deposit_amount": AmountField,
            "deposit_paid_date": DayField,
            "deposit_due_date": DayAheadField,
            "deposit_back_date": DayField,
        }
        help_texts = {
            "prep_days": _("Empty: counted from the notice to the deadline."),
            "hours_planned": _("What the bid will take; it counts in the loss to expect."),
            "hours": _("What it took in the end."),
        }

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Show the moments of the bid as days."""
        super().__init__(*args, **kwargs)
        say_blanks(self)
        self.today = today
        if self.instance.pk:
            self.initial["notice_date"] = _day(self.instance.happened_at)
            self.initial["asked_date"] = _day(self.instance.questions_asked_at)
            self.initial["answered_date"] = _day(self.instance.questions_answered_at)

    def clean(self) -> dict[str, Any]:
        """Check days against each other."""
        cleaned = super().clean() or self.cleaned_data
        notice, deadline = cleaned.get("notice_date"), cleaned.get("deadline_date")
        if notice and notice > self.today:
            self.add_error("notice_date", _("This day is still ahead."))
        if notice and deadline and deadline < notice:
            self.add_error("deadline_date", _("The deadline lies before the notice."))
        paid, back = cleaned.get("deposit_paid_date"), cleaned.get("deposit_back_date")
        if back and not paid:
            self.add_error("deposit_paid_date", _("Say when it was paid first."))
        elif paid and back and back < paid:
            self.add_error("deposit_back_date", _("It cannot be back before it was paid."))
        if paid and not cleaned.get("deposit_amount"):
            self.add_error("deposit_amount", _("Say how much the deposit was."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the bid keeps; a day is stored as its first moment."""
        data = self.cleaned_data
        facts = {name: data[name] for name in BID_FIELDS}
        return facts | {
            "happened_at": self._moment("notice_date", "happened_at"),
            "questions_asked_at": self._moment("asked_date", "questions_asked_at"),
            "questions_answered_at": self._moment("answered_date", "questions_answered_at"),
        }

    def _moment(self, field: str, of: str) -> datetime | None:
        """Return the moment of a day, the stored one where the day is the same."""
        day: date | None = self.cleaned_data[field]
        stored: datetime | None = getattr(self.instance, of)
        if day is None or (stored and _day(stored) == day):
            return stored if day else None
        return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())

    def take_version(self, version: int) -> None:
        """Let what is sent next be about the bid as it stands now."""
        self.data = said_again(self, version=str(version))


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


class SheetForm(forms.Form):
    """The eight questions, and the choice with its reason."""

    version = VersionField(required=False)
    choice = forms.ChoiceField(choices=[("", ""), *Bid.Choice.choices], required=False)
    reason = forms.CharField(label=_("Why?"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add a field for each question."""
        super().__init__(*args, **kwargs)
        for question in bid_sheet.QUESTIONS:
            self.fields[f"q_{question.code}"] = forms.ChoiceField(
                label=str(question.text), choices=ANSWERS, required=False
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """Return the fields of the questions."""
        return [self[f"q_{question.code}"] for question in bid_sheet.QUESTIONS]

    @property
    def sheet(self) -> dict[str, str]:
        """Return the answers; what nobody knows is left out."""
        said = {q.code: self.cleaned_data.get(f"q_{q.code}", "") for q in bid_sheet.QUESTIONS}
        return {code: answer for code, answer in said.items() if answer}


class ResultForm(forms.Form):
    """How a bid ended, when, and what it took."""

    version = VersionField(required=False)
    result = forms.ChoiceField(
        label=_("How did it end?"), choices=[("", _("still open")), *Bid.Result.choices],
        required=False,
    )  # fmt: skip
    result_date = DayField(label=_("Result known on"), required=False)
    hours = forms.DecimalField(
        label=_("Hours it took"),
        min_value=Decimal(0),
        max_value=Decimal(9_999),
        decimal_places=1,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Keep result and its day together."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("result"):
            cleaned["result_date"] = None
        return cleaned
