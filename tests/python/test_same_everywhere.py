"""The same evidence gives the same bytes, whatever it is kept in."""

import csv
import datetime as dt
import io
import itertools
import sqlite3
from contextlib import closing

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import duckdb
import pandas as pd
import polars as pl
import psycopg
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
import sqlalchemy
import tassei
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from postgres import postgres_server  # noqa: F401
from random_people import AS_OF, Recipe, random_people, to_frames

RESULTS = ["levels", "sheets", "criteria"]


def sample(people):
    """The first people of the bundled workforce, with types; people as texts, since nobody declares them."""
    tables = tassei.synthesize(people=2400, seed=2011)
    chosen = set(tables["people"]["person_id"][:people])
    found = {}
    for name, frame in tables.items():
        frame = frame[frame["person_id"].isin(chosen)]
        found[name] = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata()
    return found


EVIDENCE = {
    "random": lambda: to_frames(random_people(Recipe(seed=3, people=160, blanks=0.12)), "pyarrow"),
    "items": lambda: to_frames(
        random_people(Recipe(seed=4, people=100, blanks=0.12, partial_sets=1.0)), "pyarrow"
    ),
    "sample": lambda: sample(100),
}


@pytest.fixture(scope="module", params=EVIDENCE)
def tables(request):
    """Evidence with types: texts, dates, numbers, lists of words, booleans."""
    return EVIDENCE[request.param]()


@pytest.fixture(scope="module")
def expected(tables, framework):
    return found(tables, framework)


def found(source, framework):
    """All that the readings of one body of evidence must have in common, to the byte."""
    evidence = tassei.read_evidence(source, framework)
    assessment = tassei.assess(evidence, framework, as_of=AS_OF)
    parts = {name: as_bytes(assessment.to_arrow(name)) for name in RESULTS}
    parts["people"] = as_bytes(evidence.to_arrow("people"))
    for by in evidence.groups:
        parts[f"by {by}"] = as_bytes(assessment.to_arrow("distribution", by=by))
    for name, report in evidence.reports.items():
        parts[f"report on {name}"] = (report.rows, report.accepted, report.rejected, dict(report.blanks))
    return parts


def as_bytes(table):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return sink.getvalue()


# --- formats whose cells have no types, or few -------------------------------------------------------


def written(cell):
    """A cell as text: sets joined, since a text holds no list, and the known empty one by its word."""
    if isinstance(cell, list):
        return ";".join(cell) or "none"
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell if cell is None or isinstance(cell, float) else str(cell)


def joined(cell):
    """A cell where only lists have to become text."""
    return written(cell) if isinstance(cell, list) else cell


def in_sqlite(cell):
    """SQLite has neither lists nor dates nor booleans."""
    return int(cell) if isinstance(cell, bool) else written(cell)


def rows_of(table, cell):
    return [[cell(value) for value in row.values()] for row in table.to_pylist()]


def delimited(encoding, suffix=".csv", delimiter=","):
    def write(tables, folder):
        for name, table in tables.items():
            with (folder / f"{name}{suffix}").open("w", encoding=encoding, newline="") as file:
                writer = csv.writer(file, delimiter=delimiter)
                writer.writerow(table.column_names)
                writer.writerows(rows_of(table, written))
        return folder

    return write


def xlsx(tables, folder):
    with xlsxwriter.Workbook(folder / "all.xlsx", {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate([table.column_names, *rows_of(table, joined)]):
                sheet.write_row(i, 0, row)
    return folder / "all.xlsx"


def xls(tables, folder):
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, table in tables.items():
        sheet = book.add_sheet(name)
        for i, row in enumerate([table.column_names, *rows_of(table, joined)]):
            for j, cell in enumerate(row):
                if cell is not None:
                    sheet.write(i, j, cell, *([day] if isinstance(cell, dt.date) else []))
    book.save(folder / "all.xls")
    return folder / "all.xls"


def ods(tables, folder):
    book = OpenDocumentSpreadsheet()
    for name, table in tables.items():
        sheet = Table(name=name)
        for row in [table.column_names, *rows_of(table, joined)]:
            line = TableRow()
            for cell in row:
                line.addElement(ods_cell(cell))
            sheet.addElement(line)
        book.spreadsheet.addElement(sheet)
    book.save(folder / "all.ods")
    return folder / "all.ods"


def ods_cell(cell):
    if cell is None:
        return TableCell()
    if isinstance(cell, bool):
        return TableCell(valuetype="boolean", booleanvalue=str(cell).lower())
    if isinstance(cell, float | int):
        return TableCell(valuetype="float", value=cell)
    if isinstance(cell, dt.date):
        return TableCell(valuetype="date", datevalue=cell.isoformat())
    found = TableCell(valuetype="string")
    found.addElement(P(text=cell))
    return found


# --- files of columns --------------------------------------------------------------------------------


def parquet(tables, folder):
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=100)
    return folder


def partitioned(tables, folder):
    """Each table in several files; engagements by what a column says."""
    for name, table in tables.items():
        if name == "engagements":
            ds.write_dataset(
                table, folder / name, format="parquet", max_rows_per_file=60, max_rows_per_group=60,
                partitioning=ds.partitioning(pa.schema([("verification", pa.string())]), flavor="hive"),
            )  # fmt: skip
        else:
            ds.write_dataset(
                table, folder / name, format="parquet", max_rows_per_file=70, max_rows_per_group=70
            )
    return folder


def arrow_files(tables, folder):
    for i, (name, table) in enumerate(tables.items()):
        if i % 2:
            with pa.ipc.new_stream(folder / f"{name}.arrow", table.schema) as stream:
                stream.write_table(table, max_chunksize=50)
        else:
            pyarrow.feather.write_feather(table, folder / f"{name}.feather", chunksize=50)
    return folder


# --- databases ---------------------------------------------------------------------------------------


def duckdb_file(tables, folder):
    with duckdb.connect(str(folder / "hr.db")) as connection:
        for name, table in tables.items():
            connection.register("frame", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
    return folder / "hr.db"


SQL = {pa.date32(): "date", pa.float64(): "float8", pa.int64(): "bigint", pa.bool_(): "boolean"}


def kind_in_sql(kind, lists):
    if pa.types.is_list(kind):
        return "text[]" if lists else "text"
    return SQL.get(kind, "text")


def fill(tables, run, mark, cell, lists=False):
    """Creates the tables by `run(sql, rows)`."""
    for name, table in tables.items():
        columns = ", ".join(f'"{field.name}" {kind_in_sql(field.type, lists)}' for field in table.schema)
        run(f"CREATE TABLE {name} ({columns})", None)
        run(f"INSERT INTO {name} VALUES ({', '.join([mark] * table.num_columns)})", rows_of(table, cell))


def sqlite_file(tables, folder):
    with closing(sqlite3.connect(folder / "hr.sqlite")) as connection:
        run = lambda sql, rows: connection.executemany(sql, rows) if rows else connection.execute(sql)  # noqa: E731
        fill(tables, run, "?", in_sqlite)
        connection.commit()
    return folder / "hr.sqlite"


CONNECTIONS = {
    "duckdb": lambda tables, folder: duckdb.connect(str(duckdb_file(tables, folder))),
    "sqlite3": lambda tables, folder: sqlite3.connect(sqlite_file(tables, folder)),
    "adbc": lambda tables, folder: adbc_driver_sqlite.dbapi.connect(str(sqlite_file(tables, folder))),
    "sqlalchemy": lambda tables, folder: sqlalchemy.create_engine(
        f"sqlite:///{sqlite_file(tables, folder)}", poolclass=sqlalchemy.NullPool
    ).connect(),
}


def postgresql(server, tables, name, lists):
    """A database of its own on the server, and its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        run = lambda sql, rows: cursor.executemany(sql, rows) if rows else cursor.execute(sql)  # noqa: E731
        fill(tables, run, "%s", (lambda cell: cell) if lists else joined, lists)
    return url


# --- frames ------------------------------------------------------------------------------------------


def columns_as(change):
    """Frames of pyarrow with every column changed."""

    def write(tables, folder):
        return {
            name: pa.table({field.name: change(table[field.name], field.type) for field in table.schema})
            for name, table in tables.items()
        }

    return write


def is_text(kind):
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def encoded(column, kind):
    """Dictionaries, of lists too, that differ from chunk to chunk."""
    if is_text(kind):
        whole = column.combine_chunks()
        parts = [whole.slice(at, 37).dictionary_encode() for at in range(0, len(whole), 37)]
        return pa.chunked_array(parts, pa.dictionary(pa.int32(), kind))
    if pa.types.is_list(kind):
        lists = column.combine_chunks()
        items = lists.flatten().dictionary_encode()
        return pa.ListArray.from_arrays(lists.offsets, items, mask=lists.is_null())
    return column


def encoded_views(column, kind):
    parts = encoded(column, kind)
    if not is_text(kind):
        return parts
    words = [chunk.dictionary.cast(pa.string_view()) for chunk in parts.chunks]
    views = [
        pa.DictionaryArray.from_arrays(chunk.indices, dictionary)
        for chunk, dictionary in zip(parts.chunks, words, strict=True)
    ]
    return pa.chunked_array(views)


WIDER = {
    pa.string(): pa.string_view(), pa.large_string(): pa.string_view(), pa.date32(): pa.timestamp("us"),
    pa.float64(): pa.decimal128(12, 3), pa.list_(pa.string()): pa.large_list(pa.string_view()),
}  # fmt: skip
OTHER = {
    pa.string(): pa.large_string(), pa.date32(): pa.date64(), pa.float64(): pa.float32(),
    pa.int64(): pa.uint16(), pa.list_(pa.string()): pa.large_list(pa.large_string()),
}  # fmt: skip


def chunked(column, kind):
    """Chunks of all sizes, each beginning inside a larger array; some are empty."""
    whole = pa.concat_arrays([column.combine_chunks().slice(0, 1), column.combine_chunks()])
    cuts = [1, 2, 2 + len(column) // 3, 3 + len(column) // 2, len(whole)]
    parts = [whole.slice(a, b - a) for a, b in itertools.pairwise(cuts)]
    return pa.chunked_array([whole.slice(0, 0), *parts, whole.slice(0, 0)], kind)


def pandas_frames(change=lambda frame: frame, **options):
    def write(tables, folder):
        return {name: change(table.to_pandas(**options)) for name, table in tables.items()}

    return write


def categories(frame):
    texts = [name for name in frame if frame[name].map(type).isin([str, type(None), float]).all()]
    texts = [name for name in texts if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.astype(dict.fromkeys(texts, "category"))


def polars_frames(change=lambda frame: frame):
    def write(tables, folder):
        return {name: change(pl.from_arrow(table)) for name, table in tables.items()}

    return write


def categorical(frame):
    return frame.with_columns(
        pl.col(pl.String).cast(pl.Categorical), pl.col(pl.List(pl.String)).cast(pl.List(pl.Categorical))
    )


def enums(frame):
    words = {name: pl.Enum(frame[name].drop_nulls().unique(maintain_order=True)) for name in frame.columns
             if frame[name].dtype == pl.String}  # fmt: skip
    return frame.cast(words)


def in_pieces(frame):
    return pl.concat([frame[:1], frame[1:40], frame[40:40], frame[40:]], rechunk=False)


def python_lists(tables, folder):
    return {name: table.to_pydict() for name, table in tables.items()}


def relations(tables, folder):
    return {name: duckdb.from_arrow(table) for name, table in tables.items()}


def mixed(tables, folder):
    """Files and frames side by side."""
    first, second, *others = tables
    pq.write_table(tables[first], folder / "a.parquet")
    return {
        first: folder / "a.parquet",
        second: delimited("utf-8")({second: tables[second]}, folder) / f"{second}.csv",
        **{name: pl.from_arrow(tables[name]) for name in others},
    }


FORMATS = {
    "csv": delimited("utf-8"),
    "csv bom": delimited("utf-8-sig"),
    "csv cp932": delimited("cp932"),
    "csv utf-16": delimited("utf-16"),
    "tsv": delimited("utf-8", ".tsv", "\t"),
    "tsv utf-16-le": delimited("utf-16-le", ".tsv", "\t"),
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "parquet": parquet,
    "parquet folders": partitioned,
    "arrow": arrow_files,
    "duckdb": duckdb_file,
    "duckdb url": lambda t, f: f"duckdb:///{duckdb_file(t, f)}",
    "sqlite": sqlite_file,
    "sqlite url": lambda t, f: f"sqlite:///{sqlite_file(t, f)}",
    "pandas": pandas_frames(),
    "pandas objects": pandas_frames(lambda frame: frame.astype(object)),
    "pandas of arrow": pandas_frames(types_mapper=pd.ArrowDtype),
    "pandas categories": pandas_frames(categories),
    "polars": polars_frames(),
    "polars lazy": polars_frames(lambda frame: frame.lazy()),
    "polars categorical": polars_frames(categorical),
    "polars enum": polars_frames(enums),
    "polars chunks": polars_frames(in_pieces),
    "pyarrow dictionaries": columns_as(encoded),
    "pyarrow dictionaries of views": columns_as(encoded_views),
    "pyarrow views": columns_as(lambda column, kind: column.cast(WIDER.get(kind, kind))),
    "pyarrow wide": columns_as(lambda column, kind: column.cast(OTHER.get(kind, kind))),
    "pyarrow chunks": columns_as(chunked),
    "duckdb relations": relations,
    "lists": python_lists,
    "mixed": mixed,
}


def differing(parts, expected):
    """What is not the same, by name."""
    return [name for name in {**parts, **expected} if parts.get(name) != expected.get(name)]


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_from(form, tables, expected, framework, tmp_path):
    assert differing(found(FORMATS[form](tables, tmp_path), framework), expected) == []


@pytest.mark.parametrize("driver", CONNECTIONS)
def test_the_same_from_a_connection(driver, tables, expected, framework, tmp_path):
    with closing(CONNECTIONS[driver](tables, tmp_path)) as connection:
        assert differing(found(connection, framework), expected) == []
        assert differing(found(connection, framework), expected) == []  # it is still open


@pytest.mark.parametrize("lists", [False, True], ids=["texts", "arrays"])
def test_the_same_from_postgresql(server, lists, tables, expected, framework, request):
    url = postgresql(server, tables, request.node.callspec.id, lists)
    engine = sqlalchemy.create_engine(
        url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sqlalchemy.NullPool
    )
    with (
        psycopg.connect(url) as direct,
        adbc_driver_postgresql.dbapi.connect(url) as adbc,
        engine.connect() as lent,
    ):
        for source in (url, url.replace("postgresql:", "postgresql+psycopg:"), direct, adbc, engine, lent):
            assert differing(found(source, framework), expected) == []
        assert direct.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert not lent.in_transaction()
        direct.execute("SELECT 1")


def test_another_cell_gives_other_results(framework):
    """The comparison sees one word of one person."""
    tables = sample(40)
    expected = found(tables, framework)
    engagements = tables["engagements"]
    outcomes = engagements["outcome"].to_pylist()
    place = outcomes.index("succeeded")
    outcomes[place] = "not_completed"
    changed = engagements.set_column(
        engagements.column_names.index("outcome"), "outcome", pa.array(outcomes, pa.string())
    )
    assert "criteria" in differing(found({**tables, "engagements": changed}, framework), expected)
