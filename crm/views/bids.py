"""Bids: the list by deadline, one bid with its sheet, the choice and the result."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm import bid_sheet, formats
from crm.forms.bids import ANSWERS, BidForm, ResultForm, SheetForm
from crm.models import Bid, Lead
from crm.selectors import bids as selector
from crm.selectors import talks
from crm.services import bids
from crm.services.errors import EditedMeanwhile, LeadIsClosed
from crm.views.requests import HtmxRequest, number, person, searched


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_safe
def bid_list(request: HtmxRequest) -> HttpResponse:
    """Show open bids by deadline, deposits out, and how sheets came true."""
    today = timezone.localdate()
    context = {"page": selector.page(person(request), today=today), "today": today}
    return render(request, "crm/bid_list.html", context)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def bid_new(request: HtmxRequest) -> HttpResponse:
    """Note a tender of a lead; its sheet comes next."""
    user, today = person(request), timezone.localdate()
    running = Lead.objects.visible_to(user).open().select_related("account")
    if "lead" not in request.GET:
        words = searched(request)
        found = talks.choices(running, user, words=words)
        offered: dict[str, Any] = {
            "choices": found, "q": words, "to": reverse("bid-new"), "heading": _("Add bid"),
        }  # fmt: skip
        return render(request, "crm/log_choose.html", offered)
    lead = get_object_or_404(running, pk=number(request.GET["lead"]))
    form = BidForm(request.POST or None, today=today, initial={"notice_date": today})
    if request.method == "POST" and form.is_valid():
        try:
            bid = bids.open_bid(
                lead=lead, now=timezone.now(), token=form.cleaned_data["token"], **form.facts
            )
        except LeadIsClosed as error:
            form.add_error(None, str(error))
        else:
            return redirect("bid-detail", pk=bid.pk)
    context = {"form": form, "lead": lead, "bid": None}
    return render(request, "crm/bid_form.html", context, status=422 if form.errors else 200)


def _bid(request: HtmxRequest, pk: int) -> Bid:
    return get_object_or_404(selector.seen_by(person(request)), pk=pk)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def bid_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change what is known of a bid, its deposit and its hours."""
    bid = _bid(request, pk)
    saved = Bid.objects.get(pk=pk)
    form = BidForm(request.POST or None, instance=bid, today=timezone.localdate())
    version = number(request.POST.get("version")) if form.is_bound else bid.version
    if request.method == "POST" and form.is_valid():
        try:
            bids.change(bid=saved, version=version, now=timezone.now(), **form.facts)
        except EditedMeanwhile as error:
            form.add_error(None, str(error))
            version = saved.version
        else:
            messages.success(request, _("Saved."))
            return redirect("bid-detail", pk=pk)
    context = {"form": form, "lead": bid.lead, "bid": bid, "version": version}
    return render(request, "crm/bid_form.html", context, status=422 if form.errors else 200)


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def bid_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show a bid with its sheet; take the answers, and the choice where one is made."""
    bid = _bid(request, pk)
    answers = {f"q_{code}": said for code, said in selector.answers(bid).items()}
    form = SheetForm(request.POST or None, initial=answers | {"version": bid.version})
    # htmx only asks what the answers mean.
    if request.method == "POST" and form.is_valid() and not request.htmx:
        try:
            _store(request, bid, form)
        except bids.ReasonWanted as error:
            form.add_error("reason", str(error))
        except (EditedMeanwhile, bids.BidHasEnded) as error:
            form.add_error(None, str(error))
        else:
            return redirect("bid-detail", pk=pk)
    sheet = form.sheet if form.is_bound else selector.answers(bid)
    context = _context(bid, form, sheet)
    if request.htmx:
        return render(request, "crm/_bid_verdict.html", context)
    return render(request, "crm/bid_detail.html", context, status=422 if form.errors else 200)


def _store(request: HtmxRequest, bid: Bid, form: SheetForm) -> None:
    """Keep the answers, and the choice where one is made."""
    data = form.cleaned_data
    sheet: dict[str, Any] = {"version": data["version"], "sheet": form.sheet, "now": timezone.now()}
    if data["choice"]:
        by = person(request)
        bids.choose(bid=bid, choice=data["choice"], reason=data["reason"], by=by, **sheet)
        messages.success(request, _("Decided. It stands beside the bid with your name."))
    else:
        bids.answer_sheet(bid=bid, **sheet)
        messages.success(request, _("Sheet saved."))


def _context(bid: Bid, form: SheetForm, sheet: dict[str, str]) -> dict[str, Any]:
    return {
        "bid": bid,
        "lead": bid.lead,
        "form": form,
        "answers": ANSWERS,
        "no_count": bid_sheet.no_count(sheet),
        "answered_count": bid_sheet.answered_count(sheet),
        "suggests_no_bid": bid_sheet.suggests_no_bid(sheet),
        "is_open": not bid.result and bid.lead.is_open,
        "result_form": ResultForm(
            initial={
                "version": bid.version,
                "result": bid.result,
                "result_date": bid.result_date or timezone.localdate(),
                "hours": bid.hours,
            }
        ),
        "today": timezone.localdate(),
    }


@login_required
@permission_required("crm.sell", raise_exception=True)
@require_POST
def bid_result(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note how a bid ended."""
    bid = _bid(request, pk)
    form = ResultForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, formats.sentences(one for each in form.errors.values() for one in each)
        )
        return redirect("bid-detail", pk=pk)
    version = form.cleaned_data.pop("version")
    try:
        bids.change(bid=bid, version=version, now=timezone.now(), **form.cleaned_data)
    except EditedMeanwhile as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved. Close the lead when the bid decided it."))
    return redirect("bid-detail", pk=pk)
