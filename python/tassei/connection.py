"""Databases: opened for reading, or lent to us open; all answer a SELECT with an Arrow table."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from .database import CATALOGS, Database, Name, first_sentence, names_of, quoted
from .error import EvidenceError
from .rows import fetch_rows

__all__ = ["Database", "Name", "connect", "database_file"]

_INSTALL = "pip install 'tassei[database]'"


def database_file(path: str | os.PathLike[str]) -> str | None:
    """``duckdb`` or ``sqlite``, by the file's first bytes; None for any other file.

    >>> database_file(__file__)
    """
    with Path(path).open("rb") as file:
        head = file.read(20)
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    return "duckdb" if head[8:12] == b"DUCK" else None


@contextmanager
def connect(source: Any) -> Iterator[Database]:
    """A database by its path or URL, closed at the end, or of a live connection, left open.

    Raises
    ------
    EvidenceError
        There is no such file, it is no database, its server refuses, a driver is missing, or
        the object is of no known kind.
    """
    if isinstance(source, str) and "://" in source:
        with _discreet(source), _url(source) as database:
            yield database
    elif isinstance(source, str | os.PathLike):
        with _file(Path(source)) as database:
            yield database
    else:
        with _live(source) as database:
            yield database


# --- files and URLs ---------------------------------------------------------------------------------


@contextmanager
def _file(path: Path) -> Iterator[Database]:
    if not path.exists():
        raise EvidenceError(f"there is no file {path}")
    if not path.is_file():
        raise EvidenceError(f"expected a DuckDB or SQLite file, came the folder {path}")
    try:
        kind = database_file(path)
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    if kind is None:
        raise EvidenceError(f"{path} is neither a DuckDB nor a SQLite database{_what(path)}")
    if kind == "sqlite":
        with closing(_sqlite_file(path)) as connection, _sqlite(connection, path.name) as database:
            yield database
        return
    duckdb = _driver("duckdb", path.name)
    try:
        opened = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise EvidenceError(f"{path}: cannot be opened: {first_sentence(error)}") from None
    with closing(opened):
        yield _duckdb(opened, path.name)


def _what(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(20)
    if not head:
        return ": it is empty"
    if b"Standard Jet DB" in head or b"Standard ACE DB" in head:
        return ": it is a Microsoft Access database; export its tables to CSV or Excel"
    if head.startswith(b"PAR1"):
        return ": it is a Parquet file"
    return "; an encrypted one must be opened with its own library, and the connection passed"


def _sqlite_file(path: Path) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    journal = path.with_name(path.name + "-wal")
    # a database in WAL mode on a disk that cannot be written opens as immutable only
    modes = ["mode=ro"] if journal.exists() else ["mode=ro", "mode=ro&immutable=1"]
    said = ""
    for mode in modes:
        connection = sqlite3.connect(f"{uri}?{mode}", uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return connection
        except sqlite3.Error as error:
            connection.close()
            said = said or first_sentence(error)
    raise EvidenceError(f"{path}: cannot be opened: {said}")


# of other URLs a driver may take a piece of the password for a host, and say so
_CLEAN = re.compile(r"[^:/?#@\s]+://([^/?#@\s]*@)?[^/?#@\s]*(/[^?#@]*)?(\?[^#@]*)?")


@contextmanager
def _discreet(url: str) -> Iterator[None]:
    """Keeps a URL's password out of what is said."""
    secrets = {
        secret for text in (url, unquote(url))
        for secret in re.findall("(?:password|passwd|pwd)=([^&;]+)", text, re.I)
    }  # fmt: skip
    userinfo = re.match(r"[^:]*://[^/@]*?:(.*)@", url, re.S)
    secrets |= {userinfo[1]} if userinfo else set()
    secrets |= {unquote(secret) for secret in secrets}
    try:
        yield
    except EvidenceError as error:
        said = str(error)
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            said = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "…", said)
        if said == str(error):
            raise
        raise EvidenceError(said, error.issues) from None


@contextmanager
def _url(url: str) -> Iterator[Database]:
    unreadable = EvidenceError(
        "the database's URL cannot be read; expected scheme://user:password@host/name, with "
        "/ ? # @ % and blanks in names and passwords as %2F %3F %23 %40 %25 %20"
    )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise unreadable from None
    scheme = parts.scheme.partition("+")[0].lower()
    if scheme in ("sqlite", "duckdb"):
        path = unquote(parts.path).removeprefix("/")
        if parts.netloc or path in ("", ":memory:"):
            raise EvidenceError(
                f"expected {scheme}:///path/of/the/file or a live connection, came another URL"
            )
        with _file(Path(path)) as database:
            yield database
        return
    if not _CLEAN.fullmatch(url) or re.search("%(?![0-9A-Fa-f]{2})", url):
        raise unreadable
    where = unquote(parts.path.strip("/")) or parts.hostname or scheme
    if scheme in ("postgresql", "postgres"):
        with _postgresql(f"postgresql{url[len(parts.scheme) :]}", where) as database:
            yield database
        return
    with _sqlalchemy_url(url, where) as database:
        yield database


@contextmanager
def _postgresql(url: str, where: str) -> Iterator[Database]:
    dbapi = _driver("adbc_driver_postgresql.dbapi", where)
    if "connect_timeout=" not in url:
        url += ("&" if "?" in url else "?") + "connect_timeout=15"
    try:
        connection = dbapi.connect(url)
    except dbapi.Error as error:
        raise EvidenceError(f"{where}: cannot connect: {first_sentence(error)}") from None
    with closing(connection):
        try:
            with connection.cursor() as cursor:  # every table as of one moment
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        except dbapi.Error as error:
            raise EvidenceError(f"{where}: cannot be read: {first_sentence(error)}") from None
        yield _adbc(connection, where)


@contextmanager
def _sqlalchemy_url(url: str, where: str) -> Iterator[Database]:
    sqlalchemy = _driver("sqlalchemy", where, "pip install sqlalchemy and the database's driver")
    try:
        engine = sqlalchemy.create_engine(url)
    except sqlalchemy.exc.NoSuchModuleError:
        scheme = url.partition(":")[0]
        raise EvidenceError(
            f"{where}: SQLAlchemy knows no database {scheme!r}; install its dialect, or try "
            "postgresql://, duckdb:///file or sqlite:///file"
        ) from None
    except ModuleNotFoundError as error:
        raise EvidenceError(
            f"{where}: the driver {error.name} is not installed; install it, or name another in the URL "
            "(as in mysql+pymysql://…)"
        ) from None
    except (sqlalchemy.exc.SQLAlchemyError, ValueError) as error:
        raise EvidenceError(f"{where}: cannot connect: {first_sentence(error)}") from None
    try:
        with _live(engine) as database:
            yield database
    finally:
        engine.dispose()


def _driver(module: str, where: str, install: str = _INSTALL) -> Any:
    try:
        __import__(module)
    except ModuleNotFoundError as error:
        raise EvidenceError(f"{where}: the driver {error.name} is not installed: {install}") from None
    return sys.modules[module]


# --- live connections -------------------------------------------------------------------------------


@contextmanager
def _live(source: Any) -> Iterator[Database]:
    # a subclass of a driver's connection counts as the driver's
    packages = {base.__module__.partition(".")[0].lstrip("_") for base in type(source).__mro__}
    if "duckdb" in packages and hasattr(source, "sql"):
        yield _duckdb(source, "duckdb")
    elif "adbc_driver_manager" in packages and hasattr(source, "adbc_get_info"):
        yield _adbc(source, "database")
    elif "sqlite3" in packages and isinstance(source, sqlite3.Connection):
        with _sqlite(source, "sqlite") as database:
            yield database
    elif "sqlalchemy" in packages and hasattr(source, "dialect"):
        with _sqlalchemy(source) as database:
            yield database
    elif hasattr(source, "cursor") and hasattr(source, "rollback"):
        with _dbapi(source) as database:
            yield database
    else:
        raise EvidenceError(
            f"cannot read from a {type(source).__module__}.{type(source).__qualname__}; expected the path "
            "of a DuckDB or SQLite file, a URL such as postgresql://user@host/name, or an open connection "
            "(DuckDB, ADBC, SQLAlchemy, DB-API)"
        )


def _duckdb(connection: Any, where: str) -> Database:
    import duckdb

    def fetch(sql: str) -> pa.Table:
        kinds = [str(statement.type) for statement in connection.extract_statements(sql)]
        if len(kinds) != 1 or "SELECT" not in kinds[0]:
            raise EvidenceError(f"{where}: expected one SELECT, came {sql!r}")
        return pa.table(connection.sql(sql))

    def names() -> list[Name]:
        return names_of(fetch(CATALOGS["duckdb"]))

    return Database(where, fetch, names, quoted, (duckdb.Error,), guarded=True)


def _adbc(connection: Any, where: str) -> Database:
    import adbc_driver_manager

    try:
        info = connection.adbc_get_info()
    except adbc_driver_manager.Error as error:
        raise EvidenceError(f"{where}: cannot be read: {first_sentence(error)}") from None
    dialect = str(info.get("vendor_name", "")).lower()

    def run(sql: str) -> pa.Table:
        with connection.cursor() as cursor:
            if dialect == "sqlite":  # its driver takes a column's type from the first rows it sees
                cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(1 << 30)})
            cursor.execute(sql)
            return cursor.fetch_arrow_table()

    def fetch(sql: str) -> pa.Table:
        if dialect != "postgresql":
            return run(sql)
        with connection.cursor() as cursor:
            schema = cursor.adbc_execute_schema(sql)
        odd = [pa.types.is_binary(_storage(field.type)) for field in schema]
        if any(odd) and len(set(schema.names)) == len(schema.names):  # types of one's own come as bytes
            columns = ", ".join(
                f"CAST({quoted(name)} AS text) AS {quoted(name)}" if o else quoted(name)
                for name, o in zip(schema.names, odd, strict=True)
            )
            sql = f"SELECT {columns} FROM (\n{sql}\n) evidence_columns"
        table = run(sql)
        if any(pa.types.is_timestamp(f.type) and f.type.tz for f in table.schema):
            zone = run("SELECT current_setting('TimeZone') AS zone").column(0)[0].as_py()
            table = pa.table(
                [
                    column.cast(pa.timestamp(column.type.unit, zone))
                    if pa.types.is_timestamp(column.type) and column.type.tz else column
                    for column in table.columns
                ],
                names=table.column_names,
            )  # fmt: skip
        return table

    catalog = CATALOGS.get(dialect, CATALOGS[""])
    return Database(where, fetch, lambda: names_of(run(catalog)), quoted, (adbc_driver_manager.Error,))


def _storage(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind


@contextmanager
def _sqlite(connection: sqlite3.Connection, where: str) -> Iterator[Database]:
    def fetch(sql: str) -> pa.Table:
        with closing(connection.cursor()) as cursor:
            cursor.row_factory = None
            return fetch_rows(cursor.execute(sql))

    def names() -> list[Name]:
        return names_of(fetch(CATALOGS["sqlite"]))

    try:
        before = fetch("PRAGMA query_only").column(0)[0].as_py()
        connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:  # it is closed, or another thread's
        raise EvidenceError(f"{where}: cannot be read: {first_sentence(error)}") from None
    try:
        yield Database(where, fetch, names, quoted, (sqlite3.Error,), guarded=True)
    finally:
        connection.execute(f"PRAGMA query_only = {before}")


@contextmanager
def _sqlalchemy(source: Any) -> Iterator[Database]:
    import sqlalchemy

    where = source.engine.url.database or source.dialect.name
    where = Path(where).name if source.dialect.name in ("sqlite", "duckdb") else where
    lent = isinstance(source, sqlalchemy.Connection)
    try:
        connection = source if lent else source.connect()
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise EvidenceError(f"{where}: cannot connect: {first_sentence(error)}") from None
    busy = connection.in_transaction()

    def fetch(sql: str) -> pa.Table:
        options = {"no_parameters": True}  # a % in it is a %
        with closing(connection.exec_driver_sql(sql, execution_options=options)) as result:
            return fetch_rows(result.cursor)

    def names() -> list[Name]:
        if source.dialect.name in CATALOGS:
            return names_of(fetch(CATALOGS[source.dialect.name]))
        inspector = sqlalchemy.inspect(connection)
        found = [*inspector.get_table_names(), *inspector.get_view_names()]
        return [Name("", "", name, True) for name in sorted(found)]

    quote = source.dialect.identifier_preparer.quote_identifier
    # rows come from the driver's own cursor, and so do its errors
    errors = (sqlalchemy.exc.SQLAlchemyError, source.dialect.dbapi.Error)
    try:
        yield Database(where, fetch, names, quote, errors)
    finally:
        if not lent:
            connection.close()
        elif not busy:
            connection.rollback()  # the transaction that reading began


@contextmanager
def _dbapi(connection: Any) -> Iterator[Database]:
    package = type(connection).__module__.partition(".")[0]
    dialect = {"psycopg": "postgresql", "psycopg2": "postgresql", "pg8000": "postgresql"}.get(package, "")
    error: Any = getattr(connection, "Error", None) or getattr(sys.modules[package], "Error", Exception)
    status = getattr(getattr(connection, "info", None), "transaction_status", None)

    def fetch(sql: str) -> pa.Table:
        with closing(connection.cursor()) as cursor:
            if package == "psycopg":  # whatever rows its owner wants
                cursor.row_factory = sys.modules["psycopg.rows"].tuple_row
            cursor.execute(sql)
            return fetch_rows(cursor)

    quote = (lambda name: "`" + name.replace("`", "``") + "`") if "mysql" in package.lower() else quoted
    where = getattr(getattr(connection, "info", None), "dbname", None) or package
    try:
        yield Database(where, fetch, lambda: names_of(fetch(CATALOGS[dialect])), quote, (error,))
    finally:
        if status == 0 and not getattr(connection, "autocommit", False):
            connection.rollback()  # idle before, so the transaction is of our reading
