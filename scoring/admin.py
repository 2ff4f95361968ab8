"""What scoring keeps for itself, shown in the back office and changed by nobody there."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import JSONField
from django.http import HttpRequest

from crm.admin.base import ModelAdmin, ReadOnly, Short

MOST_COLUMNS = 7


class KeptByScoring(ReadOnly, Short, ModelAdmin):
    """Usual figures, models, promotions and running jobs: rows that only scoring writes."""

    def get_list_display(self, request: HttpRequest) -> Any:
        """Show the plain columns of the table, from the first one on."""
        fields = [
            field.name
            for field in self.model._meta.concrete_fields
            if not field.is_relation and not isinstance(field, JSONField)
        ]
        return fields[:MOST_COLUMNS]


admin.site.register(list(apps.get_app_config("scoring").get_models()), KeptByScoring)
