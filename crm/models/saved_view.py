"""Views of the lead list that people keep."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.models.base import LedgerQuerySet, LedgerRow
from crm.models.user import User


class SavedViewQuerySet(LedgerQuerySet["SavedView"]):
    """Saved views."""

    def visible_to(self, user: User) -> Self:
        """Keep one's own and those that are shared."""
        return self.filter(Q(owner=user) | Q(is_shared=True), archived_at=None)

    def changeable_by(self, user: User) -> Self:
        """Keep one's own; who leads may change what is shared, too."""
        ours = Q(owner=user)
        if user.role in (User.Role.FOUNDER, User.Role.MANAGER):
            ours |= Q(is_shared=True)
        return self.filter(ours)


class SavedView(LedgerRow):
    """One named state of the lead list: filters, sorting and columns as in its address."""

    owner = models.ForeignKey(
        User, verbose_name=_("owner"), on_delete=models.PROTECT, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(_("address"), max_length=1000, blank=True)
    is_shared = models.BooleanField(_("shared with all"), default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["-is_shared", "pk"]
        indexes = [models.Index(fields=["owner", "archived_at"], name="saved_view_owner")]

    def __str__(self) -> str:
        return self.name
