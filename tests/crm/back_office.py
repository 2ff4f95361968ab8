"""What tests of the back office share."""

from typing import Any

from django.db import models
from django.test import Client
from django.urls import reverse


def url(model: type[models.Model], page: str, *args: Any) -> str:
    """Return the address of a page of the back office."""
    return reverse(f"admin:crm_{model._meta.model_name}_{page}", args=args)


def form_of(office: Client, row: models.Model, **changes: Any) -> dict[str, Any]:
    """Return what the change page of a row would post."""
    page = office.get(url(type(row), "change", row.pk))
    form = page.context["adminform"].form
    posted = {}
    for name in form.fields:
        value = form.get_initial_for_field(form.fields[name], name)
        widget = form.fields[name].widget
        if hasattr(widget, "decompress"):
            for n, part in enumerate(widget.decompress(value)):
                posted[f"{name}_{n}"] = "" if part is None else str(part)
        elif isinstance(value, bool):
            posted |= {name: "on"} if value else {}
        elif isinstance(value, list):
            posted[name] = [getattr(one, "pk", one) for one in value]
        else:
            posted[name] = form.fields[name].prepare_value(value)
    posted |= changes
    return {name: "" if value is None else value for name, value in posted.items()}
