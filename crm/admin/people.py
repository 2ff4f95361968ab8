"""People who sign in, and their teams."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import zones
from crm.admin.base import FoundersOnly, ModelAdmin, Short
from crm.models import Firm, Team, User
from crm.services import rights

if TYPE_CHECKING:  # Django's own classes take no parameters when the program runs
    ChangeForm = UserChangeForm[User]
    CreationForm = AdminUserCreationForm[User]
    PeopleAdmin = UserAdmin[User]
else:
    ChangeForm, CreationForm, PeopleAdmin = UserChangeForm, AdminUserCreationForm, UserAdmin

for unused in (Group, EmailAddress):
    admin.site.unregister(unused)


@admin.register(Team)
class TeamAdmin(FoundersOnly, Short, ModelAdmin):
    """Groups of sellers."""

    list_display = ("name",)
    search_fields = ("name",)


class PersonForm(ChangeForm):
    """A person's account and role."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no time zone of this name.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offer the zones by name."""
        super().__init__(*args, **options)
        if "time_zone" in self.fields:  # not on the page of the password
            now = timezone.now()
            like_firm = _("Like the firm: %(zone)s") % {
                "zone": zones.label(Firm.current().zone.key, now)
            }
            field = cast(forms.ChoiceField, self.fields["time_zone"])
            field.choices = zones.choices(usual=like_firm, kept=self.instance.time_zone, now=now)

    def clean(self) -> dict[str, Any] | None:
        """Refuse to leave the firm without a founder."""
        cleaned = super().clean()
        after = User(pk=self.instance.pk)
        after.role = self.cleaned_data.get("role", self.instance.role)
        after.is_active = self.cleaned_data.get("is_active", self.instance.is_active)
        try:
            rights.keep_a_founder(after)
        except rights.LastFounder as error:
            raise forms.ValidationError(str(error)) from None
        return cleaned


class NewPersonForm(CreationForm):
    """A new person with a first password."""

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields: ClassVar[Any] = ("username", "role", "team")


@admin.register(User)
class PersonAdmin(FoundersOnly, Short, PeopleAdmin):
    """People; who leaves the firm is deactivated, never deleted."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("username", "display_name", "role", "team", "is_active", "last_login")
    list_select_related = ("team",)
    list_filter = ("role", "team", "is_active")
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "last_visit_at")
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "email")}),
        (gettext_lazy("Rights"), {"fields": ("role", "team", "is_active")}),
        (gettext_lazy("Language and time"), {"fields": ("language", "time_zone")}),
        (
            gettext_lazy("Monday mail"),
            {
                "fields": (
                    "wants_digest",
                    "digest_weekday",
                    "digest_hour",
                    "wants_reminders",
                    "mails_muted_until",
                )
            },
        ),
        (gettext_lazy("Dates"), {"fields": readonly_fields}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "display_name",
                    "email",
                    "role",
                    "team",
                    "usable_password",
                    "password1",
                    "password2",
                )
            },
        ),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Hand the person to the service, which sets what follows from the role."""
        rights.store(obj)
