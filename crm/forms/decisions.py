"""Forms of a decision: why, until when, and what goes with its kind."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import decision_reasons, rules
from crm.forms.amounts import AmountField, SumField
from crm.forms.inputs import DateInput, DayAheadField, TokenField, VersionField, said_again
from crm.models import Decision, Lead, PaidStepOffer
from crm.services.answers import Answer

Kind, Handling = Decision.Kind, Decision.Handling
USUAL_DAYS = {Kind.CONTINUE: 14, Kind.ACCEPT_RISK: 30, Kind.PAUSE: 30}
MOST_SEEN = 2
HANDLINGS = (
    (Handling.AVOID, _("avoid it: we leave out what is risky")),
    (Handling.REDUCE, _("reduce it: smaller steps, less for free")),
    (Handling.TRANSFER, _("transfer it: somebody else carries it")),
    (Handling.ACCEPT, _("accept it as it is")),
)
ASKS = {
    Kind.CONTINUE: _("Why go on?"),
    Kind.OFFER_PAID_STEP: _("Why offer it?"),
    Kind.PAUSE: _("Why pause?"),
    Kind.WALK_AWAY: _("Why walk away?"),
    Kind.ACCEPT_RISK: _("Why take the risk?"),
    Kind.REVIEW_EFFORT: _("Why?"),
}


class WhyForm(forms.Form):
    """The why of a decision: ready reasons, own words, or both."""

    token = TokenField()
    reason_codes = forms.MultipleChoiceField(required=False)
    reason = forms.CharField(
        label=_("In your own words"),
        help_text=_("Five words, or a reason from above."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        """Offer the ready reasons of the kind."""
        super().__init__(*args, **kwargs)
        self.kind, self.asks = kind, ASKS.get(Kind(kind), _("Why?"))
        codes = self.fields["reason_codes"]
        if isinstance(codes, forms.ChoiceField):
            codes.choices = decision_reasons.choices(kind)

    def clean(self) -> dict[str, Any]:
        """Hold that there is a why."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not rules.says_why(cleaned.get("reason", ""), cleaned.get("reason_codes", ())):
            self.add_error("reason", _("Say why: tap a reason, or write five words."))
        return cleaned


class DecideForm(WhyForm):
    """One answer to the flags of a lead."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    what = forms.CharField(label=_("What do we offer?"), max_length=200)
    amount = SumField(label=_("Fee"), currency="", max_digits=12, required=False)
    handling = forms.ChoiceField(
        label=_("How is the risk dealt with?"), choices=HANDLINGS, widget=forms.RadioSelect
    )
    review_date = DayAheadField()

    def __init__(self, *args: Any, kind: str, lead: Lead, today: date, **kwargs: Any) -> None:
        """Keep the fields that the kind needs, filled in with the usual answer."""
        super().__init__(*args, kind=kind, **kwargs)
        self.today = today
        if kind != Kind.OFFER_PAID_STEP:
            del self.fields["what"], self.fields["amount"]
        else:
            self.fields["what"].initial = _("Two-week paid assessment")
            self.fields["amount"].initial = rules.suggested_fee(lead.est_value_amount)
            self.fields["amount"].help_text = _("Suggested by the value of the deal: 1% to 3%.")
        if kind != Kind.ACCEPT_RISK:
            del self.fields["handling"]
        if kind not in USUAL_DAYS:
            del self.fields["review_date"]
            return
        day, most = self.fields["review_date"], today + timedelta(days=rules.REVIEW_WITHIN_DAYS)
        day.initial = today + timedelta(days=USUAL_DAYS[Kind(kind)])
        limits = {"min": f"{today + timedelta(days=1)}"}
        if kind == Kind.PAUSE:
            day.label = _("When do you get in touch again?")
        else:
            day.label, limits["max"] = _("Look at it again on"), f"{most}"
            day.help_text = _("30 days from now at most.")
        day.widget = DateInput(attrs=limits)

    @property
    def answer(self) -> Answer:
        """Return what was decided."""
        data = self.cleaned_data
        return Answer(
            kind=self.kind,
            reason=data["reason"],
            reason_codes=data["reason_codes"],
            handling=data.get("handling", ""),
            review_date=data.get("review_date"),
        )


def scores_seen(said: str) -> list[int]:
    """Return the scores that stood before the person, from "12,13"."""
    numbers = [int(part) for part in said.split(",") if part.isdecimal() and len(part) < 16]
    return numbers[:MOST_SEEN]


class PlayForm(forms.Form):
    """One tap that follows the play: what tells it from another, and the scores it was seen by."""

    token = TokenField()
    seen = forms.CharField(required=False, max_length=40)


class OfferAnswerForm(forms.Form):
    """What the client said to an offer."""

    answer = forms.ChoiceField(choices=PaidStepOffer.Answer.choices)


CAP_FIELDS: Sequence[str] = ("cap_hours", "cap_amount", "cap_date")


class CapForm(forms.ModelForm[Lead]):
    """The cap on the effort in a lead, while there is room in it."""

    version = VersionField(required=False)

    class Meta:
        model = Lead
        fields = CAP_FIELDS
        field_classes = {"cap_date": DayAheadField, "cap_amount": AmountField}
        widgets = {"cap_date": DateInput()}
        help_texts = {
            "cap_hours": _("Empty: the firm’s cap holds."),
            "cap_date": _("Empty: no last day."),
        }

    def take_version(self, version: int) -> None:
        """Let what is sent next be about the lead as it stands now."""
        self.data = said_again(self, version=str(version))


class ReviewForm(WhyForm):
    """A review of the effort: how far it may go from now on, and why."""

    cap_hours = forms.DecimalField(
        label=_("Cap on unpaid hours from now on"),
        min_value=Decimal(0),
        max_value=Decimal(99_999),
        decimal_places=1,
    )
    cap_amount = AmountField(label=_("Cap on cost"), max_digits=14, required=False)
    cap_date = DayAheadField(label=_("Effort ends on"), required=False)


class LogoDealForm(forms.Form):
    """What a logo or a learning deal is bounded by."""

    kind = forms.ChoiceField(
        label=_("Kind of deal"),
        choices=[
            (Lead.DealType.LOGO, _("Logo deal")),
            (Lead.DealType.LEARNING, _("Learning deal")),
        ],
        initial=Lead.DealType.LOGO,
        widget=forms.RadioSelect,
    )
    logo_right_date = DayAheadField(
        label=_("Written right to the name since"),
        help_text=_("The day of the document. Without it we may not show the name."),
        required=False,
    )
    cap_hours = forms.DecimalField(
        label=_("Hours at most"), min_value=Decimal(1), max_value=Decimal(99_999), decimal_places=1
    )
    cap_date = DayAheadField(label=_("Effort ends on"))
    version = VersionField(required=False)

    def clean(self) -> dict[str, Any]:
        """Hold that a name is used by a written right alone."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_logo = cleaned.get("kind") == Lead.DealType.LOGO
        if is_logo and not cleaned.get("logo_right_date") and "logo_right_date" not in self.errors:
            self.add_error(
                "logo_right_date", _("A logo deal needs the written right to show the name.")
            )
        return cleaned

    def take_version(self, version: int) -> None:
        """Let what is sent next be about the lead as it stands now."""
        self.data = said_again(self, version=str(version))


class LimitsForm(forms.Form):
    """The firm's caps on unpaid effort, and how many logo deals run at a time."""

    cap_hours_until_budget = forms.DecimalField(
        label=_("Unpaid hours until the budget is known"),
        min_value=Decimal(1),
        max_value=Decimal(9_999),
        decimal_places=1,
    )
    cap_hours_until_terms = forms.DecimalField(
        label=_("Unpaid hours until terms are known"),
        min_value=Decimal(1),
        max_value=Decimal(9_999),
        decimal_places=1,
    )
    cap_percent_of_value = forms.DecimalField(
        label=_("Then: cost at most, share of the value in %"),
        min_value=Decimal("0.1"),
        max_value=Decimal(100),
        decimal_places=1,
    )
    logo_deals_at_a_time = forms.IntegerField(
        label=_("Logo deals at a time, and as many learning deals"), min_value=0, max_value=50
    )
