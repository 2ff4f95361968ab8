"""The seeded world of the demo: accounts, what they want of us, and the leads that come of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from crm.demo import intent, names
from crm.demo.course import Course
from crm.demo.intent import Aim, Manner
from crm.demo.moments import Moments
from crm.demo.pursuit import House, Pursuit, money
from crm.demo.sheet import Numbers, Sheet
from crm.models import Account, Ask, Contact, Lead, Outcome, User
from crm.services.accounts import with_search_keys

Kind, Source, Deal, Role = Account.Kind, Lead.Source, Lead.DealType, Contact.Role
DAYS = 1_095
LEADS_A_SHEET = 600
USUAL_TALKS = 7.0
KINDS = {
    Kind.LISTED: 22, Kind.SOE: 20, Kind.GOVERNMENT: 13, Kind.PUBLIC_INSTITUTION: 7,
    Kind.FORTUNE500_CN: 8, Kind.FOREIGN: 8, Kind.SME: 18, Kind.INTEGRATOR: 4,
}  # fmt: skip
SIZES = {Kind.SME: ("SMALL", "MEDIUM", "MICRO"), Kind.FOREIGN: ("LARGE", "MEDIUM")}
# In the order of Lead.Source: WeChat, they wrote, event, referral, tender, our call, customer.
SOURCES = {
    Aim.BUY: (10, 18, 18, 21, 7, 20, 6),
    Aim.LEARN: (32, 17, 22, 10, 2, 15, 2),
    Aim.COVER_A_CHOICE: (6, 8, 6, 6, 58, 15, 1),
    Aim.LOOK_BUSY: (14, 14, 26, 12, 8, 24, 2),
}
FIRST_ASKS = {
    Aim.BUY: {Ask.PRODUCT: 62, Ask.QUOTATION: 10, Ask.SOLUTION_DOC: 12, Ask.POC: 8,
              Ask.BASIC_KNOWLEDGE: 8},
    Aim.LEARN: {Ask.PRODUCT: 38, Ask.BASIC_KNOWLEDGE: 24, Ask.INDUSTRY_DATA: 14,
                Ask.TECH_SELECTION: 12, Ask.SOLUTION_DOC: 12},
    Aim.COVER_A_CHOICE: {Ask.PRODUCT: 40, Ask.QUOTATION: 36, Ask.SOLUTION_DOC: 20,
                         Ask.TECH_SELECTION: 4},
    Aim.LOOK_BUSY: {Ask.PRODUCT: 48, Ask.BASIC_KNOWLEDGE: 15, Ask.INDUSTRY_DATA: 8,
                    Ask.SOLUTION_DOC: 20, Ask.TECH_SELECTION: 12},
}  # fmt: skip
TALKS = {
    Outcome.WON: (5, 13),
    Outcome.LOST: (4, 10),
    Outcome.PREWIRED: (2, 7),
    Outcome.NO_DECISION: (4, 11),
    Outcome.FREE_CONSULTING: (5, 12),
    Outcome.WALKED_AWAY: (3, 9),
    Outcome.INVALID: (1, 2),
}
UNKNOWN_VALUE, NOT_LOGGED, NO_OWNER = 0.2, 0.1, 0.03


@dataclass(frozen=True)
class Plan:
    """What the demo is to be: how many leads, from which seed, up to when, how talkative."""

    leads: int
    seed: int
    moments: Moments
    owners: Sequence[User]
    talks: float = USUAL_TALKS


class World:
    """Tells account after account until enough leads are told."""

    def __init__(self, plan: Plan, numbers: Numbers, taken: set[str]) -> None:
        """Prepare; `taken` are the names that the story uses already."""
        self.plan, self.numbers, self.taken = plan, numbers, taken

    def sheets(self) -> Iterator[Sheet]:
        """Yield sheets of rows, each with the whole story of its accounts."""
        sheet, told, account = Sheet(self.numbers), 0, 0
        while told < self.plan.leads:
            # An account has a generator of its own: how sheets are cut changes nothing.
            rng = Random(f"{self.plan.seed}:{account}")
            told += self._account(rng, sheet, at_most=self.plan.leads - told)
            account += 1
            if len(sheet.rows[Lead]) >= LEADS_A_SHEET:
                yield sheet
                sheet = Sheet(self.numbers)
        yield sheet

    def _account(self, rng: Random, sheet: Sheet, at_most: int) -> int:
        leads = min(at_most, rng.choices((1, 2, 3, 4), (55, 26, 13, 6))[0])
        ages = sorted((DAYS * rng.betavariate(1, 1.9) for _ in range(leads)), reverse=True)
        moments = self.plan.moments
        opened = [moments.at_work(rng, moments.today - timedelta(days=round(age))) for age in ages]
        house = _house(rng, sheet, self.taken, min(opened[0], moments.until))
        earlier: list[tuple[Aim, Lead]] = []
        for opened_at in opened:
            earlier.append(self._lead(rng, sheet, house, min(opened_at, moments.until), earlier))
        return leads

    def _lead(
        self,
        rng: Random,
        sheet: Sheet,
        house: House,
        opened_at: datetime,
        earlier: Sequence[tuple[Aim, Lead]],
    ) -> tuple[Aim, Lead]:
        bought = any(
            lead.outcome == Outcome.WON and lead.closed_at and lead.closed_at < opened_at
            for _, lead in earlier
        )
        aim = intent.aim(
            rng, house.account.kind, earlier=earlier[-1][0] if earlier else None, bought=bought
        )
        lead = _opening(rng, house, aim, opened_at, bought=bought)
        lead.recorded_at = self.plan.moments.written_down(rng, opened_at)
        lead.owner = None if rng.random() < NO_OWNER else rng.choice(self.plan.owners)
        sheet.add(lead)
        pursuit = self._pursuit(rng, sheet, house, lead, aim)
        Course(pursuit).run()
        if lead.closed_at is None:
            _effort_limits(rng, lead, self.plan.moments)
        return aim, lead

    def _pursuit(self, rng: Random, sheet: Sheet, house: House, lead: Lead, aim: Aim) -> Pursuit:
        manner, ending = intent.manner(rng, aim), intent.end(rng, aim)
        length = self.plan.talks / USUAL_TALKS
        parts, met = _parts(rng, manner), rng.choice((1, 1, 2))
        return Pursuit(
            rng=rng,
            sheet=sheet,
            moments=self.plan.moments,
            house=house,
            lead=lead,
            manner=manner,
            ending=ending,
            talks=max(1, round(rng.randint(*TALKS[Outcome(ending)]) * length)),
            pace=1 / length,
            budget=max(0.0, min(4.0, rng.gauss(manner.budget_from, 0.9))),
            engaged=parts[:met],
            parts=parts[met:],
        )


def _house(rng: Random, sheet: Sheet, taken: set[str], first_seen: datetime) -> House:
    kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
    city, distance = rng.choices(names.CITIES, names.CITY_WEIGHTS)[0]
    name, industry = names.company(rng, kind, city, taken)
    size = rng.choice(SIZES.get(kind, ("LARGE",)))
    account = Account(
        name=name,
        kind=kind,
        industry=industry,
        size_class=size if kind not in {Kind.GOVERNMENT, Kind.PUBLIC_INSTITUTION} else "",
        employees=rng.choice((80, 220, 600, 1_500, 4_000, 12_000)) if rng.random() < 0.6 else None,
        city=city,
        distance_km=distance if rng.random() < 0.9 else None,
        is_big_name=kind in {Kind.LISTED, Kind.FORTUNE500_CN} if rng.random() < 0.7 else None,
        has_ai_team=rng.random() < (0.05 if kind == Kind.SME else 0.22)
        if rng.random() < 0.6 else None,
        recorded_at=first_seen,
    )  # fmt: skip
    return House(sheet.add(with_search_keys(account)), slowness=rng.lognormvariate(0, 0.45))


def _opening(rng: Random, house: House, aim: Aim, opened_at: datetime, *, bought: bool) -> Lead:
    if bought and rng.random() < 0.6:
        source = Source.EXISTING_CUSTOMER
    else:
        source = rng.choices(list(Source), SOURCES[aim])[0]
        if source == Source.EXISTING_CUSTOMER and not bought:
            source = Source.REFERRAL
    asks = FIRST_ASKS[aim]
    large = 1.7 if aim is Aim.LEARN else 1.0
    value = money(min(9_000_000, rng.lognormvariate(12.35, 0.6) * large), 10_000)
    subject = rng.choice(names.SUBJECTS)
    deals = (30, 22, 8, 8, 2, 0, 10) if aim is Aim.BUY else (30, 10, 2, 12, 4, 6, 30)
    return Lead(
        account=house.account,
        title=subject,
        source=source,
        first_ask=""
        if rng.random() < NOT_LOGGED
        else rng.choices(list(asks), list(asks.values()))[0],
        stated_purpose=rng.choice(names.PURPOSES) if rng.random() < 0.6 else "",
        deal_type="" if rng.random() < NOT_LOGGED else rng.choices(list(Deal), deals)[0],
        use_case=subject,
        est_value_amount=None if rng.random() < UNKNOWN_VALUE else value,
        opened_at=opened_at,
    )


def _parts(rng: Random, manner: Manner) -> list[str]:
    """Return the parts of the house in the order in which they come in."""
    others = [Role.IT, Role.USER, Role.PROCUREMENT, Role.FINANCE]
    rng.shuffle(others)
    first = Role.SPONSOR if rng.random() < manner.innovators else others.pop(0)
    rest = [Role.BUSINESS_OWNER, *others] if rng.random() < manner.owner else others
    place = rng.randrange(2)
    return [str(role) for role in (first, *rest[place:], *rest[:place])]


def _effort_limits(rng: Random, lead: Lead, moments: Moments) -> None:
    """Give an open lead what its owner may have set: a cap, a day to decide by."""
    if rng.random() < 0.35:
        lead.cap_hours = rng.choice((20, 30, 40))
    if rng.random() < 0.4:
        lead.decide_by_date = moments.today + timedelta(days=rng.randint(3, 45))
