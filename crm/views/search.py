"""Search for anything by its name: a page of its own, and the list in the command palette."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm import destinations
from crm.selectors import search as selector
from crm.views.requests import HtmxRequest, person, searched

# What people put before a name when they want to log on it.
LOG_WORDS = ("log", "记", "记录", "记一笔", "跟进")
MOST_TO_LOG = 3


@login_required
@require_safe
def search(request: HtmxRequest) -> HttpResponse:
    """Show leads, accounts, people and pages whose names hold the words; htmx gets the list."""
    user, said = person(request), searched(request)
    words = selector.words_of(said)
    logs = bool(words) and words[0] in LOG_WORDS and user.has_perm("crm.sell")
    found = selector.found(user, words[1:] if logs else words)
    context = {
        "said": said,
        "found": found,
        "to_log": found.leads[:MOST_TO_LOG] if user.has_perm("crm.sell") else (),
        "only_log": logs and bool(words[1:]),
        "pages": destinations.known_to(user, words),
        "offers_language": destinations.LANGUAGE.is_called(words),
        "offers_theme": destinations.THEME.is_called(words),
    }
    page = "crm/_search_found.html" if request.htmx else "crm/search.html"
    return render(request, page, context)
