"""Forms of a lead: open and edit, move to a stage, close."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm import formats, own_lists
from crm.forms import custom_fields
from crm.forms.amounts import SumField, tell_currency
from crm.forms.inputs import (
    CHOOSE,
    NOT_KNOWN,
    DateInput,
    DayAheadField,
    TokenField,
    VersionField,
    said_again,
    say_blanks,
)
from crm.models import Account, CustomField, Lead, Outcome, Stage, User

LEAD_FIELDS = (
    "title",
    "owner",
    "source",
    "first_ask",
    "stated_purpose",
    "deal_type",
    "use_case",
    "est_value_amount",
    "currency",
    "decide_by_date",
)


CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW", "AUD")


class LeadForm(forms.ModelForm[Lead]):
    """The facts of a lead that people enter."""

    class Meta:
        model = Lead
        fields = LEAD_FIELDS
        field_classes = {"decide_by_date": DayAheadField, "est_value_amount": SumField}
        widgets = {"decide_by_date": DateInput()}
        help_texts = {
            "title": _("In a few words: knowledge assistant, quality check, …"),
            "est_value_amount": _("Leave it empty when you do not know; unknown is not zero."),
            "decide_by_date": _("The day by which somebody should decide how to go on."),
        }

    def __init__(
        self,
        *args: Any,
        people: Any,
        own_fields: Sequence[CustomField] = (),
        own_sources: Sequence[Mapping[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        """Offer the people who may own a lead, and the vendor's own fields and sources."""
        super().__init__(*args, **kwargs)
        say_blanks(self)
        self.own_fields, self.own_sources, self.own_source = own_fields, own_sources, ""
        self._offer_own_sources()
        self.fields |= custom_fields.form_fields(own_fields, self.instance.custom_fields)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = people
        self.fields["currency"] = forms.ChoiceField(
            label=self.fields["currency"].label,
            choices=_currencies(self.instance.currency),
            required=False,
        )
        tell_currency(self, "est_value_amount")

    def _offer_own_sources(self) -> None:
        source = self.fields["source"]
        if isinstance(source, forms.ChoiceField) and self.own_sources:
            own = own_lists.source_choices(self.own_sources)
            source.choices = [NOT_KNOWN, *own, *Lead.Source.choices]
            self.initial["source"] = own_lists.chosen_source(
                self.instance.source, self.instance.own_source, self.own_sources
            )

    def clean_source(self) -> str:
        """Take an own source for the code that it counts as, and keep its name beside it."""
        code, self.own_source = own_lists.source_of(self.cleaned_data["source"], self.own_sources)
        return code

    @property
    def lead_facts(self) -> dict[str, Any]:
        """Return what belongs to the lead itself."""
        facts = {name: self.cleaned_data[name] for name in LEAD_FIELDS}
        facts["own_source"] = self.own_source
        facts["custom_fields"] = custom_fields.values_of(
            self.cleaned_data, self.own_fields, self.instance.custom_fields
        )
        return facts

    def clean_currency(self) -> str:
        """Take the vendor's currency where none is said."""
        return str(self.cleaned_data["currency"] or CURRENCIES[0])


def _currencies(now: str) -> list[tuple[str, str]]:
    """Return the common currencies with their signs, and the one that the lead has already."""
    codes = dict.fromkeys([*CURRENCIES, *([now] if now else [])])
    return [(code, f"{code} {formats.SIGNS.get(code, '')}".strip()) for code in codes]


class NewLeadForm(LeadForm):
    """A new lead, with its account named: a known one is found, another is added."""

    account_name = forms.CharField(
        label=_("Account"),
        max_length=200,
        help_text=_("The organisation that would pay. A name we know is found again."),
        widget=forms.TextInput(attrs={"list": "known-accounts", "autocomplete": "off"}),
    )
    account_kind = forms.ChoiceField(
        label=_("Kind of organisation"),
        required=False,
        choices=[NOT_KNOWN, *Account.Kind.choices],
        help_text=_("Only read for a new account."),
    )
    account_city = forms.CharField(label=_("City"), max_length=80, required=False)
    token = TokenField()

    FIRST = ("account_name", "account_kind", "title", "source", "first_ask")
    field_order = (*FIRST, "account_city", *LEAD_FIELDS)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """Return the few that a new lead begins with."""
        return [self[name] for name in self.FIRST]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """Return the others, which can wait."""
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    @property
    def opening(self) -> dict[str, Any]:
        """Return the lead with the account that it is opened at."""
        said = self.cleaned_data
        return self.lead_facts | {
            "account_name": said["account_name"],
            "account_facts": {"kind": said["account_kind"], "city": said["account_city"]},
            "token": said["token"],
        }


class MoveForm(forms.Form):
    """Which stage a lead goes to."""

    to_stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    version = VersionField(required=False)
    despite = forms.BooleanField(required=False, widget=forms.HiddenInput)


class CloseForm(forms.Form):
    """How a lead ended, who is sure of it and what we learned."""

    outcome = forms.ChoiceField(
        label=_("How did it end?"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    is_guess = forms.TypedChoiceField(
        label=_("How sure is that?"),
        choices=[("sure", _("sure")), ("guess", _("a guess"))],
        coerce=lambda answer: answer == "guess",
        initial="sure",
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=_("Why?"), required=False)
    basis = forms.CharField(label=_("How do we know?"), max_length=300, required=False)
    lesson = forms.CharField(
        label=_("What did we learn?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = VersionField(required=False)

    def __init__(
        self, *args: Any, own_reasons: Mapping[str, Sequence[str]] | None = None, **kwargs: Any
    ) -> None:
        """Offer the firm's own reasons of each outcome."""
        super().__init__(*args, **kwargs)
        self.own_reasons = own_reasons or {}
        labels = dict(Outcome.choices)
        reason = self.fields["reason"]
        if not self.own_reasons:
            del self.fields["reason"]
        elif isinstance(reason, forms.ChoiceField):
            reason.choices = [
                CHOOSE,
                *(
                    (str(labels[code]), [(each, each) for each in reasons])
                    for code, reasons in self.own_reasons.items()
                    if code in labels
                ),
            ]

    def clean(self) -> dict[str, Any]:
        """Hold a reason to be one of its outcome."""
        cleaned = super().clean() or self.cleaned_data
        reason, outcome = cleaned.get("reason"), cleaned.get("outcome")
        if reason and outcome and reason not in self.own_reasons.get(outcome, ()):
            self.add_error("reason", _("This reason belongs to another outcome."))
        return cleaned

    def take_version(self, version: int) -> None:
        """Let what is sent next be about the lead as it stands now."""
        self.data = said_again(self, version=str(version))


class ReopenForm(forms.Form):
    """The version of the lead that is opened again."""

    version = VersionField(required=False)


def owners(now: int | None = None) -> Any:
    """Return the people who may own a lead, and who owns it now even if he has left since."""
    sells = (User.Role.FOUNDER, User.Role.MANAGER, User.Role.SELLER)
    able = User.objects.filter(Q(is_active=True, role__in=sells) | Q(pk=now))
    return able.order_by("display_name", "username")
