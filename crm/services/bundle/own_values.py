"""When people entered what leads say in the vendor's own fields: told by a bundle, and kept.

Without it a value that somebody entered late would look as if it was known from the opening on.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from simple_history.utils import get_history_model_for_model

from crm.models import Lead
from crm.services.bundle.lookups import chunks
from crm.services.bundle.problems import BadCell, excerpt
from crm.services.history import BROUGHT_IN, CHANGED, MADE

COLUMN = "custom_fields_entered"
IDS_A_STATEMENT = 500
Entered = Mapping[str, datetime]


def told(rows: Sequence[dict[str, Any]]) -> None:
    """Put into rows of leads, as JSON, when each value was entered after the lead was opened."""
    said = {row["pk"]: row["custom_fields"] for row in rows if row["custom_fields"]}
    trail = get_history_model_for_model(Lead).objects.filter(id__in=said)
    states = trail.order_by("history_date", "history_id").values_list(
        "id", "history_date", "history_type", "history_change_reason", "custom_fields"
    )
    found: dict[int, dict[str, str]] = {}
    before: dict[int, dict[str, Any]] = {}
    for pk, at, how, why, values in states:
        known, dates = before.get(pk, {}), found.setdefault(pk, {})
        by_hand = how == CHANGED and why not in BROUGHT_IN
        for key in {*known, *values}:
            if known.get(key) != values.get(key):
                dates.pop(key, None)
                if by_hand:
                    dates[key] = at.astimezone(UTC).isoformat()
        before[pk] = values
    for row in rows:
        dates = found.get(row["pk"], {})
        standing = {key: dates[key] for key in row["custom_fields"] if key in dates}
        row[COLUMN] = json.dumps(standing) if standing else ""


def read(text: str, *, now: datetime) -> Entered:
    """Return when each value was entered; raise BadCell for what says no moments of the past."""
    try:
        said = json.loads(text) if text else {}
        found = {str(key): datetime.fromisoformat(moment) for key, moment in said.items()}
        is_past = all(moment.tzinfo is not None and moment <= now for moment in found.values())
    except (ValueError, TypeError, AttributeError, RecursionError):
        is_past = False
    if not is_past:
        words = _("“%s” does not say of own fields when each was entered.")
        raise BadCell(words % excerpt(text), COLUMN)
    return found


def keep(entered: Mapping[int, Entered]) -> None:
    """Write into the trail of new leads which of their values came later, and when."""
    for ids in chunks(sorted(entered), IDS_A_STATEMENT):
        trail = get_history_model_for_model(Lead).objects
        made = list(trail.filter(id__in=ids, history_type=MADE))
        later = []
        for row in made:
            values, dates = row.custom_fields, entered[row.id]
            first = {key: value for key, value in values.items() if key not in dates}
            row.custom_fields, row.history_date = first, row.recorded_at
            later += _states(row, values, dates)
        trail.bulk_update(made, ["custom_fields", "history_date"])
        trail.bulk_create(later)


def _states(first: Any, values: Mapping[str, Any], dates: Entered) -> list[Any]:
    """Return the states that followed the first one, a value more in each."""
    model = type(first)
    kept = {
        field.attname: getattr(first, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    found, known = [], dict(first.custom_fields)
    for key in sorted(set(dates) & set(values), key=lambda key: dates[key]):
        known[key] = values[key]
        more = {"history_type": CHANGED, "history_change_reason": "", "custom_fields": dict(known)}
        at = max(dates[key], first.recorded_at)
        found.append(model(**kept | more | {"history_date": at}))
    return found
