"""First accounts of people, with passwords that nobody chose."""

import secrets
from datetime import datetime

from django.db import transaction

from crm.models import User

FIRST_FOUNDER = "founder"
# Letters and digits that nobody mistakes for each other when reading them aloud.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4
MOST_FOUNDERS = 100


def random_password() -> str:
    """Return a password of 79 random bits, such as k7fm-x2qp-9wzt-h4cd."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def first_founder(now: datetime) -> tuple[str, str] | None:
    """Make the first account that can sign in; None when a founder can sign in already."""
    founders = User.objects.filter(role=User.Role.FOUNDER, is_active=True)
    if any(founder.has_usable_password() for founder in founders[:MOST_FOUNDERS]):
        return None
    return renew_founder(now)


@transaction.atomic
def renew_founder(now: datetime) -> tuple[str, str]:
    """Give the first founder a new random password, which ends the sessions of the old one."""
    founder, _ = User.objects.get_or_create(
        username=FIRST_FOUNDER, defaults={"display_name": "Founder", "date_joined": now}
    )
    password = random_password()
    founder.role = User.Role.FOUNDER
    founder.is_active = founder.is_staff = founder.is_superuser = True
    founder.set_password(password)
    founder.save()
    return founder.username, password
