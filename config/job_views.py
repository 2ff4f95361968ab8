"""The page of background work, and its buttons."""

import logging

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config import job_page, jobs
from crm import wake
from crm.models import Heartbeat
from crm.selectors import health
from crm.views.requests import HtmxRequest

log = logging.getLogger(__name__)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_safe
def job_list(request: HtmxRequest) -> HttpResponse:
    """Say what runs, waits and failed; htmx asks for the part that changes each 15 seconds."""
    context = {"page": job_page.page(now=timezone.now())}
    template = "config/jobs.html#jobs-now" if request.htmx else "config/jobs.html"
    return render(request, template, context)


@login_required
@permission_required("crm.lead_the_firm", raise_exception=True)
@require_POST
def run_job(request: HtmxRequest) -> HttpResponse:
    """Have a worker run a job, or show that it lives, and say honestly what comes of it."""
    task = request.POST.get("task", "")
    job = jobs.by_task().get(task)
    if task == jobs.SIGN_OF_LIFE:
        asked = [wake.now(task, queue=queue) for queue in health.WORKERS]
        _say(request, is_taken=all(asked), words=_("Asked. Their answer stands here in a moment."))
    elif job is None or not job.starts:
        return HttpResponseBadRequest()
    elif job_page.is_at_work(job, now=timezone.now()):
        messages.info(request, _("%(job)s: it runs already.") % {"job": job.title})
    else:
        log.info("job %s asked for by user %s", task, request.user.pk)
        _say(request, is_taken=wake.now(task, queue=None, **job.facts), words=_queued(job))
    return redirect("firm-jobs")


def _queued(job: jobs.Job) -> str:
    """Return what comes of a message that the broker took."""
    seen = Heartbeat.objects.filter(name="worker").values_list("beat_at", flat=True).first()
    if health.state(seen, now=timezone.now()) == "alive":
        return _("%(job)s: queued. It begins when a worker is free.") % {"job": job.title}
    return _(
        "%(job)s: queued, but the worker is silent. If it is not back within ten minutes, the job "
        "runs at its next time."
    ) % {"job": job.title}


def _say(request: HtmxRequest, *, is_taken: bool, words: str) -> None:
    if is_taken:
        messages.success(request, words)
    else:
        messages.warning(
            request,
            _(
                "The message broker is away, nothing could be queued. What comes each night runs "
                "at its next time; ask again once the broker is back."
            ),
        )
