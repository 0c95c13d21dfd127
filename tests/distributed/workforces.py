"""Workforces for the engines, and how what they give is compared with one assessment on one machine."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import tassei
from random_people import AS_OF, Recipe, random_people, to_frames

TABLES = ["levels", "sheets", "criteria", "ledger", "gaps", "additions"]
READINGS = {"overlap": "sum"}
GUIDE = Path(__file__).resolve().parents[2] / "docs/guide"


def people(number: int = 60, seed: int = 11) -> dict[str, pa.Table]:
    """Random people: blanks, some without rows, rows in no order."""
    return to_frames(random_people(Recipe(seed=seed, people=number, blanks=0.1)), "pyarrow")


def japanese() -> tuple[dict[str, pa.Table], dict[str, dict]]:
    """Tables with names of a company's own, and the mapping that says what they mean."""
    passed = {"番号": ["二", " 一", "二"], "名": ["応用", "基本", "応用"], "備考.その他": ["a", "b", "c"]}
    mapping = {
        "columns": {
            "people": {"社員番号": "person_id"},
            "certifications": {"番号": "person_id", "名": "examination"},
        },
        "values": {"certifications": {"examination": {"応用": "AP", "基本": "FE"}}},
    }
    people = pa.table({"社員番号": ["一", "二", "三"], "備考": ["", "x", "y"]})
    return {"people": people, "certifications": pa.table(passed)}, mapping


def skewed(folder, copies: int = 100, of: int = 2000, rows_of_one: int = 200_000) -> dict[str, str]:
    """Parquet folders of the same people again and again, one of whom has very many rows."""
    paths = {}
    for name, frame in tassei.synthesize(of, seed=1).items():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        path = folder / name
        path.mkdir(parents=True)
        paths[name] = str(path)
        for part in range(4):
            with pq.ParquetWriter(path / f"part-{part}.parquet", table.schema) as writer:
                for copy in range(part, copies, 4):
                    writer.write_table(under_ids(table, f"{copy:03d}-"))
                if part == 0 and name == "engagements":
                    picked = np.random.default_rng(5).integers(0, table.num_rows, rows_of_one)
                    person = pa.array([table["person_id"][0].as_py()] * rows_of_one)
                    busy = table.take(pa.array(picked)).set_column(0, "person_id", person)
                    writer.write_table(under_ids(busy.cast(table.schema), "000-"))
    return paths


def under_ids(table: pa.Table, before: str) -> pa.Table:
    ids = pc.binary_join_element_wise(before, table["person_id"].cast(pa.string()), "")
    return table.set_column(0, "person_id", ids).cast(table.schema)


def dask_frames(tables, partitions=1):
    """Dask's data frames of Arrow tables."""
    import dask.dataframe as dd

    # in one partition a row's number is its position
    return {
        name: dd.from_pandas(table.to_pandas(types_mapper=pd.ArrowDtype), npartitions=partitions, sort=False)
        for name, table in tables.items()
    }


def at_once(tables, framework, what="levels", on_error="raise", names=None, as_of=AS_OF, **options):
    evidence = tassei.read_evidence(tables, framework, on_error, **(names or {}))
    if what == "issues":
        return evidence.to_arrow(what).to_pandas()
    return tassei.assess(evidence, framework, as_of, **options).to_arrow(what).to_pandas()


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Row for row, in whatever order."""
    assert list(found.columns) == list(expected.columns)
    found, expected = (_sorted(frame) for frame in (found, expected))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    plain = {}
    for name, column in frame.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(object)
        if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
            plain[name] = column.astype("float64")
        else:
            plain[name] = column.astype(object).where(column.notna(), None)
    frame = pd.DataFrame(plain)
    return frame.sort_values(list(frame.columns), ignore_index=True, key=lambda c: c.map(_text))


def _text(cell: object) -> str:
    return repr(cell)


def refuses_wrong_arguments(assess, engine, frames, tables, framework) -> None:
    for options, said in [
        ({"buckets": 0}, "buckets is a whole number from 1 on, came 0"),
        ({"readings": {"overlp": "sum"}}, r"there is no reading 'overlp'; .*did you mean 'overlap'"),
        ({"min_verification": "hearsay"}, "min_verification is one of"),
        ({"what": "movement"}, "'movement' is no table that can be had part by part"),
        ({"lang": "ja"}, "there is no option of levels 'lang'"),
    ]:
        with pytest.raises(tassei.AssessError, match=said):
            assess(frames, framework, **options)
    with pytest.raises(tassei.AssessError, match=f"people: expected a {engine} data frame, came Table"):
        assess({"people": tables["people"]}, framework)
    with pytest.raises(tassei.AssessError, match=f"there is no table to assess; .* to {engine} data frame"):
        assess({}, framework)


def numbers_and_texts() -> dict[str, pa.Table]:
    """The same persons as whole numbers and as texts with space around them."""
    passed = {"person_id": [" 2", "1099511627776\u3000", "2"], "examination": ["AP"] * 3}
    return {
        "people": pa.table({"person_id": pa.array([1, 2, 2**40], pa.int64())}),
        "certifications": pa.table(passed),
    }


def same_in_files(written, what, many, framework) -> None:
    """Of 200,000 people: row for row the table that one machine gives."""
    found = pq.read_table(written).replace_schema_metadata()
    order = [(name, "ascending") for name in ("person_id", "specialty", "level")]
    evidence = tassei.read_evidence({n: pq.read_table(path) for n, path in many.items()}, framework)
    expected = tassei.assess(evidence, framework, AS_OF).to_arrow(what).cast(found.schema)
    assert found.num_rows == {"levels": 3, "sheets": 12}[what] * 200_000
    assert found.sort_by(order).equals(expected.sort_by(order))


class Dies(str):
    """A text whose reading kills a worker process: the first that reads it, or all."""

    def __new__(cls, text: str, marker: str, always: bool = False) -> Dies:
        self = super().__new__(cls, text)
        self.marker, self.always = str(marker), always
        return self

    def __reduce__(self) -> tuple:
        # a worker has only builtins to read it by; whoever made it survives it
        os_, mine = "__import__('os')", os.getpid()
        spared = f"{os_}.getpid() == {mine}"
        if not self.always:
            spared += f" or {os_}.path.exists({self.marker!r})"
        return eval, (f"{str(self)!r} if {spared} else (open({self.marker!r}, 'w').close(), {os_}._exit(9))",)
