"""How leads are read together."""

from scoring.reader import FEW_LEADS, LEADS_A_CHUNK, chunks

FAR = 10_000_000


def test_leads_that_lie_close_together_are_read_as_ranges():
    found = list(chunks(range(1, 2 * LEADS_A_CHUNK + 1)))

    assert [(each.is_range, len(each.lead_ids)) for each in found] == [(True, LEADS_A_CHUNK)] * 2


def test_a_gap_between_keys_is_never_read_across():
    close = range(1, LEADS_A_CHUNK + 1)
    across = [*range(FAR, FAR + FEW_LEADS), *range(3 * FAR, 3 * FAR + FEW_LEADS)]

    found = list(chunks([*close, *across]))

    assert found[0].is_range
    assert [(each.is_range, len(each.lead_ids)) for each in found[1:]] == [(False, FEW_LEADS)] * 2


def test_every_lead_is_read_once():
    wanted = [5, 3, 3, FAR, *range(100, 100 + LEADS_A_CHUNK)]

    read = [lead_id for each in chunks(wanted) for lead_id in each.lead_ids]

    assert read == sorted(set(wanted))
    assert list(chunks([])) == []
