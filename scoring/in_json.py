"""Columns of a frame as JSON, without a Python object for each value.

Texts that no value makes null are null; so a part that is not known can be left out of the whole.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import Expr, col, concat_str, lit, when


def value_of(name: str, dtype: pl.DataType) -> Expr:
    """Return a column as JSON: numbers to one decimal, dates as ISO, all else as it is."""
    value = col(name)
    if dtype.is_float():
        is_whole = value == value.floor()
        text = when(is_whole).then(value.cast(pl.Int64).cast(pl.String))
        return text.otherwise(value.round(1, mode="half_away_from_zero").cast(pl.String))
    if dtype.is_numeric() or dtype == pl.Boolean:
        return value.cast(pl.String)
    if dtype == pl.Date:
        return quoted(value.dt.to_string("iso:strict"))
    # The frame's own JSON of one field, {"v":...}, escapes what a person may have typed.
    whole = pl.struct(value.alias("v")).struct.json_encode()
    return when(value.is_not_null()).then(whole.str.slice(5).str.strip_suffix("}"))


def exact(value: Expr) -> Expr:
    """Return a number with all its digits."""
    return value.cast(pl.String)


def quoted(text: Expr) -> Expr:
    """Return a code, which holds nothing to escape, as JSON."""
    return concat_str(lit('"'), text, lit('"'))


def object_of(parts: Mapping[str, Expr]) -> Expr:
    """Return an object of the parts that are known, each of them JSON already."""
    named = [concat_str(lit(f'"{key}": '), text) for key, text in parts.items()]
    inner = concat_str(named, separator=", ", ignore_nulls=True) if named else lit("")
    return concat_str(lit("{"), inner, lit("}"))


def list_of(joined: Expr) -> Expr:
    """Return a list of what stands joined by commas."""
    return concat_str(lit("["), joined, lit("]"))


def by_owner(owners: NDArray[np.int64], texts: pl.Series) -> pl.DataFrame:
    """Return the texts of each owner, joined by commas; those of one lie together.

    They are gathered first and joined then: to join each owner's by itself takes far longer.
    """
    rows = pl.DataFrame({"owner": pl.Series(owners).set_sorted(), "text": texts})
    of_each = rows.group_by("owner", maintain_order=True).agg("text")
    return of_each.with_columns(col("text").list.join(", "))


def of_each_owner(owners: NDArray[np.int64], texts: pl.Series, *, count: int) -> pl.Series:
    """Return the same for each of so many owners; nothing is joined for one without texts."""
    found = by_owner(owners, texts)
    places = np.full(count, found.height)
    places[found["owner"].to_numpy()] = np.arange(found.height)
    nothing = pl.Series([""])
    return pl.concat([found.get_column("text"), nothing])[places]
