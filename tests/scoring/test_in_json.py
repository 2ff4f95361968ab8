"""Columns as JSON: every value comes back as it was meant."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from scoring import in_json


def back(value: Any, dtype: Any = None) -> Any:
    frame = pl.DataFrame({"v": pl.Series([value], dtype=dtype)})
    text = frame.select(in_json.value_of("v", frame.schema["v"])).item()
    return None if text is None else json.loads(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3.0, 3),
        (-0.5, -0.5),
        (8.25, 8.3),
        (6.65, 6.7),
        (7, 7),
        (True, True),
        (date(2026, 11, 24), "2026-11-24"),
        ('the "new" office\n创新', 'the "new" office\n创新'),
        (["BID_TALK", "EVALUATION"], ["BID_TALK", "EVALUATION"]),
    ],
)
def test_a_value_is_said_as_a_reader_wants_it(value, said):
    assert back(value) == said
    assert type(back(value)) is type(said)


def test_what_is_not_known_is_left_out_of_an_object():
    frame = pl.DataFrame({"n": [1, None], "who": ["Li", None]})
    parts = {name: in_json.value_of(name, dtype) for name, dtype in frame.schema.items()}

    texts = frame.select(in_json.object_of(parts)).to_series()

    assert [json.loads(text) for text in texts] == [{"n": 1, "who": "Li"}, {}]


@pytest.mark.parametrize("number", [0.1 + 0.2, 1e-7, -3.5872326048927383, 1 / 3, 12345678.9])
def test_points_keep_all_their_digits(number):
    text = pl.select(in_json.exact(pl.lit(number))).item()

    assert json.loads(text) == number
