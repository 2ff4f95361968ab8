"""Writes of saved views: keep, rename, share, put away and bring back."""

from datetime import datetime

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.models import SavedView, User
from crm.services.errors import LedgerError

MOST_VIEWS, LONGEST_QUERY = 20, 1000
NOT_KEPT = ("after", "before", "page", "as_of")  # where a reader stood, not what was asked


class TooManyViews(LedgerError):
    """A row of tabs has an end."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(
            _("You have %(n)s views already. Delete one that you no longer use first.")
            % {"n": MOST_VIEWS}
        )


class ViewIsTooLong(LedgerError):
    """The filters do not fit into one address."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("These are too many filters for one view. Take some away."))


def may_share(user: User) -> bool:
    """Say whether the user's views may stand in everybody's list."""
    return user.role in (User.Role.FOUNDER, User.Role.MANAGER)


def kept(query: str) -> str:
    """Return what a view keeps of an address."""
    asked = QueryDict(query, mutable=True)
    for name in NOT_KEPT:
        asked.pop(name, None)
    for name in [name for name, values in asked.lists() if not any(values)]:
        asked.pop(name)
    return asked.urlencode()


@transaction.atomic
def save(*, owner: User, name: str, query: str, is_shared: bool, now: datetime) -> SavedView:
    """Keep the state of the list under a name; the same name again is the same view."""
    query = kept(query)
    if len(query) > LONGEST_QUERY:
        raise ViewIsTooLong
    User.objects.select_for_update().get(pk=owner.pk)  # a second tap waits here
    own = SavedView.objects.filter(owner=owner, archived_at=None)
    is_shared = is_shared and may_share(owner)
    if known := own.filter(name=name).first():
        known.query, known.is_shared = query, is_shared
        known.save()
        return known
    if own.count() >= MOST_VIEWS:
        raise TooManyViews
    return SavedView.objects.create(
        owner=owner, name=name, query=query, is_shared=is_shared, recorded_at=now
    )


def rename(*, view: SavedView, name: str, is_shared: bool, by: User) -> SavedView:
    """Change the name, and who sees it."""
    view.name = name
    if may_share(by):
        view.is_shared = is_shared
    view.save(update_fields=["name", "is_shared"])
    return view


def put_away(*, view: SavedView, now: datetime) -> None:
    """Take a view off the list; it can be brought back."""
    view.archived_at = now
    view.save(update_fields=["archived_at"])


def bring_back(*, view: SavedView) -> None:
    """Put a deleted view on the list again."""
    view.archived_at = None
    view.save(update_fields=["archived_at"])
