"""Reports on screen and as files."""

from decimal import Decimal
from itertools import islice

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm import formats, scorer_words, zones
from crm.models import Pattern
from crm.reports import exports, files, pipeline
from crm.reports.pipeline import Pipeline, Totals
from crm.views import downloads
from crm.views.moments import Moment, moment
from crm.views.requests import HtmxRequest, person

ROWS_SHOWN, MAIN = 50, "CNY"


@login_required
@permission_required("crm.read_reports", raise_exception=True)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """List the reports."""
    return render(request, "crm/report_list.html")


@login_required
@permission_required("crm.read_reports", raise_exception=True)
@require_safe
def report_pipeline(request: HtmxRequest) -> HttpResponse:
    """Show the weightiest leads, the rest as one row, and the totals over all."""
    report, at = _asked(request)
    totals, rest = Totals(), Totals()
    rows = totals.counting(report.rows())
    shown = list(islice(rows, ROWS_SHOWN))
    for row in rows:
        rest.add(row)
    zone = request.firm.zone_of(person(request))
    usual = next((row.usual for row in shown if row.usual), None)
    context = {
        "moment": at,
        "report": report,
        "rows": shown,
        "rest": rest,
        "totals": totals,
        "usual": usual,
        "weighted": formats.money(totals.weighted.get(MAIN, 0)),
        "other_currencies": files.in_full(others) if (others := _others(totals.value)) else "",
        "money_unit": formats.money_unit(),
        "as_of_words": f"{report.as_of.astimezone(zone):%Y-%m-%d %H:%M} {zones.named(zone.key)}",
        "plain_pattern": Pattern.LOW_INTENT.label,
        "status": scorer_words.status(
            outcomes=report.scorer.outcomes,
            is_learned=report.scorer.is_learned,
            is_alone=report.scorer.is_alone,
        ),
    }
    return render(request, "crm/report_pipeline.html", context)


@login_required
@permission_required("crm.read_reports", raise_exception=True)
@require_safe
def report_download(request: HtmxRequest, form: str) -> downloads.FileAnswer:
    """Answer with the whole report as CSV or XLSX."""
    if form not in files.FORMS:
        raise Http404
    report, _at = _asked(request)
    reader = person(request)
    zone = request.firm.zone_of(reader)
    name = files.file_name(report, form, zone)
    if form == "csv":
        return downloads.csv(name, exports.csv_lines(report, by=reader.username))
    return downloads.workbook(
        name, lambda target: exports.write_xlsx(report, target, zone=zone, by=reader.username)
    )


def _others(sums: dict[str, Decimal]) -> dict[str, Decimal]:
    return {code: amount for code, amount in sums.items() if code != MAIN}


def _asked(request: HtmxRequest) -> tuple[Pipeline, Moment]:
    at = moment(request)
    hides_names = request.GET.get("names") == "hidden"
    report = pipeline.pipeline(
        person(request), as_of=at.at, firm=request.firm, hides_names=hides_names
    )
    return report, at
