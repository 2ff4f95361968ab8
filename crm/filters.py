"""The filters of the lead list; each is a parameter of its address."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django_filters import filters
from django_filters.filterset import FilterSet

from crm.models import CustomField, Lead, Mark, Pattern, Stage, User, Verdict
from crm.models.lead import LeadQuerySet
from crm.selectors.custom_fields import filtered_by
from crm.selectors.lead_list import searched

STATUSES = [("open", _("Open")), ("closed", _("Closed")), ("all", _("Open and closed"))]
SOON = timedelta(days=7)
VERDICTS = [choice for choice in Verdict.choices if choice[0] != Verdict.NONE]


OWN = "cf_"


def _own_filter(field: CustomField) -> filters.ChoiceFilter:
    """Return the filter of one of the vendor's own fields: cf_KEY=VALUE."""

    def keep(leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        return leads.filter(Exact(KeyTextTransform(field.key, "custom_fields"), value))

    choices = [(word, word) for word in field.choices]
    return filters.ChoiceFilter(label=field.label, choices=choices, method=keep)


class LeadFilter(FilterSet):
    """Which leads a list holds; without a status, the open ones."""

    q = filters.CharFilter(label=_("Search"), method="filter_q")
    status = filters.ChoiceFilter(
        label=_("Status"), choices=STATUSES, method="filter_status", empty_label=None
    )
    stage = filters.MultipleChoiceFilter(
        label=_("Stage"),
        field_name="shown_stage",
        choices=Stage.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = filters.ModelChoiceFilter(
        label=_("Owner"), queryset=lambda request: User.objects.filter(is_active=True)
    )
    verdict = filters.MultipleChoiceFilter(
        label=_("Chance of an order"),
        field_name="shown_verdict",
        choices=VERDICTS,
        widget=forms.CheckboxSelectMultiple,
    )
    pattern = filters.ChoiceFilter(
        label=_("Pattern"), field_name="shown_pattern", choices=Pattern.choices
    )
    payment = filters.MultipleChoiceFilter(
        label=_("Late payment"),
        field_name="shown_mark",
        choices=Mark.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    decide = filters.ChoiceFilter(
        label=_("Decide by"), choices=[("week", _("within 7 days"))], method="filter_decide"
    )
    step = filters.ChoiceFilter(
        label=_("Next step"), choices=[("none", _("none dated"))], method="filter_step"
    )

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(self, *args: Any, moment: Any, **kwargs: Any) -> None:
        """Keep the moment that open, closed and overdue are meant at."""
        self.moment = moment
        parent: Any = super()  # django-filter has no types
        parent.__init__(*args, **kwargs)
        own: dict[str, Any] = self.filters
        for field in filtered_by():
            own[OWN + field.key] = _own_filter(field)
            own[OWN + field.key].parent = self

    def filter_queryset(self, queryset: LeadQuerySet) -> LeadQuerySet:
        """Apply the filters; open leads where no status is asked for."""
        parent: Any = super()
        leads: LeadQuerySet = parent.filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            leads = leads.open_at(self.moment.at)
        return leads.filter(archived_at=None, opened_at__lte=self.moment.at)

    def filter_q(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Search names."""
        return searched(leads, value)

    def filter_status(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep what was open, or closed, at the moment."""
        if value == "closed":
            return leads.filter(closed_at__lte=self.moment.at)
        return leads if value == "all" else leads.open_at(self.moment.at)

    def filter_decide(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep what should be decided within a week, or should have been."""
        until: date = self.moment.today + SOON
        return leads.filter(decide_by_date__lte=until)

    def filter_step(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        """Keep what has no next step ahead."""
        today: date = self.moment.today
        return leads.filter(Q(shown_step_date=None) | Q(shown_step_date__lt=today))

    @property
    def chips(self) -> list[dict[str, str]]:
        """Return the filters that are set: label, what is asked, the address without it."""
        found = []
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name) if self.form.is_valid() else None
            if not value:
                continue
            rest = self.data.copy()
            rest.pop(name, None)
            rest.pop("page", None)
            said = _said(field, value)
            found.append({"label": str(field.label), "said": said, "rest": rest.urlencode()})
        return found


def _said(field: forms.Field, value: Any) -> str:
    labels = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(labels.get(one, one)) for one in values)
