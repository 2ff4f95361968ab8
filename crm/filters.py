"""The filters of the lead list; each is a parameter of its address."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import filters
from django_filters.filterset import FilterSet

from crm.filter_chips import Chip, chip
from crm.forms.amounts import AmountField
from crm.models import (
    Account,
    CustomField,
    Firm,
    Interaction,
    Lead,
    LeadTag,
    Mark,
    Outcome,
    Pattern,
    Stage,
    Tag,
    User,
    Verdict,
)
from crm.models.lead import LeadQuerySet
from crm.selectors import leads_at, reminders
from crm.selectors.custom_fields import filtered_by
from crm.selectors.lead_search import searched

STATUSES = [("open", _("Open")), ("closed", _("Closed")), ("all", _("Open and closed"))]
SOON = timedelta(days=7)
ALARMING = (Verdict.LOW, Verdict.WATCH)
VERDICTS = [choice for choice in Verdict.choices if choice[0] != Verdict.NONE]
OWN = "cf_"
ANY = pgettext_lazy("filter", "any")


def _several(label: Any, choices: Any, **more: Any) -> filters.MultipleChoiceFilter:
    return filters.MultipleChoiceFilter(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, **more
    )


def _number(label: Any, field: str, lookup: str, **more: Any) -> filters.NumberFilter:
    return filters.NumberFilter(
        label=label, field_name=field, lookup_expr=lookup, max_digits=14, decimal_places=2, **more
    )


def _amount(label: Any, field: str, lookup: str) -> filters.NumberFilter:
    """Return a bound on a sum of money, which is written as people do: 12万."""
    bound = filters.NumberFilter(label=label, field_name=field, lookup_expr=lookup, max_digits=14)
    bound.field_class = AmountField
    bound.extra["currency"] = ""  # leads are in several
    return bound


def _day(label: Any, method: str) -> filters.DateFilter:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return filters.DateFilter(label=label, method=method, widget=widget)


def _own_filter(field: CustomField) -> filters.ChoiceFilter:
    """Return the filter of one of the vendor's own fields: cf_KEY=VALUE."""

    def keep(leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        return leads.filter(Exact(KeyTextTransform(field.key, "custom_fields"), value))

    choices = [(word, word) for word in field.choices]
    return filters.ChoiceFilter(label=field.label, choices=choices, method=keep, empty_label=ANY)


class LeadFilter(FilterSet):
    """Which leads a list holds; without a status, the open ones."""

    base_filters: dict[str, Any]
    q = filters.CharFilter(label=_("Search"), method="filter_q")
    status = filters.ChoiceFilter(
        label=_("Status"), choices=STATUSES, method="filter_status", empty_label=None
    )
    stage = _several(_("Stage"), Stage.choices, field_name="shown_stage")
    owner = filters.ModelChoiceFilter(
        label=_("Owner"),
        queryset=lambda request: User.objects.filter(is_active=True),
        empty_label=ANY,
    )
    verdict = _several(_("Chance of an order"), VERDICTS, field_name="shown_verdict")
    pattern = filters.ChoiceFilter(
        label=_("Pattern"),
        field_name="shown_pattern",
        choices=Pattern.choices,
        empty_label=ANY,
    )
    payment = _several(_("Late payment"), Mark.choices, field_name="shown_mark")
    flag = filters.ChoiceFilter(
        label=_("Flag"),
        choices=[("waiting", _("not answered"))],
        method="filter_flag",
        empty_label=ANY,
    )
    decide = filters.ChoiceFilter(
        label=_("Decide by"),
        choices=[("week", _("within 7 days")), ("none", _("no date"))],
        method="filter_decide",
        empty_label=ANY,
    )
    step = filters.ChoiceFilter(
        label=_("Next step"),
        choices=[("none", _("none dated"))],
        method="filter_step",
        empty_label=ANY,
    )
    budget = filters.ChoiceFilter(
        label=_("Budget"),
        choices=[("unknown", _("not known"))],
        method="filter_budget",
        empty_label=ANY,
    )
    hours_min = _number(_("Unpaid hours"), "shown_hours", "gte")
    value_min = _amount(_("Est. value"), "est_value_amount", "gte")
    value_max = _amount(_("Est. value"), "est_value_amount", "lte")
    loss_min = _amount(_("Exp. loss"), "shown_loss", "gte")
    quiet_min = filters.NumberFilter(
        label=_("Client quiet, days"), method="filter_quiet", max_value=9999, decimal_places=0
    )
    opened_from = _day(_("Opened"), "filter_opened")
    opened_to = _day(_("Opened"), "filter_opened")
    tag = filters.ModelMultipleChoiceFilter(
        label=_("Tag"),
        queryset=lambda request: Tag.objects.all(),
        method="filter_tag",
        widget=forms.CheckboxSelectMultiple,
    )
    kind = _several(_("Kind of organisation"), Account.Kind.choices, field_name="account__kind")
    source = _several(_("Source"), Lead.Source.choices)
    outcome = _several(_("Outcome"), Outcome.choices)

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(
        self,
        *args: Any,
        moment: Any,
        reader: User | None = None,
        own_fields: Sequence[CustomField] | None = None,
        firm: Firm | None = None,
        lean: bool = False,
        **kwargs: Any,
    ) -> None:
        """Keep the moment that open, closed and overdue are meant at, and who searches.

        `firm` has its own names of the stages.

        With `lean`, only the filters that the address names are made: enough to count what it
        finds, at a fifth of the cost.
        """
        self.moment, self.reader = moment, reader
        parent: Any = super()  # django-filter has no types
        if lean:
            every = self.base_filters
            self.base_filters = {name: each for name, each in every.items() if name in args[0]}
        parent.__init__(*args, **kwargs)
        own: dict[str, Any] = self.filters
        if firm and "stage" in own:
            own["stage"].extra["choices"] = firm.stages
        for field in filtered_by() if own_fields is None else own_fields:
            own[OWN + field.key] = _own_filter(field)
            own[OWN + field.key].parent = self

    def filter_queryset(self, queryset: LeadQuerySet) -> LeadQuerySet:
        """Apply the filters; open leads where no status is asked for."""
        parent: Any = super()
        leads: LeadQuerySet = parent.filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            leads = self._open(leads)
        return leads.filter(archived_at=None, opened_at__lte=self.moment.at)

    def filter_q(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Search subjects, names, people and the notes that the reader may read."""
        return searched(leads, value, self.reader)

    def filter_status(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep what was open, or closed, at the moment."""
        if value == "closed":
            return leads.filter(closed_at__lte=self.moment.at)
        return leads if value == "all" else self._open(leads)

    def _open(self, leads: LeadQuerySet) -> LeadQuerySet:
        # Of today an index tells the open ones; of a past day, those closed since are open, too.
        return leads.open() if self.moment.day is None else leads.open_at(self.moment.at)

    def filter_flag(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep the leads with a flag that nobody has answered; the Monday mail counts the same."""
        at, today = self.moment.at, self.moment.today
        flagged = leads.filter(Q(shown_verdict__in=ALARMING) | Q(shown_mark=Mark.HIGH))
        told = flagged.annotate(against_then=leads_at.chance_against(at))
        return told.exclude(reminders.is_answered(at, today))

    def filter_decide(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep what should be decided within a week, or should have been; or has no date."""
        if value == "none":
            return leads.filter(decide_by_date=None)
        until: date = self.moment.today + SOON
        return leads.filter(decide_by_date__lte=until)

    def filter_step(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep what has no next step ahead."""
        today: date = self.moment.today
        return leads.filter(Q(shown_step_date=None) | Q(shown_step_date__lt=today))

    def filter_budget(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep the leads of which nobody has said a budget stage."""
        told = Interaction.objects.filter(lead=OuterRef("pk")).exclude(budget_stage="")
        return leads.filter(~Exists(told.known_at(self.moment.at)))

    def filter_quiet(self, leads: LeadQuerySet, name: str, value: Decimal) -> LeadQuerySet:
        """Keep the leads whose client has not got in touch for days; never counts from opening."""
        since = self.moment.at - timedelta(days=int(value))
        never = Q(shown_contact_at=None, opened_at__lte=since)
        return leads.filter(Q(shown_contact_at__lte=since) | never)

    def filter_opened(self, leads: LeadQuerySet, name: str, value: date) -> LeadQuerySet:
        """Keep the leads opened from or until a day."""
        word = "gte" if name == "opened_from" else "lte"
        return leads.filter(**{f"opened_at__date__{word}": value})

    def filter_tag(self, leads: LeadQuerySet, name: str, value: Sequence[Tag]) -> LeadQuerySet:
        """Keep the leads that carry one of the tags."""
        if not value:
            return leads
        carried = LeadTag.objects.filter(tag__in=[tag.pk for tag in value])
        return leads.filter(pk__in=carried.values("lead"))

    @property
    def chips(self) -> list[Chip]:
        """Return the filters that are set; open leads where no status is asked for."""
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        found = [
            chip(self, name, asked[name])
            for name in self.form.fields
            if asked.get(name) or asked.get(name) == 0
        ]
        if asked and not asked.get("status"):
            found.insert(0, chip(self, "status", "open", instead="all"))
        return found

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything but the usual open leads is asked for."""
        return any(self.data.get(name) for name in self.form.fields)
