"""An open database: the names in it, and its answer to a SELECT as an Arrow table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa

from .error import EvidenceError

__all__ = ["CATALOGS", "Database", "Name", "first_sentence", "names_of", "quoted"]

T = TypeVar("T")

# by dialect, a SELECT of every table's catalog, schema and name, and whether the bare name leads there
CATALOGS = {
    "duckdb": """
        SELECT CASE WHEN database_name = current_database() THEN '' ELSE database_name END,
               schema_name, name,
               database_name = 'temp'
               OR (database_name = current_database() AND schema_name = current_schema())
        FROM (SELECT database_name, schema_name, table_name AS name, internal FROM duckdb_tables()
              UNION ALL SELECT database_name, schema_name, view_name, internal FROM duckdb_views()) t
        WHERE NOT internal ORDER BY 1, 2, 3""",
    "sqlite": r"""
        SELECT '' AS c, 'main' AS s, name, 1 FROM main.sqlite_master
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
        UNION ALL SELECT '', 'temp', name, 1 FROM sqlite_temp_master
        WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY 2, 3""",
    "postgresql": """
        SELECT '' AS c, n.nspname::text, t.relname::text, pg_table_is_visible(t.oid)
        FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
        WHERE t.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT t.relispartition
          AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
        ORDER BY 2, 3""",
    "": """
        SELECT '' AS c, table_schema, table_name, 1 FROM information_schema.tables
        WHERE lower(table_schema) NOT IN ('information_schema', 'pg_catalog', 'mysql', 'sys',
                                          'performance_schema')
        ORDER BY 2, 3""",
}


@dataclass(frozen=True)
class Name:
    """Where a table or view is; `home` where its bare name leads to it."""

    catalog: str
    schema: str
    table: str
    home: bool

    def __str__(self) -> str:
        return self.table if self.home else ".".join(filter(None, (self.catalog, self.schema, self.table)))


@dataclass(frozen=True)
class Database:
    """An open database.

    Attributes
    ----------
    where : str
        What to call it in messages; without user and password.
    fetch : callable
        A SELECT to its rows.
    names : callable
        Its tables and views, in the order of their names.
    quote : callable
        A name as SQL writes it, whatever is in it.
    errors : tuple of exception types
        What the driver raises.
    guarded : bool
        Whether it refuses by itself to write and to run a second statement.
    """

    where: str
    fetch: Callable[[str], pa.Table]
    names: Callable[[], list[Name]]
    quote: Callable[[str], str]
    errors: tuple[type[BaseException], ...]
    guarded: bool = False

    def select(self, name: Name) -> str:
        parts = filter(None, (name.catalog, name.schema, name.table))
        return f"SELECT * FROM {'.'.join(map(self.quote, parts))}"

    def read(self, sql: str, origin: str) -> pa.Table:
        """Rows of a SELECT; what the driver says against it becomes an EvidenceError."""
        return self.ask(lambda: self.fetch(sql), origin)

    def listing(self) -> list[Name]:
        """Its tables and views."""
        return self.ask(self.names, self.where)

    def ask(self, question: Callable[[], T], origin: str) -> T:
        try:
            return question()
        except self.errors as error:
            hint = ""
            if "decode to UTF-8" in str(error):
                hint = (
                    "; its text is not UTF-8: open it with sqlite3.connect, set "
                    'connection.text_factory = lambda text: text.decode("cp932"), and pass the connection'
                )
            raise EvidenceError(f"{origin}: cannot be read: {first_sentence(error)}{hint}") from None


def names_of(table: pa.Table) -> list[Name]:
    """The names in what a SELECT of `CATALOGS` answers."""
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [Name(catalog, schema, name, bool(home)) for catalog, schema, name, home in rows]


def quoted(name: str) -> str:
    """A name as standard SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def first_sentence(error: BaseException) -> str:
    """The first sentence of a driver's message."""
    text = str(getattr(error, "orig", None) or error).strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = lines[0] if lines else type(error).__name__
    line = re.sub(r"^[A-Z_]+: (\[libpq\] )?(?=Failed)", "", line)
    line = re.sub(r"^Failed to [a-z ]+: ", "", line).removeprefix("ERROR:")
    return re.sub(r"\s+", " ", line).strip(" .")
