"""When a person's next Monday mail comes, as the settings stand."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from crm import weeks, zones
from crm.models import Digest, Firm, User

WEEKS_LOOKED_AHEAD = 20
WAITS = (Digest.Status.PENDING, Digest.Status.SENDING)


@dataclass(frozen=True)
class NextMail:
    """The moment of the next Monday mail in its reader's zone; none where none comes."""

    at: datetime | None = None
    zone: str = ""
    has_address: bool = True
    is_late: bool = False  # its moment went by: it goes out with the next round
    is_tried: bool = False  # the mail server did not take it yet

    @property
    def day(self) -> date | None:
        """Return its day where the reader is."""
        return self.at.date() if self.at else None

    @property
    def clock(self) -> str:
        """Return its hour and minute where the reader is."""
        return f"{self.at:%H:%M}" if self.at else ""


def of_person(user: User, *, firm: Firm, now: datetime) -> NextMail:
    """Return when the next Monday mail of a person goes out, as the settings stand."""
    zone = firm.zone_of(user)
    told = NextMail(zone=zones.named(zone.key), has_address=bool(user.email))
    if not user.wants_digest or not user.email or user.role == User.Role.VIEWER:
        return told
    mails = Digest.objects.filter(recipient=user, kind=Digest.Kind.WEEKLY)
    last = mails.order_by("-period").only("period", "status", "next_try_at", "attempts").first()
    today = now.astimezone(zone).date()
    if last and last.status in WAITS and last.period == weeks.iso_week(today):
        at = max(last.next_try_at, now).astimezone(zone)
        return replace(told, at=at, is_late=True, is_tried=last.attempts > 0)
    for ahead in range(WEEKS_LOOKED_AHEAD):
        day = today + timedelta(weeks=ahead)
        due_at = weeks.due_at(day, weekday=user.digest_weekday, hour=user.digest_hour, zone=zone)
        is_done = last is not None and last.period >= weeks.iso_week(day)
        if not is_done and not user.is_muted_on(due_at.date()):
            at = due_at.astimezone(UTC).astimezone(zone)  # an hour that a spring leaves out
            return replace(told, at=at, is_late=due_at <= now)
    return told
