"""Forms of one change of many leads."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.inputs import CHOOSE, DayAheadField
from crm.forms.leads import CloseForm, owners
from crm.models import Firm, Stage, Tag, Undoable, User

LONGEST_TAG = 40
Kind = Undoable.Kind


class AssignForm(forms.Form):
    """Who gets the leads."""

    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), empty_label=CHOOSE[1]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the people who may own a lead."""
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = owners()


class StageForm(forms.Form):
    """Which stage the leads go to."""

    to_stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the stages by the firm's own names."""
        super().__init__(*args, **kwargs)
        field = self.fields["to_stage"]
        if isinstance(field, forms.ChoiceField):
            field.choices = Firm.current().stages


class TagForm(forms.Form):
    """Which tags the leads carry from now on."""

    tags = forms.ModelMultipleChoiceField(
        label=_("Known tags"),
        queryset=Tag.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new = forms.CharField(
        label=_("New tags"),
        required=False,
        max_length=200,
        help_text=_("Several with a comma between them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave known tags out while there is none."""
        super().__init__(*args, **kwargs)
        if not Tag.objects.exists():
            del self.fields["tags"]

    def clean(self) -> dict[str, Any]:
        """Join known and new tags; one at least."""
        cleaned = super().clean() or self.cleaned_data
        typed = str(cleaned.get("new") or "").replace("，", ",").replace("、", ",").split(",")
        names = [tag.name for tag in cleaned.get("tags") or ()]
        names += [" ".join(word.split()) for word in typed if word.strip()]
        cleaned["names"] = list({name.casefold(): name for name in names}.values())
        if not self.errors and not cleaned["names"]:
            self.add_error("new", _("Choose a tag, or write a new one."))
        if any(len(name) > LONGEST_TAG for name in cleaned["names"]):
            self.add_error("new", _("A tag has 40 letters at most."))
        return cleaned


class SnoozeForm(forms.Form):
    """Until when the leads rest, and why."""

    until = DayAheadField(label=_("Pause until"))
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Five words at least; they stand in each lead.")
    )


class BulkCloseForm(CloseForm):
    """How the leads ended; the same for all of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the version of a single lead out, and offer the firm's own reasons."""
        super().__init__(*args, own_reasons=Firm.current().own_reasons, **kwargs)
        del self.fields["version"]


FORMS: Mapping[str, type[forms.Form]] = {
    Kind.ASSIGN: AssignForm,
    Kind.STAGE: StageForm,
    Kind.TAG: TagForm,
    Kind.SNOOZE: SnoozeForm,
    Kind.CLOSE: BulkCloseForm,
}


class SavedViewForm(forms.Form):
    """The name of a view, and who sees it."""

    name = forms.CharField(label=_("Name of the view"), max_length=40)
    is_shared = forms.BooleanField(label=_("Show it to everybody"), required=False)
