"""A person's word on an own field that looks like a leak: learn from it, or leave it out again."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.models import Target
from crm.views.requests import person
from scoring import field_decisions, field_page
from scoring.field_page import FieldRow

TARGET = Target.NO_ORDER.value


class AllowForm(forms.Form):
    """Why a field that looks like a leak may be learned from."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it known before the end?"),
        max_length=500,
        error_messages={
            "required": gettext_lazy("Say who fills it in before the end, or leave the field out.")
        },
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Who fills it in, and when. Your name and the day stand beside it."),
    )


def _leak(key: str) -> FieldRow:
    found = field_page.row_of(key, TARGET, as_of=timezone.now())
    if found is None:
        raise Http404
    return found


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def allow(request: HttpRequest, key: str) -> HttpResponse:
    """Ask why a field may be learned from, and keep the answer."""
    leak = _leak(key)
    form = AllowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        field_decisions.decide(
            key=key,
            is_allowed=True,
            reason=form.cleaned_data["reason"],
            by=person(request),
            now=timezone.now(),
        )
        messages.success(
            request,
            _("“%(field)s” will be learned from at the next training.") % {"field": leak.words},
        )
        return redirect("scores")
    context = {"form": form, "leak": leak}
    status = 422 if form.errors else 200
    return render(request, "scoring/field_allow.html", context, status=status)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def leave_out(request: HttpRequest, key: str) -> HttpResponse:
    """Take the word back: the field is left out again."""
    leak = _leak(key)
    field_decisions.decide(
        key=key, is_allowed=False, reason="", by=person(request), now=timezone.now()
    )
    messages.success(
        request,
        _("“%(field)s” is left out again from the next training on.") % {"field": leak.words},
    )
    return redirect("scores")
