"""Forms that correct a row of a lead: a talk, a hand-over, a tender, a dated fact."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.accounts import KnownOrNotField, VersionedForm
from crm.forms.amounts import AmountField
from crm.forms.inputs import DateInput, DayAheadField, DayField
from crm.models import Ask, Bid, BudgetStage, Contact, Deliverable, Interaction, LeadFact


class RowForm(VersionedForm):
    """A row with the day on which it happened."""

    happened_date = DayField(label=_("When was it?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the day where the reader is."""
        super().__init__(*args, **kwargs)
        self.day = timezone.localdate(self.instance.happened_at)
        self.initial.setdefault("happened_date", self.day)

    @property
    def changes(self) -> dict[str, Any]:
        """Return the fields of the row; a day that was not changed keeps its time."""
        found = super().changes
        day: date = found.pop("happened_date")
        if day != self.day:
            zone = timezone.get_current_timezone()
            found["happened_at"] = datetime.combine(day, time(12), tzinfo=zone)
        return found

    def clean_happened_date(self) -> date:
        """Refuse a day that is still ahead."""
        day: date = self.cleaned_data["happened_date"]
        if day > timezone.localdate() and day != self.day:
            raise forms.ValidationError(_("This day is still ahead."))
        return day


class Codes(forms.MultipleChoiceField):
    """Codes of a list; an empty list stays "not known" where it was."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        """Ask for none."""
        super().__init__(required=False, **kwargs)


class InteractionForm(RowForm):
    """What was noted of a talk."""

    asks = Codes(label=_("What did they ask for?"), choices=Ask.choices)
    client_gave = Codes(label=_("What did they give us?"), choices=Interaction.Gift.choices)
    budget_holder_present = KnownOrNotField(label=_("Was the budget holder there?"))
    has_dated_next_step = KnownOrNotField(label=_("Was a day agreed for the next step?"))
    attendees = forms.ModelMultipleChoiceField(
        label=_("Who was there?"),
        queryset=Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Interaction
        fields = [
            "kind",
            "initiated_by",
            "happened_date",
            "asks",
            "attendees",
            "budget_holder_present",
            "budget_stage",
            "client_gave",
            "has_dated_next_step",
            "next_step",
            "next_step_date",
            "presales_hours",
            "travel_hours",
            "travel_amount",
            "competitors_count",
            "paid_by_client",
            "note",
        ]
        field_classes = {"next_step_date": DayAheadField, "travel_amount": AmountField}
        widgets = {"next_step_date": DateInput(), "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the people of the account."""
        super().__init__(*args, **kwargs)
        people = self.fields["attendees"]
        if isinstance(people, forms.ModelMultipleChoiceField):
            account = self.instance.lead.account_id
            people.queryset = Contact.objects.current().filter(account=account)

    def clean(self) -> dict[str, Any]:
        """Keep "not known" apart from "nothing", and a date from saying that there is none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("asks", "client_gave"):
            cleaned[name] = self._codes(name, cleaned.get(name) or [])
        if cleaned.get("next_step_date"):
            cleaned["has_dated_next_step"] = True
        return cleaned

    def _codes(self, name: str, chosen: Sequence[str]) -> list[str] | None:
        codes = [code for code in chosen if code != Ask.NONE]
        if codes or Ask.NONE in chosen:
            return codes
        stored: list[str] | None = getattr(self.instance, name)
        return stored if stored == [] else None


class DeliverableForm(RowForm):
    """What was noted of a hand-over."""

    requested_by_client = KnownOrNotField(label=_("Did the client ask for it?"))
    nda_signed = KnownOrNotField(label=_("Was an NDA signed?"))
    paid = KnownOrNotField(label=_("Was it paid?"))

    class Meta:
        model = Deliverable
        fields = [
            "kind",
            "title",
            "happened_date",
            "disclosure_level",
            "hours",
            "requested_by_client",
            "nda_signed",
            "paid",
            "override_reason",
        ]


class BidForm(RowForm):
    """What was noted of a tender."""

    contact_before_notice = KnownOrNotField(label=_("Did we talk before the notice?"))
    incumbent_known = KnownOrNotField(label=_("Is an incumbent known?"))
    specification_fits_us = KnownOrNotField(label=_("Do the requirements fit our product?"))
    set_criteria = KnownOrNotField(label=_("Did we set the criteria?"))

    class Meta:
        model = Bid
        fields = [
            "kind",
            "happened_date",
            "deadline_date",
            "prep_days",
            "contact_before_notice",
            "incumbent_known",
            "specification_fits_us",
            "set_criteria",
            "bidders_count",
            "hours",
        ]
        field_classes = {"deadline_date": DayAheadField}
        widgets = {"deadline_date": DateInput()}


VALUES = {
    LeadFact.Kind.LEADERSHIP_STANCE: ("VETO", "WATCHING", "MANDATE"),
    LeadFact.Kind.REQUIREMENT_AUTHOR: ("US", "CLIENT", "THIRD_PARTY"),
    LeadFact.Kind.BUDGET_STAGE: tuple(BudgetStage.values),
}


class LeadFactForm(RowForm):
    """What was noted as a dated fact; its kind stays."""

    class Meta:
        model = LeadFact
        fields = ["happened_date", "value", "due_date", "who", "note"]
        field_classes = {"due_date": DayAheadField}
        widgets = {"due_date": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the values that fit the kind."""
        super().__init__(*args, **kwargs)
        fitting = VALUES.get(self.instance.kind, ())
        value = self.fields["value"]
        if not fitting:
            del self.fields["value"]
        elif isinstance(value, forms.ChoiceField):
            value.choices = [(code, LeadFact.Value(code).label) for code in fitting]
        if self.instance.kind != LeadFact.Kind.COMPELLING_EVENT:
            del self.fields["due_date"]


FORMS: dict[str, type[RowForm]] = {
    "I": InteractionForm,
    "D": DeliverableForm,
    "B": BidForm,
    "F": LeadFactForm,
}
