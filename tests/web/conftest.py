"""What tests of pages share."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def count_queries() -> Callable[[Callable[[], object]], int]:
    """Count the queries of a call."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count
