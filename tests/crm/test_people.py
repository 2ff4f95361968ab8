"""What holds of the first accounts."""

import re

import pytest
from django.contrib.auth import get_user
from django.test import Client

from crm.models import User
from crm.services import people
from tests.factories import MONDAY, UserFactory

pytestmark = pytest.mark.django_db


def test_the_first_founder_can_sign_in_and_rule(client: Client):
    username, password = people.first_founder(MONDAY) or ("", "")

    assert client.login(username=username, password=password)
    founder = User.objects.get(username=username)
    assert (founder.role, founder.is_superuser) == (User.Role.FOUNDER, True)


def test_no_second_password_is_made_while_a_founder_can_sign_in():
    people.first_founder(MONDAY)

    assert people.first_founder(MONDAY) is None


def test_a_founder_of_the_demo_who_cannot_sign_in_is_no_obstacle():
    someone = UserFactory(role=User.Role.FOUNDER)
    someone.set_unusable_password()
    someone.save()

    assert people.first_founder(MONDAY)


def test_a_new_password_ends_the_sessions_of_the_old_one(client: Client):
    username, password = people.renew_founder(MONDAY)
    client.login(username=username, password=password)
    assert get_user(client).is_authenticated

    people.renew_founder(MONDAY)

    assert get_user(client).is_anonymous


def test_passwords_are_random_and_easy_to_read_out():
    passwords = {people.random_password() for _ in range(50)}

    assert len(passwords) == 50
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", p) for p in passwords)
