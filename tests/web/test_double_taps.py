"""The same form sent several times at once, as impatient thumbs and bad networks do."""

import threading
from collections.abc import Mapping
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import Contact, Deliverable, Digest, Interaction, Lead, User
from crm.services import mails
from scoring.models import Promotion
from tests.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def sent_at_once(user: User, address: str, said: Mapping[str, object]) -> list[int]:
    """Send a form from several threads at the same moment; return the answers' codes."""
    gate, codes = threading.Barrier(AT_ONCE), []

    def send() -> None:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        gate.wait()
        codes.append(client.post(address, said).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


def test_a_talk_with_a_new_person_and_a_document_is_logged_once() -> None:
    lead = LeadFactory(owner__role=User.Role.SELLER)
    said = {"token": str(uuid4()), "kind": "CALL", "new_person": "李娜",
            "given_kind": "GENERIC_DECK", "given_level": "1"}  # fmt: skip

    codes = sent_at_once(lead.owner, f"{reverse('log')}?lead={lead.pk}", said)

    assert codes == [302] * AT_ONCE
    counts = [model.objects.count() for model in (Interaction, Contact, Deliverable)]
    assert counts == [1, 1, 1]


def test_a_lead_is_opened_once() -> None:
    said = {"token": str(uuid4()), "account_name": "启岚汽车"}

    codes = sent_at_once(UserFactory(), reverse("lead-new"), said)

    assert codes == [302] * AT_ONCE
    assert Lead.objects.count() == 1


def test_a_person_is_added_once() -> None:
    founder, account = UserFactory(role=User.Role.FOUNDER), AccountFactory()

    codes = sent_at_once(
        founder,
        reverse("contact-new", args=[account.pk]),
        {"token": str(uuid4()), "name": "李娜"},
    )

    assert codes == [302] * AT_ONCE
    assert Contact.objects.count() == 1


def test_a_mail_that_may_be_lost_goes_out_again_once() -> None:
    founder, now = UserFactory(role=User.Role.FOUNDER), timezone.now()
    mail = Digest.objects.create(
        recipient=UserFactory(), period="2026-W48", status=Digest.Status.UNKNOWN,
        due_at=now, next_try_at=now,
    )  # fmt: skip

    codes = sent_at_once(
        founder, reverse("digest-again", args=[mail.pk]), {"seen": mails.seen(mail)}
    )

    assert codes == [302] * AT_ONCE
    assert LogEntry.objects.filter(object_id=str(mail.pk)).count() == 1


def test_experience_is_left_to_score_alone_by_one_decision() -> None:
    founder = UserFactory(role=User.Role.FOUNDER)

    codes = sent_at_once(founder, reverse("score-return-points"), {})

    assert codes == [302] * AT_ONCE
    assert Promotion.objects.get().decided_by == founder
