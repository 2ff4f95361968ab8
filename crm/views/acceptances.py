"""The day on which a milestone of a contract was reached."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm import wording
from crm.forms.acceptances import AcceptanceForm
from crm.models import Lead, PaymentMilestone
from crm.selectors import contract, corrections
from crm.services import acceptances
from crm.services.errors import EditedMeanwhile, LedgerError
from crm.views.requests import HtmxRequest, person


def milestone_seen(request: HtmxRequest, pk: int) -> PaymentMilestone:
    """Return a milestone of a lead that this person may see."""
    seen = PaymentMilestone.objects.filter(
        archived_at=None,
        lead__in=Lead.objects.visible_to(person(request)).filter(archived_at=None),
    )
    return get_object_or_404(seen.select_related("lead__account", "terms"), pk=pk)


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def milestone_reached(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note, correct or clear the day on which a milestone was accepted or reached."""
    milestone, today = milestone_seen(request, pk), timezone.localdate()
    form = AcceptanceForm(_sent(request), milestone=milestone, today=today)
    from_lead = request.GET.get("back", request.POST.get("back")) == "lead"
    back = _back(milestone, from_lead=from_lead)
    if form.is_bound and form.is_valid():
        try:
            saved = acceptances.note(
                milestone=milestone, now=timezone.now(), by=person(request), **form.facts
            )
        except LedgerError as error:
            form.add_error("accepted_date", str(error))
            if isinstance(error, EditedMeanwhile):
                form.read_again(milestone.version)
        else:
            tell = messages.warning if signed_after(saved) else messages.success
            tell(request, said(saved, today=today))
            return redirect(back)
    context = {
        "form": form,
        "milestone": milestone,
        "planned_date": contract.planned_date(milestone, milestone.terms),
        "revisions": corrections.revisions(milestone),
        "back": back,
        "from_lead": from_lead,
    }
    status = 422 if form.errors else 200
    return render(request, "crm/milestone_reached.html", context, status=status)


def _sent(request: HtmxRequest) -> QueryDict | None:
    """Return what was sent; the button that clears wins over whatever stands in the field."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    if "clear" in data:
        data["accepted_date"] = ""
    return data


def _back(milestone: PaymentMilestone, *, from_lead: bool) -> str:
    if from_lead:
        return reverse("lead-detail", args=[milestone.lead_id]) + "#terms"
    return reverse("lead-terms", args=[milestone.lead_id]) + "#contract"


def signed_after(milestone: PaymentMilestone) -> date | None:
    """Return the day of signature where the milestone was reached before it: a likely slip."""
    on, signed = milestone.accepted_date, milestone.terms.signed_date if milestone.terms else None
    return signed if on and signed and on < signed else None


def said(milestone: PaymentMilestone, *, today: date) -> str:
    """Say what follows from the day: when money is due, and a day that looks like a slip."""
    due = contract.due_date(milestone)
    if milestone.accepted_date is None:
        return _("Taken back. Score and cash follow.")
    if signed := signed_after(milestone):
        return _("Noted, a day before the signature of %(day)s. Is the year right?") % {
            "day": wording.dated(signed)
        }
    if due is None:
        return _("Noted. Score and cash follow.")
    return _("Noted. Its money is due by %(day)s; score and cash follow.") % {
        "day": wording.dated(due)
    }
