"""Evidence kept in stores: Parquet and Arrow files, partitioned folders, databases."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from .connection import Database, Name, connect, database_file
from .error import EvidenceError, listed, near
from .raw import Kept, Raw, Shelf, is_text, once, plain
from .text import key

__all__ = [
    "PARQUET", "Flow", "database_file", "open_database", "open_parquet", "parquet_flow", "parquet_paths",
    "parquet_tables", "shelved_parquet",
]  # fmt: skip

Rows = TypeVar("Rows", pa.Table, pa.RecordBatch)
_PARQUET = {".parquet", ".pq"}
_ARROW = {".arrow", ".feather", ".ipc"}
PARQUET = frozenset(_PARQUET | _ARROW)
_FEW = 1 << 16  # bytes of distinct texts, compressed; a writer gives codes up at 1 MB uncompressed
_PIECE = 1 << 15  # rows that are read at once where a table is not read whole
_STEP = 1 << 17  # and of one column: some hundred kilobytes, which stay in the cache
_LARGE_STEP = 1 << 20
_BUFFER = 1 << 18  # bytes of a file that are read at once
_LAKES = {"_delta_log": "Delta Lake", ".hoodie": "Hudi", "metadata": "Iceberg"}


# --- Parquet and Arrow files ----------------------------------------------------------------------


def open_parquet(path: str | os.PathLike[str]) -> Raw:
    """A table from a Parquet or Arrow file, or from a folder of Parquet files.

    Folders named ``column=value`` become columns of text. Files of one folder may have
    different columns; a file without a column has blanks there.

    Parameters
    ----------
    path : path
        ``engagements.parquet``, ``engagements.arrow``, ``engagements.feather``, or the folder
        ``engagements`` (also ``engagements.parquet``) with Parquet files at any depth.

    Returns
    -------
    Raw
        Named as the file or folder, without the suffix; rows count from 1.

    Raises
    ------
    EvidenceError
        There is no such file, it is of another format or broken, two files of a folder
        disagree on a column's type, or the folder is a Delta Lake, Iceberg or Hudi table.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pyarrow as pa, pyarrow.parquet as pq
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> pq.write_table(pa.table({"person_id": ["P1", "P2"]}), folder / "people.parquet")
    >>> raw = open_parquet(folder / "people.parquet")
    >>> raw.name, raw.rows, list(raw.columns)
    ('people', 2, ['person_id'])
    """
    path = Path(path)
    if not path.exists():
        raise EvidenceError(f"there is no file or folder {path}")
    with _legible(path):
        if path.is_dir():
            return _raw(_stem(path), f"{path.name}/", _checked(_partitioned(path).to_table(), path))
        if path.suffix.lower() in _ARROW:
            return _raw(path.stem, path.name, _arrow_file(path))
        format = _format([_footer(path)])
        return _raw(path.stem, path.name, _checked(ds.dataset(path, format=format).to_table(), path))


def parquet_tables(folder: str | os.PathLike[str]) -> list[Raw]:
    """Every Parquet or Arrow table of a folder: `engagements.parquet`, or a folder `engagements`.

    Other files, and folders without a Parquet file, are passed over; without any table
    the list is empty.

    Raises
    ------
    EvidenceError
        There is no such folder, it is itself one partitioned table, or a table of it
        cannot be read (see :func:`open_parquet`).
    """
    return [shelved_parquet(path) for path in parquet_paths(folder)]


def shelved_parquet(path: str | os.PathLike[str]) -> Raw:
    """What :func:`open_parquet` reads, a column at a time and only when somebody asks for it.

    Raises
    ------
    EvidenceError
        As :func:`open_parquet`; where a column cannot be read, when it is read.
    """
    path = Path(path)
    if path.is_dir() or not path.exists() or path.suffix.lower() in _ARROW:
        return open_parquet(path)
    with _legible(path):
        footer = _footer(path)
        file = pa.OSFile(str(path))  # one file from now on, whatever takes its name
        few = set(_format([footer]).read_options.dictionary_columns)
        many = _coded(footer) - few
        schema = _open(file, footer, few | many).schema_arrow
    once(path.name, schema.names)
    columns = {field.name: _kept(path, file, footer, few, many, field) for field in schema}
    return Raw(path.stem, path.name, Shelf(columns), footer.num_rows, 1)


def _open(file: pa.NativeFile, footer: pq.FileMetaData, codes: Iterable[str]) -> pq.ParquetFile:
    return pq.ParquetFile(
        file, metadata=footer, read_dictionary=list(codes), buffer_size=_BUFFER, pre_buffer=False
    )


def _kept(
    path: Path, file: pa.NativeFile, footer: pq.FileMetaData, few: set[str], many: set[str], field: pa.Field
) -> Kept:
    codes = [field.name] if field.name in few | many else []
    kind = plain(pa.chunked_array([], field.type)).type

    def read() -> pa.ChunkedArray:
        with _legible(path):
            table = _open(file, footer, codes).read([field.name], use_threads=False)
            return plain(_checked(table, path).column(field.name))

    def stream() -> Iterator[pa.ChunkedArray]:
        if kind != field.type or "." in field.name:  # what it becomes may depend on all of it
            yield read()
            return
        with _legible(path):
            # each piece has a dictionary of its own, which is dear where the texts are many
            step = _LARGE_STEP if field.name in many else _STEP
            opened = _open(file, footer, codes)
            for batch in opened.iter_batches(step, columns=[field.name], use_threads=False):
                yield pa.chunked_array([_checked(batch, path, codes_in_range=True).column(0)])

    return Kept(kind, footer.num_rows, read, stream)


def parquet_paths(folder: str | os.PathLike[str]) -> list[Path]:
    """Where the tables are that :func:`parquet_tables` reads."""
    folder = Path(folder)
    if not folder.is_dir():
        raise EvidenceError(f"there is no folder {folder}")
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            if not _parts(path):
                continue
            if "=" in path.name:
                raise EvidenceError(
                    f"{folder} is one partitioned table (it holds {path.name}/); give the folder above it, "
                    "which holds one file or folder a table"
                )
            found.append(path)
        elif path.suffix.lower() in _PARQUET | _ARROW:
            found.append(path)
    return found


def _stem(folder: Path) -> str:
    return folder.stem if folder.suffix.lower() in _PARQUET else folder.name


def _parts(folder: Path) -> list[Path]:
    """The Parquet files below a folder; what Spark and others hide or mark is not among them."""
    parts = []
    for path in sorted(folder.rglob("*"), key=_counted):
        inside = path.relative_to(folder).parts
        if any(part.startswith((".", "_")) for part in inside) or not path.is_file():
            continue
        if path.suffix.lower() in _PARQUET or (not path.suffix and _magic(path)):
            parts.append(path)
    return parts


def _counted(path: Path) -> list[str | tuple[int, str]]:
    """An order in which `part-2` goes before `part-10`."""
    pieces = re.split(r"([0-9]+)", str(path))  # every second one is a number
    return [(int(piece), piece) if i % 2 else piece for i, piece in enumerate(pieces)]


def _magic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _footer(path: Path) -> pq.FileMetaData:
    try:
        return pq.read_metadata(path)
    except pa.ArrowInvalid:
        raise EvidenceError(f"{path}: is not a Parquet file, or was cut off while it was written") from None


def _format(footers: list[pq.FileMetaData]) -> ds.ParquetFileFormat:
    """Reads columns of few texts as codes, which they are in the file: faster, and in less memory."""
    few: set[str] = set()
    many: set[str] = set()
    for footer in footers:
        for i in range(footer.num_columns if footer.num_row_groups else 0):
            column, chunk = footer.schema.column(i), footer.row_group(0).column(i)
            if column.converted_type == "UTF8" and column.path == column.name:
                texts = chunk.data_page_offset - (chunk.dictionary_page_offset or 0)  # bytes
                is_few = texts < min(_FEW, chunk.total_compressed_size / 4)
                (few if is_few else many).add(column.name)
    return ds.ParquetFileFormat(dictionary_columns=few - many)


def _coded(footer: pq.FileMetaData) -> set[str]:
    """Columns of texts that are codes in the file, also where there are many: ids of grouped rows."""
    coded = set()
    for i in range(footer.num_columns if footer.num_row_groups else 0):
        column = footer.schema.column(i)
        if column.converted_type == "UTF8" and column.path == column.name:
            chunks = [footer.row_group(group).column(i) for group in range(footer.num_row_groups)]
            # an id that is written out has a length of 4 bytes beside its letters
            size = sum(chunk.total_uncompressed_size for chunk in chunks)
            if size < 5 * sum(chunk.num_values for chunk in chunks):
                coded.add(column.name)
    return coded


def _partitioned(folder: Path) -> ds.Dataset:
    for mark, lake in _LAKES.items():
        if (folder / mark).is_dir() and (mark != "metadata" or any(folder.glob("metadata/*.metadata.json"))):
            raise EvidenceError(
                f"{folder} is a table of {lake}, whose Parquet files also hold deleted rows; "
                "read it with its own library and pass the frame"
            )
    parts = _parts(folder)
    if not parts:
        raise EvidenceError(f"the folder {folder} holds no Parquet file")
    footers = [_footer(part) for part in parts]
    format = _format(footers)
    schema = _common(folder, parts, [_schema(footer) for footer in footers])
    for i, field in enumerate(schema):
        if field.name in format.read_options.dictionary_columns and is_text(field.type):
            schema = schema.set(i, field.with_type(pa.dictionary(pa.int32(), field.type)))
    keys = {
        piece.partition("=")[0]: None
        for part in parts for piece in part.relative_to(folder).parts[:-1] if "=" in piece
    }  # fmt: skip
    # as text: 001 as a number would be 1
    outer = pa.schema([(name, pa.string()) for name in keys if name not in schema.names])
    return ds.dataset(
        [part.as_posix() for part in parts],
        schema=pa.schema([*schema, *outer]),
        format=format,
        partitioning=ds.partitioning(outer, flavor="hive") if len(outer) else None,
        partition_base_dir=folder.as_posix(),
    )


def _schema(footer: pq.FileMetaData) -> pa.Schema:
    """A file's columns; texts of every kind as such, since writers differ in what they take."""
    fields = []
    for field in footer.schema.to_arrow_schema():
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(field.with_type(pa.string()) if is_text(kind) else field)
    return pa.schema(fields)


def _common(folder: Path, parts: list[Path], schemas: list[pa.Schema]) -> pa.Schema:
    """One schema for all files: a reader left alone takes the first file's, and drops what others add."""
    common = schemas[0]
    for part, schema in zip(parts[1:], schemas[1:], strict=True):
        try:
            common = pa.unify_schemas([common, schema], promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            for field in schema:
                earlier = common.field(field.name).type if field.name in common.names else field.type
                try:
                    pa.unify_schemas(
                        [pa.schema([(field.name, earlier)]), pa.schema([field])], promote_options="permissive"
                    )
                except (pa.ArrowInvalid, pa.ArrowTypeError):
                    raise EvidenceError(
                        f"{folder}: the column {field.name} is {field.type} in {part.relative_to(folder)} "
                        f"but {earlier} in the files before it; write it in one type"
                    ) from None
            raise
    return common


def _arrow_file(path: Path) -> pa.Table:
    try:
        with pa.OSFile(str(path)) as file:
            try:
                return _checked(pa.ipc.open_file(file).read_all(), path)
            except pa.ArrowInvalid:
                file.seek(0)
                return _checked(pa.ipc.open_stream(file).read_all(), path)
    except (pa.ArrowInvalid, OSError) as error:
        raise EvidenceError(f"{path}: is not an Arrow or Feather file: {_first_line(error)}") from None


def _checked(table: Rows, path: Path, codes_in_range: bool = False) -> Rows:
    """Files may hold anything; text that is no text would fail far from here."""
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if codes_in_range and pa.types.is_dictionary(column.type):
            column = column.dictionary
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            raise EvidenceError(f"{path}: the column {name} is broken: {_first_line(error)}") from None
    return table


@dataclass(frozen=True)
class Flow:
    """A table that is read piece by piece.

    Attributes
    ----------
    name : str
        What it is called there.
    origin : str
        What to call it in messages.
    schema : pyarrow.Schema
    first_row : int
        What the user sees as the number of the first row.
    batches : callable
        Gives the rows, in order, as record batches; again from the start unless `once`.
    once : bool
        Whether the rows pass only once.
    path : Path, optional
        The file or folder that is read for them.
    """

    name: str
    origin: str
    schema: pa.Schema
    first_row: int
    batches: Callable[[], Iterable[pa.RecordBatch]]
    once: bool = False
    path: Path | None = None


def parquet_flow(path: str | os.PathLike[str]) -> Flow:
    """What :func:`open_parquet` reads, piece by piece and never whole.

    Raises
    ------
    EvidenceError
        As :func:`open_parquet`, and where a piece turns out to be broken.
    """
    path = Path(path)
    if not path.exists():
        raise EvidenceError(f"there is no file or folder {path}")
    folder = path.is_dir()
    name, origin = (_stem(path), f"{path.name}/") if folder else (path.stem, path.name)
    if path.suffix.lower() in _ARROW and not folder:
        with _legible(path):
            reader = _arrow_reader(path)
        return Flow(
            name, origin, reader.schema, 1, lambda: _pieces(path, _arrow_pieces(path)), path=path.resolve()
        )
    with _legible(path):
        dataset = _partitioned(path) if folder else ds.dataset(path, format=_format([_footer(path)]))
    # little is read ahead: that is what memory is kept small with; with threads of its own Arrow reads on
    options = ds.ParquetFragmentScanOptions(pre_buffer=False, use_buffered_stream=True)
    ahead = {"batch_size": _PIECE, "batch_readahead": 1, "fragment_readahead": 1, "use_threads": False}
    return Flow(
        name, origin, dataset.schema, 1,
        lambda: _pieces(path, dataset.to_batches(fragment_scan_options=options, **ahead)),
        path=path.resolve(),
    )  # fmt: skip


@contextmanager
def _legible(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror or _first_line(error)}") from None
    except pa.ArrowException as error:
        raise EvidenceError(f"{path}: cannot be read: {_first_line(error)}") from None


def _arrow_reader(path: Path) -> Any:
    file = pa.OSFile(str(path))  # a mapped file that is cut short would end the process
    try:
        return pa.ipc.open_file(file)
    except pa.ArrowInvalid:
        file.seek(0)
        return pa.ipc.open_stream(file)


def _arrow_pieces(path: Path) -> Iterator[pa.RecordBatch]:
    reader = _arrow_reader(path)
    if isinstance(reader, pa.ipc.RecordBatchStreamReader):
        yield from reader
    else:
        yield from (reader.get_batch(i) for i in range(reader.num_record_batches))


def _pieces(path: Path, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    with _legible(path):
        for batch in batches:
            yield _checked(batch, path)


# --- databases --------------------------------------------------------------------------------------


def open_database(
    source: Any, queries: Mapping[str, str] | None = None, wanted: Iterable[str] = ()
) -> list[Raw]:
    """Evidence tables of a database, which is only ever read.

    Parameters
    ----------
    source : path, URL or connection
        A DuckDB or SQLite file (told apart by what is in it); ``postgresql://…``,
        ``duckdb:///file``, ``sqlite:///file`` or any URL that SQLAlchemy knows; or a live
        connection of DuckDB, ADBC, SQLAlchemy (also an engine) or a DB-API driver, which
        stays open.
    queries : mapping of str to str, optional
        Evidence table to the name of a table or view (``staff`` or ``hr.staff``), or to one SELECT.
    wanted : iterable of str
        Spellings of evidence tables. Every table and view of such a name is read, but for those
        that `queries` name.

    Returns
    -------
    list of Raw
        Named as in `queries`, else as in the database; rows count from 1.

    Raises
    ------
    EvidenceError
        The database cannot be opened or its driver is missing, there is no such table, a query
        fails or is not one SELECT, or two columns have one name.

    Notes
    -----
    The cells of SQLite have types of their own, whatever their column says: a column whose
    cells are of several types is read as text. Queries are wrapped in a SELECT, and databases that
    are opened here are opened for reading only.

    Examples
    --------
    >>> import sqlite3
    >>> connection = sqlite3.connect(":memory:")
    >>> _ = connection.execute("CREATE TABLE staff (no TEXT, name TEXT)")
    >>> _ = connection.execute("INSERT INTO staff VALUES ('001', '青木')")
    >>> (people,) = open_database(connection, {"people": "SELECT no AS person_id, name FROM staff"})
    >>> people.name, people.columns["person_id"].to_pylist()
    ('people', ['001'])
    >>> connection.close()
    """
    with connect(source) as database:
        names = database.listing()
        chosen = [(table, _chosen(database, names, table, text)) for table, text in (queries or {}).items()]
        taken = {sql for _, sql in chosen}
        names = [name for name in names if database.select(name) not in taken]
        others = _wanted(database, names, wanted, bool(chosen))
        chosen += [(name.table, database.select(name)) for name in others]
        raws = []
        for table, sql in chosen:
            origin = f"{database.where}:{table}"
            raws.append(_raw(table, origin, database.read(sql, origin)))
        return raws


def _wanted(database: Database, names: list[Name], wanted: Iterable[str], enough: bool) -> list[Name]:
    spellings = {key(word): word for word in wanted}
    found: dict[str, list[Name]] = {}
    for name in names:
        if key(name.table) in spellings:
            found.setdefault(name.table, []).append(name)
    if not found and not enough:
        there = f"there are {listed(names)}" if names else "it has no tables"
        raise EvidenceError(
            f"{database.where}: no table or view is named like {listed(spellings.values())}; {there}; "
            "say which is which with tables={evidence table: table name or SELECT}"
        )
    return [_only(database, several) for several in found.values()]


def _only(database: Database, several: list[Name]) -> Name:
    here = [name for name in several if name.home] or several
    if len(here) > 1:
        raise EvidenceError(
            f"{database.where}: {here[0].table} is there more than once, as {listed(here)}; "
            f"say which with tables={{{here[0].table!r}: …}}"
        )
    return here[0]


_QUERY = re.compile(r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|values|from)\b\W", re.I | re.S)
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|(?P<comment>--[^\n]*|/\*.*?\*/)|.", re.S
)


def _chosen(database: Database, names: list[Name], table: str, text: str) -> str:
    """The SELECT that a query or a table's name stands for."""
    place = f"{database.where}:{table}"
    if not isinstance(text, str) or not text.strip():
        raise EvidenceError(f"{place}: expected the name of a table or a SELECT, came {text!r}")
    same = [name for name in names if text in (name.table, str(name))]
    same = same or [n for n in names if text.casefold() in (n.table.casefold(), str(n).casefold())]
    if same:
        return database.select(_only(database, same))
    if _QUERY.match(text):
        query = _single(text, place)
        # in here nothing but a SELECT can stand; some databases rename columns of one name in here
        return query if database.guarded else f"SELECT * FROM (\n{query}\n) evidence_rows"
    close = near(text, [str(name) for name in names])
    hint = f"; did you mean {close!r}?" if close else ""
    there = f"there are {listed(names)}" if names else "it has no tables"
    raise EvidenceError(f"{place}: there is no table or view {text!r}; {there}{hint}")


def _single(text: str, place: str) -> str:
    """A query without what may follow its last semicolon; a second statement is refused."""
    end = None
    for token in _TOKEN.finditer(text):
        if end is not None and not token["comment"] and token[0].strip(" \t\r\n;"):
            raise EvidenceError(f"{place}: expected one SELECT, came several statements")
        if token[0] == ";" and end is None:
            end = token.start()
    return text[:end]


# --- what both share --------------------------------------------------------------------------------


def _raw(name: str, origin: str, table: pa.Table) -> Raw:
    once(origin, table.column_names)
    columns = {column: plain(cells) for column, cells in zip(table.column_names, table.columns, strict=True)}
    return Raw(name, origin, columns, table.num_rows, 1)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
