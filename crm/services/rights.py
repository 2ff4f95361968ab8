"""Who may do what: roles follow from a founder's decision, and one founder always stays."""

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import User
from crm.services.errors import LedgerError


class LastFounder(LedgerError):
    """The only founder who can sign in would lose the role or the account."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(
            _("This is the last founder who can sign in. Make someone else a founder first.")
        )


def keep_a_founder(user: User) -> None:
    """Raise LastFounder when nobody but `user`, as changed, could lead the firm.

    Locks the founders until the transaction ends, so that two who demote each other at the same
    time do not both succeed.
    """
    if user.pk is None or (user.role == User.Role.FOUNDER and user.is_active):
        return
    founders = User.objects.select_for_update().filter(role=User.Role.FOUNDER, is_active=True)
    able = {founder.pk for founder in founders.order_by("pk") if founder.has_usable_password()}
    if able == {user.pk}:
        raise LastFounder


@transaction.atomic
def store(user: User) -> None:
    """Write a person; the way into the back office follows from the role."""
    keep_a_founder(user)
    user.is_staff = user.role == User.Role.FOUNDER
    user.is_superuser = user.is_superuser and user.is_staff
    user.save()
