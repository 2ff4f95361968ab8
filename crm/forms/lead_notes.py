"""Forms that add to what is known of a lead: objections, evidence, answers with one tap."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import DayAheadField, DayField, VersionField
from crm.models import Contest, QualificationNote
from crm.play_messages import LANGUAGES, templates
from crm.selectors.lead_questions import ASKS, BUDGETS

Answer = QualificationNote.Answer


class ContestForm(forms.Form):
    """Why somebody disagrees with a reason."""

    why = forms.ChoiceField(
        label=_("Why do you disagree?"), choices=Contest.Why.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("In your words"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class EvidenceForm(forms.Form):
    """What is known of one item, who said it and when."""

    item = forms.ChoiceField(label=_("Item"), choices=QualificationNote.Item.choices)
    answer = forms.ChoiceField(
        label=_("What do we know?"), choices=Answer.choices, initial=Answer.KNOWN
    )
    evidence = forms.CharField(label=_("What was said?"), max_length=500, required=False)
    said_by = forms.CharField(label=_("Who said it?"), max_length=120, required=False)
    said_date = DayField(label=_("When?"), required=False)

    def clean_said_date(self) -> date:
        """Take today where no day is said."""
        day: date = self.cleaned_data["said_date"] or timezone.localdate()
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for words where something is known."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == Answer.KNOWN and not cleaned.get("evidence", "").strip():
            self.add_error("evidence", _("Write what was said: that is the evidence."))
        return cleaned


class AnswerForm(forms.Form):
    """One tap: an answer to one of the four questions."""

    question = forms.ChoiceField(
        choices=[(q, q) for q in ("BUDGET", "OWNER", "FIRST_ASK", "EVENT")]
    )
    choice = forms.CharField(max_length=20, required=False)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    due_date = DayAheadField(label=_("Day"), required=False)
    version = VersionField(required=False)

    ALLOWED = {
        "BUDGET": {*map(str, BUDGETS), Answer.UNKNOWN.value},
        "OWNER": {Answer.UNKNOWN.value, ""},
        "FIRST_ASK": set(map(str, ASKS)),
        "EVENT": {Answer.NO.value, Answer.UNKNOWN.value, ""},
    }

    def clean(self) -> dict[str, Any]:
        """Take only answers that the question has."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        question, choice = cleaned.get("question", ""), cleaned.get("choice", "")
        if self.errors:
            return cleaned
        if choice not in self.ALLOWED[question]:
            raise forms.ValidationError(_("Choose one of the answers."))
        if question == "OWNER" and not choice and not cleaned["name"].strip():
            self.add_error("name", _("Write the name of the person."))
        if question == "EVENT" and not choice and not cleaned["due_date"]:
            self.add_error("due_date", _("Write the day."))
        return cleaned


class CopiedForm(forms.Form):
    """Which message was copied, in which language."""

    message = forms.ChoiceField()
    language = forms.ChoiceField(choices=[(each, each) for each in LANGUAGES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the messages that there are."""
        super().__init__(*args, **kwargs)
        field = self.fields["message"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, code) for code in templates()]
