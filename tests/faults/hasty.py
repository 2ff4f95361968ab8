"""The shipped settings with short waits, for the ordinary suite; `make faults` takes none of it."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES

EMAIL_TIMEOUT = 1
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.1  # beat looks at the clock that the harness pushes on
DATABASES["default"].setdefault("OPTIONS", {})
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["OPTIONS"]["timeout"] = 1
