"""Starting a new release brings its payment rules and keeps what an admin changed."""

import pytest
from django.utils import timezone

from config.preparation import prepare_database
from crm.models import PaymentRule
from crm.services import payment_rules
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_edited_rule_survives_an_upgrade_and_others_are_renewed(monkeypatch):
    monkeypatch.setattr("config.preparation.connection.close", lambda: None)
    prepare_database(print)
    edited, shipped = PaymentRule.objects.order_by("code")[:2]
    edited.max_days = 77
    payment_rules.mark_edited(edited, by=UserFactory(), now=timezone.now())
    PaymentRule.objects.filter(pk=shipped.pk).update(article="old", shipped_checksum="old")

    prepare_database(print)

    edited.refresh_from_db()
    shipped.refresh_from_db()
    assert edited.max_days == 77
    assert shipped.article != "old"
    assert PaymentRule.objects.count() == len(payment_rules.current_rules())
