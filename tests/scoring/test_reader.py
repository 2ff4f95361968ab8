"""How leads are read together."""

from datetime import UTC, datetime, timedelta

from scoring import reader
from scoring.columns import Statement
from scoring.reader import FEW_LEADS, LEADS_A_CHUNK, LEADS_A_READING, chunks
from scoring.vocabulary import Source
from tests.factories import InteractionFactory, LeadFactory

FAR = 10_000_000
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_leads_that_lie_close_together_are_read_as_ranges():
    found = list(chunks(range(1, 2 * LEADS_A_CHUNK + 1)))

    assert [(each.is_range, len(each.lead_ids)) for each in found] == [(True, LEADS_A_CHUNK)] * 2


def test_a_gap_between_keys_is_never_read_across():
    close = range(1, LEADS_A_READING + 1)
    across = [*range(FAR, FAR + FEW_LEADS), *range(3 * FAR, 3 * FAR + FEW_LEADS)]

    found = list(chunks([*close, *across]))

    assert found[0].is_range
    assert [(each.is_range, len(each.lead_ids)) for each in found[-2:]] == [(False, FEW_LEADS)] * 2


def test_every_lead_is_read_once():
    wanted = [5, 3, 3, FAR, *range(100, 100 + LEADS_A_CHUNK)]

    read = [lead_id for each in chunks(wanted) for lead_id in each.lead_ids]

    assert read == sorted(set(wanted))
    assert list(chunks([])) == []


def test_chunks_that_are_read_at_once_ask_each_table_once(db, monkeypatch):
    for name, size in (("FEW_LEADS", 1), ("LEADS_A_CHUNK", 2), ("LEADS_A_READING", 4)):
        monkeypatch.setattr(reader, name, size)
    talks = [InteractionFactory(lead=LeadFactory(), happened_at=MONDAY) for _ in range(4)]
    leads = [talk.lead_id for talk in talks]

    asked, fetch = [], Statement.fetch
    # What goes by COPY on PostgreSQL is not among the queries that Django captures.
    monkeypatch.setattr(
        Statement, "fetch", lambda self, *values: asked.append(self.sql) or fetch(self, *values)
    )

    rows = [
        reader.intent_timeline(chunk, reader.leads_of(chunk, as_of=MONDAY), zone="UTC")
        for chunk in chunks(leads)
    ]

    assert [set(each["lead_id"]) for each in rows] == [set(leads[:2]), set(leads[2:])]
    assert len([sql for sql in asked if "response_latency_days" in sql]) == 1


def test_what_is_compiled_for_one_lead_is_asked_of_another(db):
    quiet, busy = LeadFactory(), LeadFactory()
    talks = [InteractionFactory(lead=busy, happened_at=MONDAY) for _ in range(2)]

    found = [
        reader.intent_timeline(chunk, reader.leads_of(chunk, as_of=MONDAY), zone="UTC")
        for lead in (quiet, busy)
        for chunk in chunks([lead.pk])
    ]

    assert [set(each["lead_id"]) for each in found] == [{quiet.pk}, {busy.pk}]
    assert found[1].filter(source=Source.INTERACTION).height == len(talks)


def test_moments_are_read_to_the_microsecond(db):
    moments = [MONDAY + timedelta(microseconds=each) for each in (0, 1, 120_000)]
    lead = LeadFactory(opened_at=MONDAY)
    for moment in moments:
        InteractionFactory(lead=lead, happened_at=moment)

    (chunk,) = chunks([lead.pk])
    rows = reader.intent_timeline(chunk, reader.leads_of(chunk, as_of=MONDAY), zone="UTC")

    assert sorted(rows.filter(source=Source.INTERACTION)["happened_at"]) == moments
