"""The people of a lead's account and the parts they play in the decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from crm.models import Contact, Interaction, Lead

MOST_CONTACTS = 40
Part = tuple[str, Sequence[Any], str]


def contacts(lead: Lead, moment: datetime) -> list[Any]:
    """Return the people of the account with the number of talks they joined on this lead."""
    joined: Any = Interaction.attendees.through.objects.filter(
        contact=OuterRef("pk"),
        interaction__in=Interaction.objects.filter(lead=lead.pk).known_at(moment),
    )
    counted = joined.order_by().values("contact").annotate(n=Count("pk")).values("n")
    known = Contact.objects.current().filter(account=lead.account_id, recorded_at__lte=moment)
    return list(
        known.annotate(talks=Coalesce(Subquery(counted), 0)).order_by(
            "-talks", F("seniority").desc(nulls_last=True), "name", "pk"
        )[:MOST_CONTACTS]
    )


def by_role(people: Sequence[Any]) -> list[Part]:
    """Return each part with who plays it and its code; the rest without a part at the end."""
    roles: list[Part] = [
        (str(role.label), [p for p in people if p.decision_role == role], str(role))
        for role in Contact.Role
    ]
    others = [p for p in people if not p.decision_role]
    return [*roles, ("", others, "")] if others else roles


def roles_met(parts: Sequence[Part]) -> int:
    """Return how many parts are played by somebody who was there."""
    return sum(any(person.talks for person in people) for _role, people, code in parts if code)
