"""The tabs of the lead list: ready-made views, shared ones and one's own, each with its count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.models import Lead, SavedView, User
from crm.models.lead import LeadQuerySet
from crm.selectors import lead_list
from crm.selectors.lead_list import Totals

MOST_TABS = 20
BESIDE = ("after", "before", "page", "as_of")
LOOKS = ("sort", "col")


@dataclass(frozen=True)
class Tab:
    """One view: its name, its address, and how many leads it holds up to a thousand."""

    label: str
    query: str
    saved: SavedView | None = None
    is_on: bool = False
    count: int | None = None

    @property
    def is_more(self) -> bool:
        """Say whether there are more than were counted."""
        return self.count is not None and self.count > lead_list.MOST_COUNTED


def ready_made() -> list[Tab]:
    """Return the views that everybody has."""
    return [
        Tab(_("Open"), ""),
        Tab(_("Decide this week"), "decide=week"),
        Tab(_("Low intent or Watch"), "verdict=LOW&verdict=WATCH"),
        Tab(_("Budget unknown"), "budget=unknown"),
        Tab(_("No dated next step"), "step=none"),
        Tab(_("Pays late"), "payment=HIGH&payment=WATCH"),
        Tab(_("Closed"), "status=closed&sort=-opened"),
    ]


def tabs(user: User, asked: QueryDict) -> list[Tab]:
    """Return the tabs; the one whose parameters stand in the address is current."""
    views = SavedView.objects.visible_to(user).order_by("-is_shared", "pk")[:MOST_TABS]
    saved = [Tab(view.name, view.query, view) for view in views]
    here = next((tab for tab in saved if _same(tab.query, asked, BESIDE)), None)
    found = ready_made()
    if here is None:
        here = next((tab for tab in found if _same(tab.query, asked, BESIDE + LOOKS)), None)
    day = asked.get("as_of")
    return [replace(tab, is_on=tab is here, query=_on_day(tab.query, day)) for tab in found + saved]


def _on_day(query: str, day: str | None) -> str:
    if not day:
        return query
    asked = QueryDict(query, mutable=True)
    asked["as_of"] = day
    return asked.urlencode()


def _same(query: str, asked: QueryDict, without: Sequence[str]) -> bool:
    return _plain(QueryDict(query), without) == _plain(asked, without)


def _plain(asked: QueryDict, without: Sequence[str]) -> list[tuple[str, list[str]]]:
    told = ((name, sorted(filter(None, values))) for name, values in asked.lists())
    return sorted((name, values) for name, values in told if values and name not in without)


def counted(
    tabs: Sequence[Tab],
    user: User,
    leads: LeadQuerySet,
    kept: Mapping[str, LeadQuerySet | None],
) -> tuple[list[Tab], Totals]:
    """Return the tabs with their counts, and the totals of the list itself, from one query.

    `kept` gives the leads of each query. Nothing is counted beyond a thousand; the current tab
    holds what the list holds.
    """
    found = {f"n{place}": kept[tab.query] for place, tab in enumerate(tabs) if not tab.is_on}
    counts = {name: _count(leads) for name, leads in found.items() if leads is not None}
    row: Any = User.objects.filter(pk=user.pk).values(sums=lead_list.sums(leads), **counts).get()
    shown = [replace(tab, count=row.get(f"n{place}")) for place, tab in enumerate(tabs)]
    return shown, lead_list.totals_of(row["sums"])


def _count(leads: LeadQuerySet) -> Coalesce:
    some = leads.order_by().values("pk")[: lead_list.MOST_COUNTED + 1]
    counted = Lead.objects.filter(pk__in=some).order_by().annotate(every=Value(1)).values("every")
    return Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), Value(0))
