"""Leaks on the score page: named, left out, allowed by a founder who says why, and taken back."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crm.models import CustomField, User
from scoring import active, services
from scoring.models import FieldDecision, ModelCard
from tests.factories import UserFactory
from tests.scoring.test_leaks import a_leaky_past

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_past(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    a_leaky_past()
    CustomField.objects.filter(key="code").update(label="<i>Budget</i> code")
    services.train(target="NO_ORDER", now=timezone.now())
    yield
    active._read.cache_clear()


def card(client: Client) -> str:
    page = client.get(reverse("scores")).content.decode()
    found = re.search(r'<summary><h2 id="leaks-title".*?</details>', page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"</?(?!form|a )[a-z][^>]*>", " ", found[0]))


def allow(client: Client, reason: str, key: str = "code") -> Any:
    return client.post(reverse("score-field-allow", args=[key]), {"reason": reason})


def test_a_leak_is_named_in_the_vendors_own_words(client: Client, founder: User):
    said = card(client)

    assert "&lt;i&gt;Budget&lt;/i&gt; code" in said
    assert "left out" in said
    assert "Allow it anyway…" in said
    assert re.search(r"Region used 0\.\d\d 0% 60 ", said)


def test_a_field_filled_in_afterwards_is_named_by_its_share(client: Client, founder: User):
    found = ModelCard.objects.get()
    probe = next(each for each in found.facts["probes"] if each["field"].endswith("code"))
    probe |= {"auc": None, "late": 0.75}
    found.save()

    assert "75% of its values were entered after the close" in card(client)
    assert "looks like a leak:" not in card(client)


def test_a_founder_allows_it_with_a_reason_and_takes_it_back(client: Client, founder: User):
    allow(client, "asked at the first call")

    said = card(client)
    assert "used from the next training on" in said
    assert f"was allowed by {founder} on" in said
    assert "asked at the first call" in said
    services.train_if_due(target="NO_ORDER", now=timezone.now())
    assert " allowed " in card(client)

    client.post(reverse("score-field-leave-out", args=["code"]))

    assert "left out from the next training on" in card(client)
    assert [row.is_allowed for row in FieldDecision.objects.all()] == [False, True]


def test_without_a_reason_nothing_is_allowed(client: Client, founder: User):
    answer = allow(client, "  ")

    assert answer.status_code == 422
    assert "Say who fills it in before the end" in answer.content.decode()
    assert not FieldDecision.objects.exists()


def test_only_leaks_can_be_allowed(client: Client, founder: User):
    assert allow(client, "why not", key="region").status_code == 404
    assert allow(client, "why not", key="no-such").status_code == 404


@pytest.mark.parametrize("role", [User.Role.MANAGER, User.Role.SELLER])
def test_only_a_founder_has_a_word_in_it(client: Client, role: str):
    client.force_login(UserFactory(role=role))

    assert allow(client, "why not").status_code == 403
    assert client.post(reverse("score-field-leave-out", args=["code"])).status_code == 403
    if role == User.Role.MANAGER:
        assert "Allow it anyway…" not in card(client)


def test_more_words_take_no_more_queries(
    client: Client, founder: User, count_queries: Callable[[Callable[[], object]], int]
):
    before = count_queries(lambda: card(client))
    for reason in ("a", "b", "c"):
        allow(client, reason)

    assert count_queries(lambda: card(client)) == before
