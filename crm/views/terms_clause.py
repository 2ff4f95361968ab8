"""A payment clause that is pasted: its cues are shown, and what a person ticks is written down."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm import clause_cues
from crm.forms.inputs import TokenField
from crm.forms.terms_rows import cost_rows, milestone_rows
from crm.models import Lead, PaymentTerms
from crm.selectors import terms as selector
from crm.selectors import terms_clause as cues
from crm.selectors.terms import Version
from crm.services import terms as service
from crm.services.errors import LedgerError
from crm.views.requests import HtmxRequest, number, person
from crm.views.terms import lead_seen


class ClauseForm(forms.Form):
    """The text as it was pasted."""

    token = TokenField()
    text = forms.CharField(
        label=gettext_lazy("The payment clause, in Chinese or English"),
        max_length=clause_cues.MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


@login_required
@permission_required("crm.edit_terms", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def clause(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the cues of a pasted clause; take over what is ticked, and nothing else."""
    lead = lead_seen(request, pk)
    known = selector.versions(lead)
    last = known[-1] if known else None
    form = ClauseForm(request.POST or None)
    context: dict[str, Any] = {"lead": lead, "form": form, "last": last}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        found = cues.found(text, has_milestones=bool(last and last.payments))
        ticked = request.POST.getlist("cue")
        context |= {
            "cues": found, "pieces": list(cues.pieces(text, found)), "ticked": ticked,
            "nothing": cues.NOTHING,
        }  # fmt: skip
        if "take" in request.POST:
            facts, doubtful = cues.chosen(found, ticked)
            if doubtful:
                form.add_error(None, cues.doubt(doubtful))
            elif not facts:
                form.add_error(None, _("Tick what the clause really says."))
            elif (answer := _take(request, lead, last, form, facts)) is not None:
                return answer
    return render(request, "crm/terms_clause.html", context, status=422 if form.errors else 200)


def _take(
    request: HtmxRequest,
    lead: Lead,
    last: Version | None,
    form: ClauseForm,
    facts: dict[str, Any],
) -> HttpResponse | None:
    """Write what was ticked into the newest draft, or into a new one; None when refused."""
    now, token = timezone.now(), form.cleaned_data["token"]
    try:
        if last and last.is_open:
            version = number(request.POST.get("version"))
            service.fill(terms=last.terms, version=version, now=now, **facts)
        else:
            begun = service.copied(last.terms) if last else {"currency": lead.currency or "CNY"}
            begun |= {"status": PaymentTerms.Status.PROPOSED_BY_CLIENT, "happened_at": now}
            service.propose(
                lead=lead,
                base=last.terms.pk if last else 0,
                now=now,
                by=person(request),
                token=token,
                milestones=milestone_rows([one.row for one in last.payments]) if last else [],
                costs=cost_rows(last.costs) if last else [],
                **begun | facts,
            )
    except LedgerError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("Taken over. Check the rest of the terms."))
    return redirect("lead-terms", pk=lead.pk)
