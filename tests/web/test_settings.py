"""What the founders' settings promise: own words for people, the same codes for scores."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.models import Firm, FirmFigure, Lead, Outcome, Stage, User
from tests.factories import LeadFactory, StageChangeFactory, UserFactory
from tests.web.pages import text

pytestmark = pytest.mark.django_db
SETTINGS = reverse("firm-settings")


def settings(**said):
    """Return the form of the settings as it is sent, with some answers changed."""
    usual = {"name": "砺石", "city": "杭州", "time_zone": "Asia/Shanghai",
             "holiday_country": "CN", "horizon_days": "180"}  # fmt: skip
    return usual | {f"norm_{stage}": "14" for stage in Stage} | said


def save(client, **said):
    """Send the settings."""
    return client.post(SETTINGS, settings(**said))


def test_the_firm_is_what_a_founder_says(client, founder):
    answer = save(client, norm_BID="40")

    assert answer.status_code == 302
    firm = Firm.objects.get()
    assert (firm.name, firm.city, firm.holiday_country) == ("砺石", "杭州", "CN")
    assert (firm.stage_norms["BID"], firm.stage_norms["NEW"]) == (40, 14)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"time_zone": "Mars/Base"}, "There is no such time zone."),
        ({"holiday_country": "中国"}, "No holidays are known of it."),
        ({"source_0": "老乡会"}, "Choose what it counts as"),
        ({"reasons_LOST": "x" * 61}, "At most 20 reasons"),
        ({"norm_NEW": "0"}, "greater than or equal to 1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_beside_it(client, founder, said, words):
    answer = save(client, **said)

    assert answer.status_code == 422
    assert words in text(answer)
    assert not Firm.objects.exists()


def test_the_zone_of_the_firm_holds_for_whoever_chose_no_other(client, founder, time_machine):
    Firm.objects.create(pk=1, time_zone="America/New_York")
    time_machine.move_to("2026-11-25T02:00:00Z")

    assert client.get(reverse("today")).context["day"] == date(2026, 11, 24)
    User.objects.update(time_zone="Asia/Shanghai")
    assert client.get(reverse("today")).context["day"] == date(2026, 11, 25)


def test_an_own_name_of_a_stage_is_shown_in_the_readers_language(client, founder):
    lead = LeadFactory(stage=Stage.SOLUTION)
    save(client, en_SOLUTION="Deep talks", zh_SOLUTION="深入沟通")
    address = reverse("lead-detail", args=[lead.pk])

    english = text(client.get(address))
    User.objects.filter(pk=founder.pk).update(language="zh-hans")
    chinese = text(client.get(address))

    assert "Deep talks" in english
    assert "深入沟通" in chinese


def test_an_own_source_counts_as_a_known_one_and_keeps_its_name(client, founder):
    save(client, source_0="老乡会", counts_as_0="REFERRAL")

    client.post(
        reverse("lead-new"),
        {"token": str(uuid4()), "account_name": "启岚汽车", "source": "own:老乡会"},
    )

    lead = Lead.objects.get()
    assert (lead.source, lead.own_source) == ("REFERRAL", "老乡会")
    assert "source: 老乡会" in text(client.get(reverse("lead-detail", args=[lead.pk])))


def test_editing_a_lead_keeps_its_own_source_until_another_is_chosen(client, founder):
    save(client, source_0="老乡会", counts_as_0="REFERRAL")
    lead = LeadFactory(source="REFERRAL", own_source="老乡会")
    address = reverse("lead-edit", args=[lead.pk])

    form = client.get(address).content.decode()
    client.post(address, {"version": 1, "source": "EVENT", "title": "质检"})

    assert re.search('value="own:老乡会" selected', form)
    lead.refresh_from_db()
    assert (lead.source, lead.own_source) == ("EVENT", "")


def test_an_own_reason_is_kept_beside_its_outcome_and_goes_when_the_lead_reopens(client, founder):
    save(client, reasons_LOST="price\n\nprice\nno local office")
    lead = LeadFactory()
    address = reverse("lead-close", args=[lead.pk])
    said = {"version": 1, "is_guess": "sure", "reason": "price"}

    wrong = client.post(address, said | {"outcome": Outcome.NO_DECISION})
    client.post(address, said | {"outcome": Outcome.LOST})

    assert wrong.status_code == 422
    assert Firm.objects.get().own_reasons == {"LOST": ["price", "no local office"]}
    lead.refresh_from_db()
    assert (lead.outcome, lead.outcome_reason) == (Outcome.LOST, "price")
    client.post(reverse("lead-reopen", args=[lead.pk]), {"version": lead.version})
    lead.refresh_from_db()
    assert lead.outcome_reason == ""


def test_a_figure_holds_from_its_day_and_leaves_the_time_before_alone(client, founder):
    old = timezone.now() - timedelta(days=400)
    kind = FirmFigure.Kind.HOUR_COST
    FirmFigure.objects.create(kind=kind, amount=300, valid_from=old, recorded_at=old)
    lead = LeadFactory()
    said = {"kind": kind, "amount": "420", "valid_from": timezone.localdate()}

    client.post(reverse("firm-figure"), said)
    client.post(reverse("firm-figure"), said | {"amount": "430"})

    at = FirmFigure.objects.at
    assert (at(kind, old + timedelta(days=1)), at(kind, timezone.now())) == (300, Decimal(430))
    assert FirmFigure.objects.count() == 2
    lead.refresh_from_db()
    assert lead.assessment_due_at is not None  # its loss to expect is made of hours


def test_only_founders_find_and_change_the_settings(client):
    client.force_login(UserFactory(role=User.Role.MANAGER))

    assert client.get(SETTINGS).status_code == 403
    assert SETTINGS not in client.get(reverse("today")).content.decode()


def test_own_names_of_stages_stand_in_every_list_report_and_file(client, founder):
    Firm.objects.create(pk=1, stage_names={"BID": {"en": "Tender & price", "zh": "投标"}})
    lead = LeadFactory(stage=Stage.BID)
    StageChangeFactory(lead=lead, to_stage=Stage.BID)
    file = {"which": "all", "form": "csv"}

    for address in (
        reverse("lead-list") + "?stage=BID",
        reverse("lead-export", kwargs=file),
        reverse("account-detail", args=[lead.account_id]),
        reverse("report-pipeline"),
        reverse("report-download", args=["csv"]),
        reverse("board"),
    ):
        page = client.get(address)
        body = b"".join(page.streaming_content) if page.streaming else page.content
        assert "Tender & price" in unescape(body.decode()), address
    chosen = client.post(reverse("lead-bulk"), {"action": "STAGE", "lead": lead.pk})
    assert "Tender &amp; price" in chosen.content.decode()
    assert "Tender &amp; price" in client.get(reverse("lead-filter")).content.decode()
