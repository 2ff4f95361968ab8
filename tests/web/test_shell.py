"""What the frame of every page promises."""

import json
import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from crm.models import Firm, User
from tests.factories import InteractionFactory, LeadFactory, UserFactory

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE)


def test_a_stranger_is_led_to_the_sign_in_page(db, client):
    answer = client.get(reverse("today"), follow=True)

    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "Sign in" in answer.content.decode()


def test_one_signs_in_with_name_and_password(db, client):
    UserFactory(username="li", role=User.Role.FOUNDER)

    answer = client.post(
        reverse("account_login"), {"login": "li", "password": "a long password"}, follow=True
    )

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == reverse("today")


@pytest.mark.parametrize("name", ["today", "lead-list", "lead-new", "account-list", "profile"])
def test_no_page_carries_script_or_style_inline(client, founder, name):
    LeadFactory()

    assert INLINE.findall(client.get(reverse(name)).content.decode()) == []


def test_the_lead_page_and_the_log_form_carry_no_script_or_style_inline(client, founder):
    lead = InteractionFactory().lead

    for address in (reverse("lead-detail", args=[lead.pk]), f"{reverse('log')}?lead={lead.pk}"):
        assert INLINE.findall(client.get(address).content.decode()) == []


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(client, founder):
    policy = client.get(reverse("today"))["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_htmx_swaps_a_form_with_errors_and_evaluates_nothing(client, founder):
    page = client.get(reverse("today")).content.decode()

    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])

    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["defaultSettleDelay"] == 0  # a form that one can see is one that htmx sends
    assert {"code": "422", "swap": True} in config["responseHandling"]


def test_only_places_that_exist_stand_in_the_navigation(client, founder):
    page = client.get(reverse("today")).content.decode()

    for address in set(re.findall(r'class="side-link" href="([^"]+)"', page)):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("role", [User.Role.SELLER, User.Role.ACCOUNTANT, User.Role.VIEWER])
def test_the_bottom_bar_leads_nobody_where_he_may_not_go(db, client, role):
    client.force_login(UserFactory(role=role))
    page = client.get(reverse("profile")).content.decode()
    bar = page.split('class="bottom-bar"')[1].split("<details>")[0]

    found = [client.get(at, follow=True).status_code for at in re.findall(r'href="(/[^"]*)"', bar)]

    assert found == [200, 200, 200]


def test_a_viewer_finds_reports_alone(db, client):
    client.force_login(UserFactory(role=User.Role.VIEWER))

    page = client.get(reverse("today"), follow=True).content.decode()

    assert reverse("report-list") in page
    assert f'href="{reverse("lead-list")}"' not in page.split("bottom-bar")[0]


def test_demo_data_are_said_to_be_invented(client, founder):
    Firm.objects.create(pk=1, holds_demo_data=True)

    assert "Every company here is invented" in client.get(reverse("today")).content.decode()


def test_a_worker_that_is_away_is_told_on_every_page(client, founder):
    assert "Background work is away" in client.get(reverse("today")).content.decode()


def test_a_living_worker_is_not_worth_a_word(client, founder, worker_is_alive):
    assert "Background work" not in client.get(reverse("today")).content.decode()


@pytest.mark.parametrize("code", ["400", "403", "404", "405", "500", "503"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_error_page_needs_no_database(code, language):
    with translation.override(language):
        page = render_to_string(f"{code}.html")

    assert f'lang="{language}"' in page
    assert page.count("<h1>") == 1


def test_what_is_not_there_is_answered_in_the_product_s_own_words(client, founder):
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()


def test_who_signs_in_on_the_way_to_what_a_form_sends_is_told_so(client, founder):
    answer = client.get(reverse("score-return-points"))

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "send the form once more" in answer.content.decode()


def test_every_file_that_a_page_names_can_be_collected(tmp_path):
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)

        page = render_to_string("404.html")

    assert re.search(r"crm/pages\.[0-9a-f]{12}\.css", page)
    assert staticfiles_storage is not None


def test_a_form_without_its_token_is_refused_in_plain_words(db):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(reverse("set-language"), {"language": "en"})

    assert answer.status_code == 403
    assert "The form was open too long" in answer.content.decode()


def test_what_one_reader_sees_is_kept_by_no_proxy(client, founder):
    page = client.get(reverse("lead-list"))

    assert page["Cache-Control"] == "private, no-store"
    assert "Cookie" in page["Vary"]


def test_a_name_longer_than_any_is_refused_beside_its_field(db, client):
    answer = client.post(reverse("account_login"), {"login": "x" * 100_000, "password": "y"})

    assert answer.status_code == 200
    assert "at most 254 characters" in answer.content.decode()
