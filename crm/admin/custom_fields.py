"""Fields of the vendor's own, and the choices of each."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin.base import FoundersOnly, ModelAdmin, ModelForm, Short
from crm.models import CustomField


class CustomFieldForm(ModelForm):
    """A field, with its choices one a line."""

    choices = forms.CharField(
        label=_("choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line. Only a field of kind “choice” has any."),
    )

    class Meta:
        model = CustomField
        fields = ("key", "label", "kind", "known_from", "choices", "position")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Show the choices that there are."""
        super().__init__(*args, **options)
        self.initial["choices"] = "\n".join(map(str, self.instance.choices))

    def clean_choices(self) -> list[str]:
        """Return the lines that say something, each once."""
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines()]
        choices = list(dict.fromkeys(filter(None, lines)))
        if len(choices) > CustomField.MOST_CHOICES:
            raise forms.ValidationError(
                _("More than %d choices. Make it a text.") % CustomField.MOST_CHOICES
            )
        if any(len(choice) > CustomField.LONGEST_CHOICE for choice in choices):
            raise forms.ValidationError(
                _("A choice has at most %d characters.") % CustomField.LONGEST_CHOICE
            )
        return choices


@admin.register(CustomField)
class CustomFieldAdmin(FoundersOnly, Short, ModelAdmin):
    """Fields of the vendor's own."""

    form = CustomFieldForm
    list_display = ("label", "key", "kind", "known_from", "position")
    list_filter = ("kind", "known_from")
    search_fields = ("label", "key")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep what the values on the leads depend on."""
        return ("key", "kind") if obj else ()
