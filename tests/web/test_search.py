"""What the search and the command palette promise."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from crm import destinations
from crm.models import User
from crm.selectors import search
from tests.factories import AccountFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
SEARCH = reverse("search")
HTMX = {"HX-Request": "true"}


def found(client, words, **more):
    """Return the addresses that a search offers, in their order."""
    text = client.get(SEARCH, {"q": words}, **more).content.decode().split('id="search-found"')[1]
    return re.findall(r'data-option href="([^"]+)"', text)


def of(name, row):
    """Return the address of a row's page."""
    return reverse(name, args=[row.pk])


@pytest.mark.parametrize("words", ["海岳", "HAIYUE", "hydw", "助手", "海岳 助手"])
def test_a_lead_is_found_by_name_pinyin_initials_and_subject(client, founder, words):
    lead = LeadFactory(title="知识助手", account=AccountFactory(name="海岳电网"))
    LeadFactory(title="质检", account=AccountFactory(name="东澜港务"))

    assert found(client, words)[:2] == [of("lead-detail", lead), f"{reverse('log')}?lead={lead.pk}"]
    assert of("account-detail", lead.account) in found(client, "haiyue")


@pytest.mark.parametrize("words", ["陈博", "chenbo", "cb", "陈博 海岳"])
def test_a_person_is_found_and_leads_to_where_he_stands(client, founder, words):
    person = ContactFactory(account=AccountFactory(name="海岳电网"))

    text = client.get(SEARCH, {"q": words}).content.decode()

    assert "<b>陈博</b>" in text
    assert any(
        str(person.account_id) in each or str(person.pk) in each for each in found(client, words)
    )


def test_open_leads_come_before_closed_ones(client, founder):
    account = AccountFactory(name="海岳电网")
    ended = LeadFactory(account=account, closed_at=timezone.now())
    runs = LeadFactory(account=account)

    leads = [each for each in found(client, "海岳") if "/leads/" in each]

    assert leads == [of("lead-detail", runs), of("lead-detail", ended)]


def test_nobody_finds_what_he_may_not_see(client):
    client.force_login(UserFactory())
    lead = LeadFactory(account=AccountFactory(name="海岳电网"))
    ContactFactory(account=lead.account)

    assert found(client, "海岳") == []
    assert found(client, "陈博") == []


def test_an_accountant_is_offered_nothing_to_log(client):
    client.force_login(UserFactory(role=User.Role.ACCOUNTANT))
    lead = LeadFactory(account=AccountFactory(name="海岳电网"), has_money=True)

    assert of("lead-detail", lead) in found(client, "海岳")
    assert not [each for each in found(client, "海岳") if each.startswith(reverse("log"))]


def test_a_viewer_is_offered_reports_and_his_own_settings(client):
    client.force_login(UserFactory(role=User.Role.VIEWER))
    LeadFactory(account=AccountFactory(name="海岳电网"))

    assert found(client, "海岳") == []
    assert set(found(client, "")) == {reverse(name) for name in destinations.OF_VIEWERS}


@pytest.mark.parametrize("words", ["board", "kan", "看板", "kanban", "kb"])
def test_a_page_is_called_by_either_language_and_by_pinyin(client, founder, words):
    assert found(client, words) == [reverse("board")]


def test_the_switches_are_offered_by_their_names(client, founder):
    switches = re.compile(r'name="language" value="(\S+)"|data-option (data-theme-switch)')

    for words, expected in {"chin": ["zh-hans"], "语言": ["zh-hans"], "dark": [""]}.items():
        text = client.get(SEARCH, {"q": words}).content.decode().split('id="search-found"')[1]
        text = text.split("</main>")[0]
        assert [language for language, _ in switches.findall(text)] == expected, words


def test_log_and_a_name_offers_the_form_alone(client, founder):
    lead = LeadFactory(account=AccountFactory(name="海岳电网"))

    for words in ("log 海岳", "记 haiyue"):
        assert found(client, words) == [f"{reverse('log')}?lead={lead.pk}"]


def test_few_are_shown_and_the_list_holds_the_rest(client, founder):
    account = AccountFactory(name="海岳电网")
    for _ in range(search.MOST_FOUND + 2):
        LeadFactory(account=account)

    offered = found(client, "海岳")

    assert len([each for each in offered if re.match(r"/leads/\d+/$", each)]) == search.MOST_FOUND
    assert any(each.startswith(reverse("lead-list") + "?status=all&amp;q=") for each in offered)


def test_a_hundred_hits_take_as_many_queries_as_ten(
    client, founder, worker_is_alive, count_queries
):
    def look():
        return client.get(SEARCH, {"q": "海岳"}, headers=HTMX)

    for _ in range(10):
        ContactFactory(account=LeadFactory().account)
    ten = count_queries(look)
    for _ in range(90):
        ContactFactory(account=LeadFactory().account)

    assert count_queries(look) == ten <= 8


def test_what_is_called_by_no_name_says_so(client, founder):
    text = client.get(SEARCH, {"q": "<b>zzz"}).content.decode()

    assert "Nothing is called “&lt;b&gt;zzz”." in text


def test_the_search_of_the_sidebar_works_without_a_script(client, founder):
    page = client.get(reverse("today")).content.decode()

    assert re.search(rf'<form class="side-search" action="{SEARCH}"', page)
    assert '<dialog class="palette" id="palette"' in page


def test_htmx_gets_the_list_alone(client, founder):
    answer = client.get(SEARCH, {"q": "board"}, headers=HTMX).content.decode()

    assert answer.startswith('<div class="found"')
    assert "<html" not in answer


def test_every_page_that_can_be_called_opens(client, founder):
    for page in destinations.known_to(founder, []):
        assert client.get(page.address).status_code == 200, page.name


def test_the_pages_are_called_in_the_readers_language(client, founder):
    with translation.override("zh-hans"):
        assert destinations.DESTINATIONS[1].is_called(["线索"])
