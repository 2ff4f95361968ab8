"""The hidden intent of the demo's clients, and how it shows: always as a chance, never surely."""

from enum import Enum, auto
from random import Random
from typing import NamedTuple

from crm.models import Account, Outcome

Kind = Account.Kind


class Aim(Enum):
    """What a client really wants of us; nothing in the ledger says it."""

    BUY = auto()
    LEARN = auto()
    COVER_A_CHOICE = auto()
    LOOK_BUSY = auto()


class Manner(NamedTuple):
    """How a client behaves: chances at one talk, or of one lead where it says so."""

    starts: float  # gets in touch first
    learns: float  # asks for basics or industry data
    solutions: float  # asks for a solution, a technology selection, a PoC
    quotes: float  # asks for a price
    writes: float  # asks us to write its report or tender
    gives: float  # hands over data, requirements, names
    holder: float  # brings the budget holder
    dates: float  # agrees on a dated next step
    says_budget: float  # says where its budget stands
    budget_from: float  # lead: where the budget stands at first, 0 to 4
    budget_moves: float  # budget moves on
    widens: float  # brings in another part of the house
    owner: float  # lead: a business owner is among them
    innovators: float  # lead: the first contact sits in innovation or strategy
    reply_days: float  # usual days to a reply
    slows: float  # growth of gaps and reply times from talk to talk
    rivals: float  # rivals named
    incumbent: float  # another supplier is in place
    process: float  # talk is a step of a process
    accepts: float  # lead: takes a small paid step when offered
    event: float  # lead: something forces a decision by a date
    mandate: float  # lead: the leaders ordered it
    watches: float  # lead: the leaders wait, or are against it
    ours: float  # lead: we write the requirements, and they change


MANNERS = {
    Aim.BUY: Manner(
        0.55, 0.10, 0.09, 0.16, 0.02, 0.52, 0.38, 0.72, 0.54, 2.4, 0.38, 0.55, 0.80, 0.10, 1.8,
        0.02, 0.8, 0.12, 0.10, 0.62, 0.78, 0.36, 0.06, 0.10,
    ),
    Aim.LEARN: Manner(
        0.58, 0.26, 0.24, 0.07, 0.03, 0.26, 0.08, 0.50, 0.32, 1.1, 0.06, 0.36, 0.40, 0.40, 2.8,
        0.13, 0.9, 0.08, 0.07, 0.08, 0.46, 0.14, 0.24, 0.26,
    ),
    Aim.COVER_A_CHOICE: Manner(
        0.48, 0.06, 0.14, 0.30, 0.05, 0.28, 0.10, 0.54, 0.38, 2.4, 0.12, 0.32, 0.42, 0.10, 2.4,
        0.05, 2.0, 0.42, 0.18, 0.07, 0.58, 0.16, 0.10, 0.16,
    ),
    Aim.LOOK_BUSY: Manner(
        0.42, 0.13, 0.14, 0.07, 0.08, 0.28, 0.10, 0.48, 0.36, 1.4, 0.08, 0.40, 0.40, 0.36, 3.2,
        0.10, 0.9, 0.14, 0.28, 0.08, 0.44, 0.18, 0.30, 0.24,
    ),
}  # fmt: skip
SHARES = {Aim.BUY: 0.26, Aim.LEARN: 0.33, Aim.COVER_A_CHOICE: 0.17, Aim.LOOK_BUSY: 0.24}
# How much likelier an aim is at a kind of account; in the order of Aim.
TILTS = {
    Kind.LISTED: (0.9, 1.3, 0.8, 1.0),
    Kind.SOE: (0.8, 1.0, 1.4, 1.4),
    Kind.GOVERNMENT: (0.8, 0.8, 1.7, 1.3),
    Kind.PUBLIC_INSTITUTION: (0.9, 1.0, 1.4, 1.0),
    Kind.FORTUNE500_CN: (0.8, 1.5, 0.7, 1.2),
    Kind.FOREIGN: (1.2, 1.0, 0.6, 0.7),
    Kind.SME: (1.5, 0.9, 0.3, 0.5),
    Kind.INTEGRATOR: (1.0, 1.1, 1.5, 0.5),
}
ENDS = {
    Aim.BUY: {
        Outcome.WON: 0.60, Outcome.LOST: 0.19, Outcome.NO_DECISION: 0.17,
        Outcome.WALKED_AWAY: 0.02, Outcome.INVALID: 0.02,
    },
    Aim.LEARN: {
        Outcome.WON: 0.04, Outcome.LOST: 0.05, Outcome.NO_DECISION: 0.16,
        Outcome.FREE_CONSULTING: 0.65, Outcome.WALKED_AWAY: 0.07, Outcome.INVALID: 0.03,
    },
    Aim.COVER_A_CHOICE: {
        Outcome.WON: 0.04, Outcome.LOST: 0.26, Outcome.PREWIRED: 0.54, Outcome.NO_DECISION: 0.08,
        Outcome.WALKED_AWAY: 0.06, Outcome.INVALID: 0.02,
    },
    Aim.LOOK_BUSY: {
        Outcome.WON: 0.04, Outcome.LOST: 0.07, Outcome.NO_DECISION: 0.64,
        Outcome.FREE_CONSULTING: 0.17, Outcome.WALKED_AWAY: 0.06, Outcome.INVALID: 0.02,
    },
}  # fmt: skip
LIKE_EVERYONE = Manner(
    *(
        sum(SHARES[aim] * values[place] for aim, values in MANNERS.items())
        for place in range(len(Manner._fields))
    )
)


def aim(rng: Random, kind: str, *, earlier: Aim | None, bought: bool) -> Aim:
    """Draw what a client wants; who came before with an aim often comes back with it."""
    if earlier and rng.random() < 0.35:
        return earlier
    weights = [share * tilt for share, tilt in zip(SHARES.values(), TILTS[Kind(kind)], strict=True)]
    if bought:
        weights[0] *= 1.6
    return rng.choices(list(SHARES), weights)[0]


def manner(rng: Random, wanted: Aim) -> Manner:
    """Draw how a client shows its aim: some are an open book, some behave like everyone."""
    openness = rng.betavariate(2.4, 1.8)
    return Manner(
        *(
            openness * own + (1 - openness) * usual
            for own, usual in zip(MANNERS[wanted], LIKE_EVERYONE, strict=True)
        )
    )


def end(rng: Random, wanted: Aim) -> str:
    """Draw how the lead will end."""
    return rng.choices(list(ENDS[wanted]), list(ENDS[wanted].values()))[0]
