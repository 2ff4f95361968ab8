"""Keeps who was at a talk before that was corrected: scores of past moments still count them.

Present are the people who are named; where none is, the one whom the talk was with.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from crm.models import AttendeeTrail, Interaction

Presence = Mapping[int, Collection[int]]  # people by talk, as keys


def there(talks: Collection[int]) -> Presence:
    """Return who is present at talks as they stand."""
    found: dict[int, set[int]] = {talk: set() for talk in talks}
    rows = Interaction.objects.filter(pk__in=talks).order_by()
    for talk, named, contact in rows.values_list("pk", "attendees", "contact"):
        if present := named or contact:
            found[talk].add(present)
    return found


def keep(before: Presence, *, now: datetime) -> None:
    """Write down who has come to talks since, and who has gone from them."""
    after = there(before)
    was, is_now = (
        {(talk, who) for talk in people for who in people[talk]} for people in (before, after)
    )
    if was == is_now:
        return
    rows = AttendeeTrail.objects.filter(interaction__in=before, until_at=None)
    standing = {(row.interaction_id, row.contact_id): row.pk for row in rows}
    gone, come = sorted(was - is_now), sorted(is_now - was)
    ended = [standing[pair] for pair in gone if pair in standing]
    AttendeeTrail.objects.filter(pk__in=ended).update(until_at=now)
    AttendeeTrail.objects.bulk_create(
        [_row(pair, until_at=now) for pair in gone if pair not in standing]
        + [_row(pair, since_at=now) for pair in come]
    )


def forget(talks: Collection[int]) -> None:
    """Let talks have had all along who is there now, as a file that was brought in says."""
    AttendeeTrail.objects.filter(interaction__in=talks).delete()


def _row(pair: tuple[int, int], **when: datetime) -> AttendeeTrail:
    talk, who = pair
    return AttendeeTrail(interaction_id=talk, contact_id=who, **when)
