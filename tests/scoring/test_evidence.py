"""The rows behind a reason: the first few of each feature that speaks, each written once."""

import numpy as np
import polars as pl

from scoring.evidence import MOST_ROWS, Evidence
from scoring.feature import IS
from scoring.frames import row_ids
from scoring.vocabulary import Source

QUIET, BUSY = 0, 1


def behind(*rows: tuple[int, Source, int], **masks: list[bool | None]) -> Evidence:
    """Return evidence of rows (lead, source, key) that lie lead by lead."""
    leads = [lead for lead, _, _ in rows]
    ids = [pl.DataFrame({"id": [key]}).select(row_ids(of)).item() for _, of, key in rows]
    firsts = [at == 0 or leads[at] != leads[at - 1] for at in range(len(leads))]
    named = {name + IS: mask for name, mask in masks.items()}
    return Evidence(pl.DataFrame({"is_first": firsts, "row_id": ids, **named}))


def rows_of(evidence: Evidence, leads: list[int], **speaks: list[int]) -> list[str]:
    pairs = [(name, np.array(of, dtype=np.int64)) for name, of in speaks.items()]
    return evidence.written([(np.array(leads, dtype=np.int64), pairs)]).to_list()


def test_a_reason_names_the_first_rows_of_its_own_lead():
    talks = [(QUIET, Source.INTERACTION, 7)]
    talks += [(BUSY, Source.INTERACTION, key) for key in range(1, MOST_ROWS + 5)]
    found = rows_of(behind(*talks, asks=[True] * len(talks)), [QUIET, BUSY], asks=[QUIET, BUSY])

    assert found[QUIET] == '"I:7"'
    assert found[BUSY] == ", ".join(f'"I:{key}"' for key in range(1, MOST_ROWS + 1))


def test_a_talk_and_who_was_there_are_named_once():
    rows = [(QUIET, Source.INTERACTION, 3), (QUIET, Source.PRESENCE, 3), (QUIET, Source.FACT, 3)]

    found = rows_of(behind(*rows, owner=[True, True, True]), [QUIET], owner=[QUIET])

    assert found == ['"I:3", "F:3"']


def test_of_two_features_each_brings_the_rows_of_the_leads_in_which_it_speaks():
    rows = [(lead, Source.INTERACTION, key) for lead in (QUIET, BUSY) for key in (1, 2, 3)]
    late, early = [False, False, True] * 2, [True, None, False] * 2
    evidence = behind(*rows, late=late, early=early)

    found = rows_of(evidence, [QUIET, BUSY], late=[QUIET, BUSY], early=[BUSY])

    assert found == ['"I:3"', '"I:3", "I:1"']


def test_a_reason_of_what_never_happened_has_no_rows():
    evidence = behind((QUIET, Source.OPENING, 1), (BUSY, Source.OPENING, 2), said=[False, True])

    assert rows_of(evidence, [QUIET, BUSY], said=[QUIET, BUSY]) == ["", '"L:2"']
