"""Forms of the firm's settings."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm import countries, own_lists, rules, zones
from crm.forms.amounts import AmountField
from crm.forms.inputs import CHOOSE, DayAheadField
from crm.models import Firm, FirmFigure, Lead, Outcome, Stage

FIRM_FIELDS = (
    "name",
    "city",
    "time_zone",
    "holiday_country",
    "horizon_days",
    "evidence_is_required",
)
EMPTY_ROWS = 2


class FirmForm(forms.ModelForm[Firm]):
    """Who we are, our names of stages, our sources and our reasons."""

    horizon_days = forms.IntegerField(
        label=_("Horizon in days"),
        min_value=30,
        max_value=1_000,
        help_text=_("A lead without an order for so long counts as none when scores learn."),
    )

    class Meta:
        model = Firm
        fields = FIRM_FIELDS
        help_texts = {
            "city": _("Visits elsewhere are trips: the check before them asks five questions."),
        }

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For days and hours of everybody who chose no other."),
        error_messages={"invalid_choice": _("There is no such time zone. Choose one of the list.")},
    )
    holiday_country = forms.ChoiceField(
        label=_("Holidays of"),
        help_text=_("Its holidays are no working days; make-up days are."),
        error_messages={
            "invalid_choice": _("No holidays are known of it. Choose one of the list.")
        },
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        """Offer zones and countries; add fields for each stage, source and outcome."""
        super().__init__(*args, **kwargs)
        server = zones.label(settings.TIME_ZONE, now)
        offered: dict[str, Any] = {
            "time_zone": zones.choices(
                usual=gettext("Like the server: %(zone)s") % {"zone": server},
                kept=self.instance.time_zone,
                now=now,
            ),
            "holiday_country": countries.choices(),
        }
        for name, choices in offered.items():
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.fields |= _stage_fields(self.instance) | _source_fields(self.instance)
        for outcome in Outcome:
            own = self.instance.own_reasons.get(outcome.value, [])
            self.fields[f"reasons_{outcome}"] = forms.CharField(
                label=str(outcome.label),
                required=False,
                max_length=2_000,
                initial="\n".join(own),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def stages(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each stage: days, English and Chinese name."""
        parts = ("norm", "en", "zh")
        return [(str(stage.label), [self[f"{part}_{stage}"] for part in parts]) for stage in Stage]

    @property
    def sources(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the fields of each own source: its name and what it counts as."""
        rows = sum(name.startswith("source_") for name in self.fields)
        return [(self[f"source_{row}"], self[f"counts_as_{row}"]) for row in range(rows)]

    @property
    def reasons(self) -> list[forms.BoundField]:
        """Return the field of each outcome."""
        return [self[f"reasons_{outcome}"] for outcome in Outcome]

    def clean(self) -> dict[str, Any]:
        """Check that every own source counts as a known one, and that lists stay short."""
        cleaned = super().clean() or self.cleaned_data
        for name, counts_as in self.sources:
            own, code = cleaned.get(name.name), cleaned.get(counts_as.name)
            if own and not code:
                self.add_error(counts_as.name, _("Choose what it counts as in the scores."))
        for field in self.reasons:
            said = own_lists.lines(cleaned.get(field.name) or "")
            if len(said) > own_lists.MOST_REASONS or any(
                len(each) > own_lists.LONGEST for each in said
            ):
                self.add_error(field.name, _("At most 20 reasons of 60 characters each."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the firm keeps."""
        data = self.cleaned_data
        names = {
            stage.value: {code: data[f"{code}_{stage}"].strip() for code in ("en", "zh")}
            for stage in Stage
        }
        sources = {
            data[name.name].strip(): data[counts_as.name]
            for name, counts_as in self.sources
            if data[name.name].strip()
        }
        reasons = {
            outcome.value: own_lists.lines(data[f"reasons_{outcome}"]) for outcome in Outcome
        }
        return {name: data[name] for name in FIRM_FIELDS} | {
            "stage_norms": {stage.value: data[f"norm_{stage}"] for stage in Stage},
            "stage_names": {stage: own for stage, own in names.items() if any(own.values())},
            "own_sources": [{"name": own, "counts_as": code} for own, code in sources.items()],
            "own_reasons": {outcome: said for outcome, said in reasons.items() if said},
        }


def _stage_fields(firm: Firm) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for stage in Stage:
        own = firm.stage_names.get(stage.value, {})
        usual = firm.stage_norms.get(stage.value, rules.STALE_AFTER_DAYS[stage.value])
        found[f"norm_{stage}"] = forms.IntegerField(
            label=_("Days"), min_value=1, max_value=365, initial=usual
        )
        for code, label in (("en", _("Name in English")), ("zh", _("Name in Chinese"))):
            found[f"{code}_{stage}"] = forms.CharField(
                label=label, required=False, max_length=24, initial=own.get(code, "")
            )
    return found


def _source_fields(firm: Firm) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    rows = [*firm.own_sources, *[{}] * EMPTY_ROWS][: own_lists.MOST_SOURCES]
    for row, source in enumerate(rows):
        found[f"source_{row}"] = forms.CharField(
            label=_("Own name"),
            required=False,
            max_length=own_lists.LONGEST,
            initial=source.get("name", ""),
        )
        found[f"counts_as_{row}"] = forms.ChoiceField(
            label=_("Counts as"),
            required=False,
            choices=[CHOOSE, *Lead.Source.choices],
            initial=source.get("counts_as", ""),
        )
    return found


class FigureForm(forms.Form):
    """A figure of the firm and the day from which it holds."""

    kind = forms.ChoiceField(label=_("Figure"), choices=FirmFigure.Kind.choices)
    amount = AmountField(label=_("Amount"), max_digits=16)
    valid_from = DayAheadField(label=_("Holds from"))
