"""What the pages of the back office share: rights, versions, and putting away."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from simple_history.admin import SimpleHistoryAdmin

from crm.models import User
from crm.services import upkeep
from crm.services.errors import EditedMeanwhile, LedgerError

if TYPE_CHECKING:  # Django's own classes take no parameters when the program runs
    ModelForm = forms.ModelForm[Any]
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelForm, ModelAdmin = forms.ModelForm, admin.ModelAdmin


class FoundersOnly:
    """Rights of the back office: a founder may do all but delete."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the records to founders."""
        return self._is_founder(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show a record to founders."""
        return self._is_founder(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let founders add."""
        return self._is_founder(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let founders change."""
        return self._is_founder(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: records are put away."""
        return False

    @staticmethod
    def _is_founder(request: HttpRequest) -> bool:
        return admin.site.has_permission(request)


class ReadOnly(FoundersOnly):
    """Rows that are written once, by services."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class Short:
    """Lists of a bounded length without an exact total of everything."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False


class VersionedForm(ModelForm):
    """A form that overwrites nothing: it carries the version that was read."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Remember the version of what is shown."""
        super().__init__(*args, **options)
        self.fields["read_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any] | None:
        """Refuse when someone else saved meanwhile."""
        cleaned = super().clean()
        if self.instance.pk:
            try:
                upkeep.claim(self.instance, self.cleaned_data.get("read_version"))
            except EditedMeanwhile as error:
                raise forms.ValidationError(str(error)) from None
        return cleaned


class RecordAdmin(FoundersOnly, Short, SimpleHistoryAdmin):
    """A record that is edited by its version and put away instead of deleted."""

    form: Any = VersionedForm
    save_on_top = True
    actions = ("put_away", "bring_back")
    kept: tuple[str, ...] = ("ledger_id", "recorded_at", "archived_at")  # shown, never edited
    figures: tuple[str, ...] = ()  # kept by services, shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Show what services keep, and leave it out where there is nothing yet."""
        return (*self.kept, *self.figures) if obj else ()

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Leave out of the form what services write."""
        return () if obj else ("recorded_at",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Hand the record to the service, which keeps figures, marks and versions."""
        obj._history_user = request.user
        upkeep.store(obj, now=timezone.now(), by=cast(User, request.user))

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show earlier states, without a way to bring one back past the services."""
        return True

    def history_form_view(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        """Show an earlier state; refuse to save it."""
        if request.method == "POST":
            raise PermissionDenied
        trail: Any = super()  # the package has no types
        shown: HttpResponse = trail.history_form_view(request, *args, **more)
        return shown

    @admin.action(description=gettext_lazy("Put away"))
    def put_away(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put the selected records away."""
        self._archive(request, queryset, is_away=True)

    @admin.action(description=gettext_lazy("Bring back"))
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Bring the selected records back."""
        self._archive(request, queryset, is_away=False)

    def _archive(self, request: HttpRequest, queryset: QuerySet[Any], *, is_away: bool) -> None:
        work = upkeep.put_away if is_away else upkeep.bring_back
        try:
            count = work(queryset, now=timezone.now())
        except LedgerError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        words = ngettext("%d record was changed.", "%d records were changed.", count) % count
        self.message_user(request, words, messages.SUCCESS)


class FactAdmin(RecordAdmin):
    """A record without a version and without a trail of its own."""

    form: Any = ModelForm
    object_history_template: ClassVar[Any] = None

    def history_view(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        """Show who edited it when, as Django notes it."""
        shown: HttpResponse = admin.ModelAdmin.history_view(self, request, *args, **more)
        return shown

    def history_form_view(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        """Answer as if there were no earlier state: there is none."""
        raise Http404


def away_filter() -> tuple[str, type[admin.FieldListFilter]]:
    """Return the filter that tells what was put away from the rest."""
    return ("archived_at", admin.EmptyFieldListFilter)
