"""Whatever type a column has: it is read, or refused with an error of ours, and no row is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tassei

WORDS = ["manager", "bogus", None]
LISTS = [["fault_repair"], ["bogus"], None]
DAYS = ["2020-01-01", "2020-02-01", None]
MOMENTS = pd.Series(pd.to_datetime(DAYS))
VIEWS = pa.array(["fault_repair", "bogus"]).cast(pa.string_view())

POLARS = {
    "text": pl.Series(WORDS),
    "categories": pl.Series(WORDS, dtype=pl.Categorical),
    "whole number": pl.Series([1, -2, None], dtype=pl.Int8),
    "128 bits": pl.Series([1, 2**100, None], dtype=pl.Int128),
    "64 bits": pl.Series([1, 2**63, None], dtype=pl.UInt64),
    "fraction": pl.Series([1.5, -2, float("nan")], dtype=pl.Float32),
    "truth": pl.Series([True, False, None]),
    "date": pl.Series([dt.date(2020, 1, 1), dt.date(1, 1, 1), None]),
    "moment": pl.Series([dt.datetime(2020, 1, 1, 23), dt.datetime(1677, 9, 22), None]),
    "time": pl.Series([dt.time(1), None, dt.time(2)]),
    "duration": pl.Series([dt.timedelta(1), None, dt.timedelta(2)]),
    "decimal": pl.Series([Decimal("1.50"), Decimal("-3"), None]),
    "bytes": pl.Series([b"manager", b"\xff", None]),
    "list": pl.Series(LISTS),
    "list of categories": pl.Series(LISTS, dtype=pl.List(pl.Categorical)),
    "array": pl.Series(LISTS, dtype=pl.Array(pl.String, 1)),
    "list of numbers": pl.Series([[1], [2], None]),
    "list of lists": pl.Series([[["a"]], [["b"]], None]),
    "struct": pl.Series([{"a": 1}, {"a": 2}, None]),
    "nothing": pl.Series([None, None, None]),
}
PANDAS = {
    "objects": pd.Series(WORDS, dtype=object),
    "text": pd.Series(WORDS, dtype="string"),
    "mixed": pd.Series(["manager", 3, None], dtype=object),
    "mixed days": pd.Series([dt.date(2020, 1, 1), "2020-01-01", dt.datetime(2020, 1, 1)], dtype=object),
    "categories": pd.Series(WORDS, dtype="category"),
    "categories of numbers": pd.Series([1, -2, 1], dtype="category"),
    "whole number": pd.Series([1, -2, None], dtype="Int64"),
    "huge": pd.Series([2**70, 1, None], dtype=object),
    "half": pd.Series([1.5, -2, np.nan], dtype="float16"),
    "infinite": pd.Series([np.inf, -np.inf, np.nan]),
    "truth": pd.Series([True, False, None], dtype="boolean"),
    "moment": MOMENTS,
    "moment with zone": MOMENTS.dt.tz_localize("Asia/Tokyo"),
    "old moment": pd.Series(np.array(["2020-01-01", "0001-01-01", "NaT"], dtype="datetime64[s]")),
    "period": pd.Series(pd.period_range("2020-01", "2020-03", freq="M")),
    "duration": pd.Series(pd.to_timedelta([1, 2, None], unit="D")),
    "interval": pd.Series(pd.interval_range(0, 3)),
    "sparse": pd.Series([1.0, np.nan, 2.0], dtype=pd.SparseDtype(float)),
    "complex": pd.Series([1j, 2, 3]),
    "lists": pd.Series(LISTS, dtype=object),
    "sets": pd.Series([{"fault_repair"}, {"bogus"}, None], dtype=object),
    "dictionaries": pd.Series([{"a": 1}, None, {}], dtype=object),
    "decimal": pd.Series([Decimal("1.5"), Decimal("NaN"), None], dtype=object),
    "bytes": pd.Series([b"manager", b"\xff", None], dtype=object),
    "half a letter": pd.Series(["\ud800", "a", None], dtype=object),
    "views": pd.Series(WORDS, dtype=pd.ArrowDtype(pa.string_view())),
}
ARROW = {
    "views": pa.array(WORDS, pa.string_view()),
    "views of bytes": pa.array([b"manager", b"\xff", None], pa.binary_view()),
    "runs": pa.RunEndEncodedArray.from_arrays([2, 3], ["manager", "bogus"]),
    "fixed bytes": pa.array([b"abc", b"def", None], pa.binary(3)),
    "wide decimal": pa.array([Decimal("1.5"), None, None], pa.decimal256(40, 2)),
    "date of 64 bits": pa.array([dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)], pa.date64()),
    "months": pa.array([(1, 2, 3), None, None], pa.month_day_nano_interval()),
    "map": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int32())),
    "codes of views": pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), VIEWS),
    "codes of numbers": pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), pa.array([1, -2])),
    "list view": pa.array(LISTS, pa.list_view(pa.string())),
    "list of codes": pa.ListArray.from_arrays([0, 1, 2, 2], VIEWS.cast(pa.string()).dictionary_encode()),
    "list of views": pa.ListArray.from_arrays([0, 1, 2, 2], VIEWS),
    "list of structs": pa.array([[{"a": 1}], None, []]),
    "list of nothing": pa.array([[None], None, []]),
}
FRAMES = {"polars": (pl.DataFrame, POLARS), "pandas": (pd.DataFrame, PANDAS), "arrow": (pa.table, ARROW)}
KINDS = [(library, kind) for library, (_, kinds) in FRAMES.items() for kind in kinds]
COLUMNS = [
    ("engagements", name)
    for name in ("position", "start", "computer_rooms", "activities", "engagement_id", "person_id", "other")
] + [("people", "person_id"), ("people", "site")]


@pytest.mark.parametrize(("library", "kind"), KINDS)
def test_a_column_of_any_type_is_read_or_refused_and_no_row_is_lost(framework, tmp_path, library, kind):
    frame, kinds = FRAMES[library]
    for table, column in COLUMNS:
        source = {table: frame({"person_id": ["P1", "P2", "P3"], column: kinds[kind]})}
        try:
            evidence = tassei.read_evidence(source, framework, on_error="collect")
        except tassei.EvidenceError as error:
            assert column in str(error)
            continue
        said = evidence.reports[table]
        assert said.accepted + said.rejected == said.rows == 3
        assert len(evidence.rejected.get(table, ())) == said.rejected
        if said.rejected:
            assert len(evidence.issues) > 0
            with pytest.raises(tassei.EvidenceError, match=column):
                tassei.read_evidence(source, framework)
        a = tassei.assess(evidence, as_of="2026-06-30")
        a.save(tmp_path / "saved")
        loaded = tassei.load(tmp_path / "saved")
        assert loaded.to_arrow("levels").equals(a.to_arrow("levels"))
        assert loaded.evidence.digest == evidence.digest
