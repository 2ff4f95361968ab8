"""The form of one's own settings."""

from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import User

COMMON_ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Dubai",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


class ProfileForm(forms.ModelForm[User]):
    """One's name, language, time zone and when the weekly mail comes."""

    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        help_text=_("As Asia/Shanghai; empty follows the firm."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the weekly mail"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )

    class Meta:
        model = User
        fields = [
            "display_name",
            "language",
            "time_zone",
            "wants_digest",
            "digest_weekday",
            "digest_hour",
        ]
        labels = {
            "display_name": _("Your name"),
            "language": _("Language"),
            "wants_digest": _("Send me the weekly mail"),
            "digest_weekday": _("Day of the weekly mail"),
        }

    zones = COMMON_ZONES

    def clean_time_zone(self) -> str:
        """Refuse a zone that does not exist."""
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no time zone of this name."))
        return zone
