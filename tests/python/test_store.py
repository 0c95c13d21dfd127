"""Evidence from Parquet, Arrow, DuckDB, SQLite and PostgreSQL: read only, in types it knows, clear errors."""

import datetime as dt
import sqlite3
import sys
from contextlib import closing

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy
import tassei
from postgres import PASSWORD, postgres_server  # noqa: F401
from psycopg.rows import dict_row, namedtuple_row, scalar_row, tuple_row
from tassei.rows import fetch_rows
from tassei.store import open_database, open_parquet, parquet_tables


def frames(raws):
    return {raw.name: pa.table(raw.columns) for raw in raws}


def refused(source, queries=None):
    with pytest.raises(tassei.EvidenceError) as error:
        open_database(source, queries, wanted=["people"])
    # a driver's own words may hold a password
    assert error.value.__suppress_context__ or error.value.__context__ is None
    return str(error.value)


# --- PostgreSQL -------------------------------------------------------------------------------------


def types_of_its_own(server):
    with psycopg.connect(server) as connection:
        connection.execute("CREATE SCHEMA hr")
        connection.execute("CREATE TYPE hr.post AS ENUM ('member', 'manager')")
        connection.execute(
            'CREATE TABLE hr.odd (id uuid, post hr.post, size numeric, items text[], "at" timestamptz, '
            'code char(5), found jsonb, "50% :x""y" text)'
        )
        connection.execute(
            "INSERT INTO hr.odd VALUES ('00000000-0000-0000-0000-000000000001', 'manager', 12.50, '{a,b}', "
            "'2012-04-01 00:00+09', 'ab', '{\"a\": 1}', '日本')"
        )
        connection.execute("INSERT INTO hr.odd DEFAULT VALUES")
    expected = {
        "id": "00000000-0000-0000-0000-000000000001", "post": "manager", "size": "12.50",
        "items": ["a", "b"], "code": "ab   ", "found": '{"a": 1}', '50% :x"y': "日本",
    }  # fmt: skip
    engine = sqlalchemy.create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with psycopg.connect(server) as direct:
        for source in (server, direct, engine):
            (raw,) = open_database(source, {"people": "hr.odd"})
            cells = {name: column.to_pylist() for name, column in raw.columns.items()}
            at, nothing = cells.pop("at")
            assert nothing is None
            assert at.date() == dt.date(2012, 4, 1)  # in the session's zone, as psql shows it
            assert cells == {name: [value, None] for name, value in expected.items()}
    engine.dispose()


def what_it_refuses(server):
    wrong = server.replace("tassei:", "tassei:x")
    for url, says in [
        (wrong, "cannot connect: .*password authentication failed for user"),
        (server.replace("/postgres?", "/nope?"), 'database "nope" does not exist'),
        ("postgresql://me:secret@127.0.0.1:1/hr", "^hr: cannot connect: .*Connection refused"),
    ]:
        with pytest.raises(tassei.EvidenceError, match=says) as error:
            open_database(url, wanted=["people"])
        assert PASSWORD not in str(error.value)
        assert "secret" not in str(error.value)
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE kept (a int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        connection.execute(
            "CREATE FUNCTION emptied() RETURNS int LANGUAGE sql AS 'DELETE FROM kept RETURNING a'"
        )
    for query, says in [
        ("SELECT emptied()", "read-only transaction"),
        ("WITH x AS (DELETE FROM kept RETURNING a) SELECT * FROM x", "data-modifying"),
        ("SELECT 1; DROP TABLE kept", "expected one SELECT, came several statements"),
        ("SELECT nope FROM kept", r'postgres:people: cannot be read: column "nope" does not exist'),
        ("keptt", "there is no table or view 'keptt'; .*did you mean 'kept'"),
    ]:
        with pytest.raises(tassei.EvidenceError, match=says):
            open_database(server, {"people": query})
    (raw,) = open_database(server, {"people": "SELECT a, ';' AS b FROM kept -- ;\n; -- done"})
    assert (raw.rows, raw.origin, raw.first_row) == (1, "postgres:people", 1)


def rows_as_their_owner_wants_them(server):
    for maker in (dict_row, namedtuple_row, scalar_row, tuple_row):
        with psycopg.connect(server, row_factory=maker) as connection:
            (raw,) = open_database(connection, {"people": "SELECT 'P1' AS person_id, 'x' AS site"})
            assert frames([raw])["people"].to_pylist() == [{"person_id": "P1", "site": "x"}]
            with pytest.raises(tassei.EvidenceError, match=r"^postgres:people: has 'a' more than once"):
                open_database(connection, {"people": "SELECT 1 AS a, 2 AS a"})


# one test in parts: where PostgreSQL is absent, one line says so
@pytest.mark.parametrize("part", [types_of_its_own, what_it_refuses, rows_as_their_owner_wants_them])
def test_postgresql(part, server):
    part(server)


# --- SQLite and DuckDB ------------------------------------------------------------------------------


def lite(sql, rows=(), path=":memory:"):
    connection = sqlite3.connect(path)
    connection.execute(sql)
    if rows:
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.commit()
    return connection


def test_cells_of_sqlite_have_types_of_their_own():
    rows = [
        ("001", 1, "2012-04-01", 3, 1, b"\x93\xfa", 2**63 - 1),
        ("2", 0, "H24.4.1", "3億", 2.5, "x", 0.5),
        (None, None, None, 4.5, None, None, None),
    ]
    with closing(lite("CREATE TABLE t (id, yes BOOLEAN, day DATE, size, n, blob, big)", rows)) as connection:
        (raw,) = open_database(connection, {"people": "t"})
    assert {name: column.to_pylist() for name, column in raw.columns.items()} == {
        "id": ["001", "2", None], "yes": [1, 0, None], "day": ["2012-04-01", "H24.4.1", None],
        "size": ["3", "3億", "4.5"], "n": [1.0, 2.5, None], "blob": ["X'93FA'", "x", None],
        "big": ["9223372036854775807", "0.5", None],
    }  # fmt: skip


def test_a_type_that_changes_after_many_rows():
    rows = [(i, i, None) for i in range(60_000)] + [("n/a", 0.5, 7)]
    with closing(lite("CREATE TABLE t (a, b, c)", rows)) as connection:
        (raw,) = open_database(connection, {"people": "t"})
    a, b, c = (column.to_pylist() for column in raw.columns.values())
    assert raw.rows == 60_001
    assert (a[0], a[-2], a[-1]) == ("0", "59999", "n/a")
    assert (b[1], b[-1], c[0], c[-1]) == (1.0, 0.5, None, 7)


@pytest.mark.parametrize("factory", [sqlite3.Row, lambda cursor, row: {"a": row[0]}])
def test_a_lent_connection_stays_open_and_as_it_was(factory):
    connection = lite("CREATE TABLE t (a)", [(1,)])
    connection.row_factory = factory
    with pytest.raises(tassei.EvidenceError, match="no such column"):
        open_database(connection, {"people": "SELECT b FROM t"})
    assert open_database(connection, {"people": "SELECT a AS person_id FROM t"})[0].rows == 1
    connection.execute("INSERT INTO t VALUES (2)")
    connection.close()


def test_frames_and_views_of_a_duckdb_connection():
    with duckdb.connect() as connection:
        connection.register("people", pa.table({"person_id": ["P1"]}))
        connection.execute(
            "CREATE TEMP TABLE 業務経歴 AS SELECT 'P1' AS 対象者ID, [1, 2] AS x, 1::HUGEINT AS h"
        )
        raws = open_database(connection, wanted=["people", "業務経歴"])
        assert sorted(raw.name for raw in raws) == ["people", "業務経歴"]
        connection.execute(
            "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x INT); CREATE TABLE b.t (x INT)"
        )
        with pytest.raises(tassei.EvidenceError, match=r"more than once, as a\.t, b\.t"):
            open_database(connection, wanted=["T"])
        assert open_database(connection, {"people": "a.t"})[0].rows == 0


def test_a_duckdb_connection_with_rows_not_yet_fetched_keeps_them():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT 'P1' AS person_id")
        pending = connection.execute("SELECT * FROM range(3)")
        try:  # DuckDB 2 refuses other work meanwhile, and says what to do
            (raw,) = open_database(connection.cursor(), wanted=["people"])
            assert raw.rows == 1
            open_database(connection, wanted=["people"])
        except tassei.EvidenceError as error:
            assert "unfinished result" in str(error)
            assert pending.fetchall() == [(0,), (1,), (2,)]


def test_a_table_that_a_mapping_names_is_read_under_that_name_only():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT 'E1' AS x; CREATE TABLE staff AS SELECT 'P1' AS y")
        raws = open_database(connection, {"engagements": "PEOPLE"}, wanted=["people", "staff"])
        assert [(raw.name, list(raw.columns)) for raw in raws] == [("engagements", ["x"]), ("staff", ["y"])]


@pytest.mark.parametrize(
    "connect",
    [
        lambda: sqlite3.connect(":memory:"), duckdb.connect, adbc_driver_sqlite.dbapi.connect,
        lambda: sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.NullPool).connect(),
    ],
    ids=["sqlite3", "duckdb", "adbc", "sqlalchemy"],
)  # fmt: skip
def test_a_closed_connection(connect):
    connection = connect()
    connection.close()
    assert "cannot be read: " in refused(connection)


@pytest.mark.parametrize(
    "password",
    ["sec/ret", "sec?ret", "sec#ret", "se@cret", "50%sec", "a sec ret", "sec／ret", "12/sec", "sec%2Fret:s"],
)
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "mysql", "mysql+pymysql", "nodb"])
def test_no_message_holds_a_password(scheme, password):
    said = refused(f"{scheme}://me:{password}@127.0.0.1:1/hr")
    assert "sec" not in said
    assert "ret" not in said
    assert said.startswith("hr: " if password == "sec%2Fret:s" else "the database's URL cannot be read")


@pytest.mark.parametrize("slip", ["postgresql:/me:secret@h/hr", "host=h dbname=hr password=secret"])
def test_a_url_that_is_none_is_not_repeated(slip):
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    with pytest.raises(tassei.EvidenceError, match="URL is written postgresql://user:password@host") as error:
        tassei.read_evidence(slip, framework)
    assert "secret" not in str(error.value)


def test_a_password_that_a_driver_repeats(monkeypatch):
    def connect(url):
        raise adbc_driver_postgresql.dbapi.Error(f"no way in by {url!r} or 'se/cret'", status_code=1)

    monkeypatch.setattr(adbc_driver_postgresql.dbapi, "connect", connect)
    said = refused("postgresql://me:se%2Fcret@h/hr?sslpassword=other")
    assert said.startswith("hr: cannot connect: no way in by 'postgresql://me:…@h/hr?sslpassword=…")
    assert said.endswith("or '…'")


def test_a_server_that_cannot_read_as_of_one_moment(monkeypatch):
    class Connection:
        def cursor(self):
            raise adbc_driver_postgresql.dbapi.Error("no such isolation level", status_code=2)

        def close(self):
            self.closed = True

    connection = Connection()
    monkeypatch.setattr(adbc_driver_postgresql.dbapi, "connect", lambda url: connection)
    assert refused("postgresql://h/hr") == "hr: cannot be read: no such isolation level"
    assert connection.closed


class Cursor:
    """What a driver without types of its own gives."""

    def __init__(self, names, *rows):
        self.description, self.rows = [(name, None) for name in names], list(rows)

    def fetchmany(self, size):
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken


def test_rows_that_are_mappings_go_by_name():
    table = fetch_rows(Cursor(["b", "a"], {"a": 1, "b": 2}, {"b": 4, "a": 3}))
    assert table.to_pydict() == {"b": [2, 4], "a": [1, 3]}
    assert fetch_rows(Cursor(["a", "a"], {"a": 1})).column_names == ["a", "a"]


def test_whole_numbers_that_no_fraction_holds_are_kept_as_text():
    parts = [(2**60 + 1,)] * 100_000 + [(1.5,)] * 100_000
    found = fetch_rows(Cursor(["a"], *parts)).column("a")
    assert (str(found[0]), str(found[-1])) == (str(2**60 + 1), "1.5")


def test_sets_of_words_are_written_in_order():
    words = {f"word_{i}" for i in range(50)}
    table = fetch_rows(Cursor(["a"], (words,), (frozenset(words),), (["b", "a"],), (set(),), (None,)))
    joined = ";".join(sorted(words))
    assert table.column("a").to_pylist() == [joined, joined, "b;a", "none", None]


def test_names_are_quoted_whatever_is_in_them(tmp_path):
    name = 'a"; DROP TABLE t; --'
    quoted = name.replace('"', '""')
    connection = lite(f'CREATE TABLE "{quoted}" (x)', path=tmp_path / "x.sqlite")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    assert open_database(tmp_path / "x.sqlite", {"people": name})[0].rows == 0
    assert open_database(tmp_path / "x.sqlite", {"people": "t"})[0].rows == 0


def test_what_is_no_database(tmp_path):
    (tmp_path / "empty.db").write_bytes(b"")
    (tmp_path / "text.duckdb").write_text("person_id\nP1\n")
    (tmp_path / "broken.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 200)
    (tmp_path / "broken.duckdb").write_bytes(b"\0" * 8 + b"DUCK" + b"x" * 9000)
    (tmp_path / "staff.mdb").write_bytes(b"\0\1\0\0Standard Jet DB\0")
    (tmp_path / "staff.db").write_bytes(b"PAR1 and what follows")
    for source, says in [
        (tmp_path / "none.db", "there is no file"),
        (tmp_path, "came the folder"),
        (tmp_path / "empty.db", "it is empty"),
        (tmp_path / "text.duckdb", "neither a DuckDB nor a SQLite database"),
        (tmp_path / "broken.sqlite", "cannot be opened: file is not a database"),
        (tmp_path / "broken.duckdb", "cannot be opened: "),
        (tmp_path / "staff.mdb", "Microsoft Access"),
        (tmp_path / "staff.db", "it is a Parquet file"),
        ("sqlite://", "expected sqlite:///path"),
        ("postgresql://[::1/x", "URL cannot be read"),
        ("mysql://me:secret@h:bad/hr", "^hr: cannot connect"),
        ("nodb://x/y", "SQLAlchemy knows no database 'nodb'"),
        (3, "cannot read from a builtins.int; expected the path"),
    ]:
        with pytest.raises(tassei.EvidenceError, match=says):
            open_database(source, wanted=["people"])
    with closing(lite("CREATE TABLE t (a)")) as connection:
        with pytest.raises(tassei.EvidenceError, match="no table or view is named like people; there are t;"):
            open_database(connection, wanted=["people"])
        with pytest.raises(tassei.EvidenceError, match="'a' more than once"):
            open_database(connection, {"people": "SELECT 1 AS a, 2 AS a"})


def test_an_engine_that_reaches_nothing(tmp_path):
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/none/x.sqlite")
    assert "x.sqlite: cannot connect" in refused(engine)
    engine.dispose()


def test_a_query_is_text():
    with closing(lite("CREATE TABLE t (a)")) as connection:
        for nothing in (" ", 3):
            with pytest.raises(tassei.EvidenceError, match="expected the name of a table or a SELECT"):
                open_database(connection, {"people": nothing})


def test_queries_of_duckdb_only_select():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS a")
        for query, says in [
            ("SELECT 1 AS a, 2 AS a", "'a' more than once"),
            ("WITH x AS (SELECT 1 AS a) DELETE FROM t", "expected one SELECT"),
            ("FROM t; DROP TABLE t", "several statements"),
        ]:
            with pytest.raises(tassei.EvidenceError, match=says):
                open_database(connection, {"people": query})
        assert open_database(connection, {"people": "FROM t"})[0].rows == 1


def test_a_missing_driver_says_what_to_install(monkeypatch):
    for module in ("adbc_driver_postgresql", "adbc_driver_postgresql.dbapi"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(tassei.EvidenceError, match=r"hr: .*not installed: pip install 'tassei\[database\]'"):
        open_database("postgresql://localhost/hr")


def test_text_of_sqlite_that_is_not_utf8():
    connection = lite("CREATE TABLE t (a TEXT)")
    connection.execute("INSERT INTO t VALUES (CAST(x'93fa967b' AS TEXT))")
    with pytest.raises(tassei.EvidenceError, match=r"not UTF-8.*text_factory"):
        open_database(connection, {"people": "t"})
    connection.text_factory = lambda text: text.decode("cp932")
    assert open_database(connection, {"people": "t"})[0].columns["a"].to_pylist() == ["日本"]
    connection.close()


# --- Parquet ----------------------------------------------------------------------------------------


def test_partitions_are_text_and_files_may_differ(tmp_path):
    table = tmp_path / "people.parquet"
    for site, columns in {"001": {"person_id": ["P1"]}, "大阪": {"person_id": ["P2"], "age": [40]}}.items():
        (table / f"site={site}").mkdir(parents=True)
        pq.write_table(pa.table(columns), table / f"site={site}" / "part-0.snappy.parquet")
    (table / "_SUCCESS").touch()
    raw = open_parquet(table)
    assert (raw.name, raw.origin, raw.rows, raw.first_row) == ("people", "people.parquet/", 2, 1)
    assert {name: column.to_pylist() for name, column in raw.columns.items()} == {
        "person_id": ["P1", "P2"], "age": [None, 40], "site": ["001", "大阪"],
    }  # fmt: skip
    with pytest.raises(tassei.EvidenceError, match=r"is one partitioned table .*give the folder above it"):
        parquet_tables(table)
    pq.write_table(pa.table({"age": ["forty"]}), table / "site=大阪" / "z.parquet")
    with pytest.raises(tassei.EvidenceError, match=r"the column age is string in .*z.parquet but int64"):
        open_parquet(table)


def test_files_of_a_folder_keep_their_order_and_may_write_text_each_in_its_way(tmp_path):
    words = pa.array(["manager", "member", None, "manager"] * 50)
    kinds = [
        pa.string(), pa.large_string(), pa.string_view(), pa.null(), pa.dictionary(pa.int8(), pa.string()),
        pa.dictionary(pa.int32(), pa.large_string()),
    ]  # fmt: skip
    for i, kind in enumerate([*kinds, *kinds]):
        cells = pa.nulls(200) if pa.types.is_null(kind) else words.cast(kind)
        ids = pa.array([f"P{i}"] * 200)
        pq.write_table(pa.table({"person_id": ids, "position": cells}), tmp_path / f"part-{i}.parquet")
    raw = open_parquet(tmp_path)
    assert raw.columns["person_id"].to_pylist() == [f"P{i}" for i in range(12) for _ in range(200)]
    written = [[None] * 200 if i % 6 == 3 else words.to_pylist() for i in range(12)]
    assert raw.columns["position"].to_pylist() == [word for part in written for word in part]


def test_columns_of_few_texts_stay_codes(tmp_path):
    rows = 20_000
    columns = {
        "person_id": [f"P{i}" for i in range(rows)], "position": ["member", "manager"] * (rows // 2),
        "sets": [["a", "b"]] * rows, "bytes": [b"x"] * rows, "a.b": ["x"] * rows, "size": [1] * rows,
    }  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    raw = open_parquet(tmp_path / "t.parquet")
    assert {name: column.to_pylist()[-1] for name, column in raw.columns.items()} == {
        name: "x" if name == "bytes" else cells[-1] for name, cells in columns.items()
    }
    coded = [name for name, column in raw.columns.items() if pa.types.is_dictionary(column.type)]
    assert coded == ["position"]


def test_parquet_types_that_evidence_does_not_have(tmp_path):
    table = pa.table(
        {
            "bytes": pa.array(["日本".encode()], pa.binary()), "time": pa.array([dt.time(9)]),
            "pair": [{"a": 1}], "word": pa.array(["x"]).dictionary_encode(), "size": pa.array([3], pa.int8()),
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "t.parquet")
    raw = open_parquet(tmp_path / "t.parquet")
    assert [column.to_pylist()[0] for column in raw.columns.values()] == [
        "日本",
        "09:00:00",
        '{"a": 1}',
        "x",
        3,
    ]


def test_folders_without_parquet_are_passed_over(tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "people").mkdir()
    pq.write_table(pa.table({"person_id": ["P1"]}), tmp_path / "people" / "part-0")  # a name without an end
    (tmp_path / "people" / "readme").write_text("no table")
    (raw,) = parquet_tables(tmp_path)
    assert (raw.name, raw.rows) == ("people", 1)
    with pytest.raises(tassei.EvidenceError, match="there is no folder"):
        parquet_tables(tmp_path / "none")


def test_what_is_no_parquet(tmp_path):
    pq.write_table(pa.table({"a": ["x"] * 1000}), tmp_path / "whole.parquet")
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "whole.parquet").read_bytes()[:-20])
    (tmp_path / "text.arrow").write_text("a,b\n1,2\n")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "lake" / "_delta_log").mkdir(parents=True)
    bad = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\x93\xfa")]
    )
    (tmp_path / "parts").mkdir()
    pq.write_table(pa.table({"a": bad}), tmp_path / "cp932.parquet")
    pq.write_table(pa.table({"a": bad}), tmp_path / "parts" / "part-0.parquet")
    for name, says in [
        ("none.parquet", "there is no file"), ("cut.parquet", "is not a Parquet file, or was cut off"),
        ("text.arrow", "is not an Arrow or Feather file"), ("nothing", "holds no Parquet file"),
        ("lake", "a table of Delta Lake"), ("parts", "the column a is broken: .*Invalid UTF8"),
        ("cp932.parquet", "the column a is broken: .*Invalid UTF8"),
    ]:  # fmt: skip
        with pytest.raises(tassei.EvidenceError, match=says):
            open_parquet(tmp_path / name)
