"""What an address asks of the lead list: filters, order and columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from crm.filters import LeadFilter
from crm.models import CustomField, Firm, Lead, User
from crm.models.lead import LeadQuerySet
from crm.reports import lead_columns
from crm.selectors import lead_list
from crm.selectors.paging import Key
from crm.views.moments import Moment


@dataclass(frozen=True)
class ListState:
    """The list as one address asks for it."""

    filter: Any
    leads: LeadQuerySet
    sort: str
    columns: Sequence[str]

    @property
    def keys(self) -> list[Key]:
        """Return the columns of the order."""
        return lead_list.keys_of(self.sort)


def state(
    asked: QueryDict,
    user: User,
    shown: Moment,
    own_fields: Sequence[CustomField] | None = None,
    firm: Firm | None = None,
) -> ListState:
    """Return the list that an address asks for; a nonsense filter finds nothing."""
    leads = lead_list.mine_first(_leads(user, shown), user)
    filters: Any = LeadFilter(
        asked, queryset=leads, moment=shown, reader=user, own_fields=own_fields, firm=firm
    )
    sort = asked.get("sort", lead_list.MINE_FIRST)
    known = sort.removeprefix("-") in lead_list.SORTS
    return ListState(
        filter=filters,
        leads=filters.qs if filters.is_valid() else filters.queryset.none(),
        sort=sort if known else lead_list.MINE_FIRST,
        columns=lead_columns.chosen(asked.getlist("col")),
    )


def found(
    queries: Sequence[str], user: User, shown: Moment, own_fields: Sequence[CustomField]
) -> list[LeadQuerySet | None]:
    """Return what each of some addresses finds, for counting; None where a filter is nonsense."""
    leads = _leads(user, shown)
    made = (
        LeadFilter(
            QueryDict(query),
            queryset=leads,
            moment=shown,
            reader=user,
            own_fields=own_fields,
            lean=True,
        )
        for query in queries
    )
    filters: list[Any] = list(made)
    return [each.qs if each.is_valid() else None for each in filters]


def _leads(user: User, shown: Moment) -> LeadQuerySet:
    leads = Lead.objects.visible_to(user)
    if shown.day is None:
        return lead_list.shown_now(leads)
    return lead_list.shown_at(leads.filter(recorded_at__lte=shown.at), shown.at)
