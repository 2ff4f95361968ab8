"""The shipped Celery application on a clock that the harness sets, its claim to be switched off.

Nothing of this is known to the shipped code: the processes are started with --app=tests.faults.app.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.signals import worker_process_init

from config.celery import app
from tests.faults.clock import FollowedClock

AHEAD = Path(os.environ["FAULTS_AHEAD"])  # holds the seconds that the clock is ahead
NO_CLAIM = AHEAD.with_name("no-claim")  # while this file is there, whoever asks may send
CLOCK = FollowedClock(AHEAD)

__all__ = ["app"]


@worker_process_init.connect
def in_each_child(**_facts: Any) -> None:
    """Follow the clock in a pool's child, and put the switch before its claim."""
    CLOCK.follow()
    digests = sys.modules["crm.services.digests"]  # loaded by now, and not before Django was
    claim, hand_over = digests.claim, digests._hand_over

    def switched_claim(*, digest_id: int, token: str, now: Any) -> bool:
        if not NO_CLAIM.exists():
            return claim(digest_id=digest_id, token=token, now=now)
        row = digests.Digest.objects.filter(pk=digest_id)
        row.update(status="SENDING", claimed_by=token, lease_until=now + timedelta(minutes=2))
        return True

    def switched_hand_over(*facts: Any) -> None:
        if not NO_CLAIM.exists():
            hand_over(*facts)

    digests.claim, digests._hand_over = switched_claim, switched_hand_over


CLOCK.follow()
