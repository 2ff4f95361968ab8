"""The form of one's own settings."""

from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm import zones
from crm.forms.inputs import DayAheadField
from crm.models import User

LONGEST_SILENCE = timedelta(days=90)


class ProfileForm(forms.ModelForm[User]):
    """One's name, language, time zone, which mails come and when."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        error_messages={"invalid_choice": _("There is no time zone of this name.")},
    )
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the Monday mail"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )
    mute_until = DayAheadField(
        label=_("No mails before"),
        required=False,
        help_text=_(
            "At most 90 days ahead. Until then neither the Monday mail nor reminders come; what"
            " would have come is left out, and the first Monday mail after it covers the weeks"
            " between. Empty it to have mails again from today on."
        ),
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
            "wants_reminders",
        ]
        labels = {
            "display_name": _("Your name"),
            "wants_digest": _("Send me the Monday mail"),
            "digest_weekday": _("Day of the Monday mail"),
            "wants_reminders": _(
                "Send me reminders: one mail a working day at most, at the same hour"
            ),
        }

    def __init__(
        self, *args: Any, kept_zone: str, firm_zone: str, today: date, now: datetime, **options: Any
    ) -> None:
        """Offer zones and languages, and days of silence from tomorrow on."""
        super().__init__(*args, **options)
        self.today = today
        languages = dict(settings.LANGUAGES)
        usual = languages[settings.LANGUAGE_CODE]
        follows = _("Like the browser; mails in %(language)s") % {"language": usual}
        like_firm = _("Like the firm: %(zone)s") % {"zone": zones.label(firm_zone, now)}
        offered: dict[str, Any] = {
            "language": [("", follows), *settings.LANGUAGES],
            "time_zone": zones.choices(usual=str(like_firm), kept=kept_zone, now=now),
        }
        for name, choices in offered.items():
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.fields["mute_until"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + LONGEST_SILENCE).isoformat(),
        }

    def clean_mute_until(self) -> date | None:
        """Refuse a day that is over, and a silence that nobody would remember."""
        until: date | None = self.cleaned_data["mute_until"]
        if until and until <= self.today:
            raise forms.ValidationError(_("Write a day after today, or none."))
        if until and until > self.today + LONGEST_SILENCE:
            raise forms.ValidationError(_("Write a day at most 90 days ahead."))
        return until
