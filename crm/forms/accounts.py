"""Forms of accounts and of the people there."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import NOT_KNOWN, CountryField, TokenField, VersionField, say_blanks
from crm.models import Account, Contact

KNOWN_OR_NOT = [NOT_KNOWN, ("true", _("yes")), ("false", _("no"))]


class KnownOrNotField(forms.TypedChoiceField):
    """Yes, no or not known; not known is never taken for no."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer the three answers."""
        super().__init__(
            choices=KNOWN_OR_NOT,
            coerce=lambda value: value == "true",
            empty_value=None,
            required=False,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a stored answer as its choice."""
        return {True: "true", False: "false", None: ""}.get(value, value)


class VersionedForm(forms.ModelForm[Any]):
    """A form that carries the version which its reader saw."""

    version = VersionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start from the version of the row as it stands."""
        super().__init__(*args, **kwargs)
        say_blanks(self)
        if self.instance.pk:
            self.initial["version"] = getattr(self.instance, "version", 0)

    @property
    def changes(self) -> dict[str, Any]:
        """Return the cleaned fields without what only the form itself needs."""
        own = {"version", "token"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}


class AccountForm(VersionedForm):
    """What is known of an organisation."""

    is_big_name = KnownOrNotField(label=_("Famous name"))
    has_ai_team = KnownOrNotField(label=_("Own AI team or IT subsidiary"))
    country = CountryField()

    class Meta:
        model = Account
        fields = [
            "name",
            "kind",
            "city",
            "distance_km",
            "industry",
            "size_class",
            "employees",
            "country",
            "is_big_name",
            "has_ai_team",
        ]
        help_texts = {
            "distance_km": _("From your office; trips of 50 km or more count as out of town."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the countries by name."""
        super().__init__(*args, **kwargs)
        cast(CountryField, self.fields["country"]).offer(self.instance.country)


class ContactForm(VersionedForm):
    """What is known of a person at an account."""

    token = TokenField()

    class Meta:
        model = Contact
        fields = [
            "name",
            "title",
            "seniority",
            "department",
            "decision_role",
            "stance",
            "phone",
            "wechat",
            "email",
        ]
