"""Fields of the vendor's own, and the choices of each."""

import json
from hashlib import sha256
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin.base import FoundersOnly, ModelAdmin, ModelForm, Short
from crm.models import CustomField
from crm.services.errors import EditedMeanwhile
from crm.services.tables.own_fields import key_of


class CustomFieldForm(ModelForm):
    """A field, with its choices one a line; choices that came in meanwhile are not overwritten."""

    read_state = forms.CharField(widget=forms.HiddenInput, required=False)
    choices = forms.CharField(
        label=_("choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line. Only a field of kind “choice” has any."),
    )

    class Meta:
        model = CustomField
        fields = ("label", "kind", "choices", "known_from", "key", "position")
        help_texts: ClassVar = {
            "known_from": _(
                "What is known when the lead is opened counts in its first score; a later"
                " answer counts from the day it is entered, never before."
            ),
            "key": _(
                "The column's name in imports and exports: small letters, digits and _."
                " Empty: made from the label. It stays for good."
            ),
            "position": _("Smaller numbers stand first in forms."),
        }
        error_messages: ClassVar = {
            "key": {"unique": _("Another field has this key. Please write another one.")}
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        """Show the choices that there are."""
        super().__init__(*args, **options)
        self.initial["choices"] = "\n".join(map(str, self.instance.choices))
        self.initial["read_state"] = _state(self.instance)
        if "key" in self.fields:
            self.fields["key"].required = False

    def clean_key(self) -> str:
        """Return the key, made from the label where none is said."""
        key: str = self.cleaned_data["key"] or key_of(self.cleaned_data.get("label", ""))
        if not key:
            raise forms.ValidationError(_("This label makes no key. Please write one."))
        return key

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

    def clean(self) -> dict[str, Any]:
        """Hold that a choice has choices, and nothing else has."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_overwriting(said.get("read_state"))
        is_choice = (said.get("kind") or self.instance.kind) == CustomField.Kind.CHOICE
        if is_choice and said.get("choices") == []:
            self.add_error("choices", _("Write at least one choice, one a line."))
        elif not is_choice and said.get("choices"):
            self.add_error("choices", _("Only a field of kind “choice” has choices. Clear them."))
        return said

    def _refuse_overwriting(self, read: str | None) -> None:
        """Show what was saved meanwhile; to save again is a choice made with open eyes."""
        state = _state(self.instance)
        if self.instance.pk and read and read != state:
            choices = ", ".join(map(str, self.instance.choices))
            self.add_error(None, f"{EditedMeanwhile()} {self.instance.label}: {choices}")
            self.data = {**dict(self.data.items()), "read_state": state}


def _state(field: CustomField) -> str:
    """Return a mark of what a definition says."""
    said = json.dumps([field.label, field.choices, field.known_from, field.position])
    return sha256(said.encode()).hexdigest()[:16]


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
