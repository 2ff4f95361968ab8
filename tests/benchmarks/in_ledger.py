"""What a benchmark asks of the ledger; to be imported once the database is set up."""

from datetime import datetime

from crm.models import Lead
from scoring import labels, own_past, services
from scoring.evaluation import TEST_SHARE, Backtest, Landmark
from scoring.past import History


def ids() -> dict[str, int]:
    """Return the leads by the names that they bear in the bundle."""
    return dict(Lead.objects.values_list("ledger_id", "pk"))


def history(now: datetime) -> History:
    """Return the whole past, as a training reads it."""
    return own_past.read(now)


def backtest(landmark: Landmark, *, now: datetime) -> Backtest:
    """Do what `manage.py backtest` does."""
    return services.backtest(
        target=labels.NO_ORDER, landmark=landmark, test_share=TEST_SHARE, now=now
    )
