"""The command ``tassei``.

Exit codes: 0 it worked, 1 the input is at fault (the message says how), 2 wrong usage.
"""

from __future__ import annotations

import codecs
import datetime as dt
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import click

import tassei

from .error import AssessError, EvidenceError, FrameworkError, listed
from .export import WRITERS, replacing, write_frame
from .layout import aligned
from .provenance import meta
from .suppress import MIN_GROUP
from .text import visible

if TYPE_CHECKING:
    from .assessment import Assessment
    from .framework import Framework

_Command = TypeVar("_Command", bound=Callable[..., None])

TABLES = (
    "levels", "sheets", "criteria", "distribution", "completeness", "ledger", "unknowns", "forecast", "gaps",
    "additions",
)  # fmt: skip
SHOWN_ISSUES = 20


# --- helpers --------------------------------------------------------------------------------------


@contextmanager
def _said() -> Iterator[None]:
    """Faults of the input become messages."""
    try:
        yield
    except (FrameworkError, EvidenceError, AssessError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except ImportError as error:
        if error.name is None or not error.name.startswith("matplotlib"):
            raise
        raise click.ClickException(
            "pictures need matplotlib: pip install 'tassei[plot,fonts]'"
        ) from error


def _write_text(path: Path, text: str) -> None:
    with replacing(path) as target:
        target.write_text(text, encoding="utf-8")


def _table_file(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuses a name of unknown kind before any work is done."""
    if path is not None and path.suffix.lower() not in WRITERS:
        ends = ", ".join(list(WRITERS)[:-1]) + f" or {list(WRITERS)[-1]}"
        raise click.BadParameter(f"{path.name}: expected a name that ends in {ends}")
    return path


def _framework(name: str | None) -> Framework:
    known = tassei.frameworks()
    if name is None:
        if len(known) != 1:
            raise click.UsageError(
                "which framework? Give --framework, a file or one of " + ", ".join(known)
            )
        name = known[0]
    return tassei.load_framework(name)


def _read(source: Source, framework: Any, quiet: bool = False) -> Any:
    evidence = tassei.read_evidence(
        source.place, framework, on_error="collect", tables=source.tables, mapping=source.mapping
    )
    if len(evidence.issues) and not quiet:
        click.echo(
            f"{len(evidence.issues):,} issues; the rows concerned are left out "
            f"(`tassei check {source.shown}` shows them)",
            err=True,
        )
    return evidence


def _pairs(option: str, pairs: Iterable[str], form: str) -> dict[str, str]:
    """What was given as ``name=value``; a value may have = in it."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise click.BadParameter(f"expected {form}, got {pair!r}", param_hint=f"'{option}'")
        found[name.strip()] = value.strip()
    return found


def _readings(pairs: Iterable[str]) -> dict[str, str | int]:
    chosen = _pairs("--reading", pairs, "name=choice")
    return {name: int(choice) if choice.isdecimal() else choice for name, choice in chosen.items()}


def _distribution_table(assessment: Any, lang: str = "en") -> str:
    """Head counts and shares by specialty and level, certain and possible."""
    frame = assessment.distribution()
    label = assessment.framework.label
    lowest = min(assessment.framework.levels)
    rows = [["specialty", "level", "certain", "possible", "certain %", "possible %"]]
    last = None
    for row in frame.itertuples(index=False):
        level = f"below {lowest}" if row.level == 0 else str(row.level)
        shares = [
            f"{100 * share:.1f}" if share == share else "-"
            for share in (row.certain_share, row.possible_share)
        ]
        name = label("specialty", row.specialty, lang) if row.specialty != last else ""
        rows.append([name, level, f"{row.certain:,}", f"{row.possible:,}", *shares])
        last = row.specialty
    return "\n".join(aligned(rows, left=[0, 1]))


# --- options -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """Where evidence comes from, as the command line says it."""

    place: Path | str
    tables: dict[str, str]
    mapping: Path | None

    @property
    def shown(self) -> str:
        """The place without a user's name and password."""
        if isinstance(self.place, Path):
            return str(self.place)
        parts = urlsplit(self.place)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class _Place(click.Path):
    """A file or folder that is there, or a URL."""

    name = "source"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        return value if "://" in str(value) else super().convert(value, param, ctx)


def _reading_evidence(command: Any) -> Any:
    """The argument and the options of every command that reads evidence: they make one `source`."""

    @wraps(command)
    def reading(source: Path | str, tables: tuple[str, ...], mapping: Path | None, **others: Any) -> Any:
        return command(
            source=Source(source, _pairs("--tables", tables, "name=what"), mapping), **others
        )

    for option in (
        click.option(
            "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
            help="A YAML file that says what the framework's names are called in the source.",
        ),
        click.option(
            "--tables", multiple=True, metavar="NAME=WHAT",
            help="What an evidence table is called in the source: a file, a sheet, a database's table or one "
            "SELECT; may be given several times.",
        ),
        click.argument("source", type=_Place(exists=True, path_type=Path), metavar="SOURCE"),
    ):  # fmt: skip
        reading = option(reading)
    return reading


def _assessing(command: _Command) -> _Command:
    """The options of every command that assesses."""
    for option in reversed(
        (
            click.option("--framework", metavar="NAME|FILE", help="The standard to assess by."),
            click.option(
                "--as-of",
                type=click.DateTime(["%Y-%m-%d"]),
                metavar="YYYY-MM-DD",
                help="As of which day; today by default.",
            ),
            click.option(
                "--reading",
                "readings",
                multiple=True,
                metavar="NAME=CHOICE",
                help="How to read an ambiguous passage; may be given several times.",
            ),
            click.option(
                "--min-verification",
                metavar="WORD",
                help="Evidence verified less than this is only possible.",
            ),
        )
    ):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tassei")
def main() -> None:
    """Which level of a skill standard does each person's evidence prove, and what is missing?"""
    codecs.register_error("tassei", _nearest)
    for stream in (sys.stdout, sys.stderr):  # into a pipe Windows writes what its code page has
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="tassei")


_NEAR = {"·": "-", "–": "-", "—": "-", "…": "...", "≥": ">=", "≤": "<="}


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What stands for letters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_NEAR.get(c, c.encode("unicode_escape").decode()) for c in lacking), error.end


# --- commands ------------------------------------------------------------------------------------


@main.command()
def frameworks() -> None:
    """List the standards that come with tassei."""
    with _said():
        rows = []
        for name in tassei.frameworks():
            framework = tassei.load_framework(name)
            title = framework.title.get("en") or next(iter(framework.title.values()))
            rows.append([framework.id, framework.version, title])
        if rows:
            click.echo("\n".join(aligned(rows, left=[0, 1, 2])))


@main.command()
@_reading_evidence
@click.option("--framework", metavar="NAME|FILE", help="The standard whose tables these are.")
@click.option("--lang", default="en", show_default=True, help="Language of the summary: en or ja.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_table_file,
    help="Write all issues as .csv, .parquet or .xlsx.",
)
@click.pass_context
def check(
    context: click.Context, source: Source, framework: str | None, lang: str, out: Path | None
) -> None:
    """Check evidence and show what was read: exit code 0 if every cell is usable, 1 if not.

    SOURCE is a folder with a file a table (CSV, TSV, Excel, Parquet), one such file (of a workbook
    each sheet is a table), a DuckDB or SQLite file, or a URL such as postgresql://user@host/name.
    """
    with _said():
        evidence = _read(source, _framework(framework), quiet=True)
        issues = evidence.issues
        click.echo("\n".join(evidence.summary(lang).lines(issues=False)) + "\n")
        if out is not None:
            write_frame(issues.astype({"row": "Int64"}), out)
    if not len(issues):
        click.echo(f"{source.shown}: {len(evidence):,} people, no issues")
        return
    lines = _issue_lines(issues)
    for line in lines[:SHOWN_ISSUES]:
        click.echo(line, err=True)
    if len(lines) > SHOWN_ISSUES:
        rest = f", all in {out}" if out else "; --out writes all of them to a file"
        click.echo(f"… and {len(lines) - SHOWN_ISSUES:,} more kinds{rest}", err=True)
    click.echo(f"{source.shown}: {len(evidence):,} people, {len(issues):,} issues", err=True)
    context.exit(1)


def _issue_lines(issues: Any) -> list[str]:
    """One line a kind of issue, with the rows that have it."""
    lines = []
    same = [name for name in issues.columns if name != "row"]
    for kind, rows in issues.groupby(same, dropna=False, sort=False)["row"]:
        said = {name: text for name, text in zip(same, kind, strict=True) if isinstance(text, str)}
        where = ".".join(said[name] for name in ("table", "column") if said.get(name))
        value = f"{said['value']!r} " if "value" in said else ""
        places = [f"{row:.0f}" for row in rows.dropna()]
        at = f" (row{'s' if len(places) > 1 else ''} {listed(places, 5)})" if places else ""
        hint = f"; {said['hint']}" if "hint" in said else ""
        lines.append(f"{where}: {value}{said['problem']}{at}; expected {said['expected']}{hint}")
    return lines


@main.command()
@_reading_evidence
@_assessing
@click.option("--table", type=click.Choice(TABLES), default="levels", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_table_file,
    help="Write the table as .csv, .parquet or .xlsx; without it the distribution is printed.",
)
@click.option(
    "--save", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Keep the assessment, for `tassei verify` and tassei.load.",
)
@click.option(
    "--save-evidence/--no-save-evidence", default=True, show_default=True,
    help="Whether the evidence is kept with it.",
)
def assess(
    source: Source,
    framework: str | None,
    as_of: dt.datetime | None,
    readings: tuple[str, ...],
    min_verification: str | None,
    table: str,
    out: Path | None,
    save: Path | None,
    save_evidence: bool,
) -> None:
    """Assess everybody in SOURCE: a folder, a file, or the URL of a database."""
    with _said():
        assessment = _assess(source, framework, as_of, readings, min_verification)
        if save is not None:
            click.echo(f"{assessment.save(save, save_evidence)}: saved", err=True)
        if out is None:
            click.echo(_distribution_table(assessment))
            return
        frame = getattr(assessment, table)()
        write_frame(frame, out, assessment.provenance)
        click.echo(f"{out}: {len(frame):,} rows of {table}, as of {assessment.as_of}")


@main.command()
@click.argument("result", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_reading_evidence
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), callback=_table_file,
    help="Write the differences as .csv, .parquet or .xlsx.",
)
@click.pass_context
def verify(context: click.Context, result: Path, source: Source, out: Path | None) -> None:
    """Assess SOURCE again as RESULT was, a folder of `tassei assess --save`: exit code 0 if all is the same.

    Exit code 1: the evidence or a result is another.
    """
    with _said():
        saved = tassei.load(result)
        found = saved.verify(_read(source, saved.framework))
        click.echo(repr(found))
        if out is not None:
            write_frame(found.differences.astype({"level": "Int64"}), out, found.again.provenance)
    context.exit(0 if found else 1)


def _assess(
    source: Source, framework: str | None, as_of: dt.datetime | None, readings: tuple[str, ...],
    min_verification: str | None,
) -> Assessment:  # fmt: skip
    standard = _framework(framework)
    evidence = _read(source, standard)
    return tassei.assess(
        evidence,
        standard,
        as_of=None if as_of is None else as_of.date(),
        readings=_readings(readings),
        min_verification=min_verification,
    )


def _show(
    found: Any, assessment: Any, person: str, specialty: str, lang: str, page: Path | None
) -> None:
    """Prints a text, or writes it as an HTML page."""
    if page is None:
        click.echo(found.text)
        return
    title = f"{visible(person)} · {assessment.framework.label('specialty', specialty, lang)}"
    _write_text(page, _page(title, found.html, lang, meta(assessment)))
    click.echo(str(page))


def _page(title: str, body: str, lang: str, head: str) -> str:
    from html import escape

    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f"{head}\n<title>{escape(title)}</title>\n</head>\n"
        '<body style="max-width: 60rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.5; '
        'font-family: system-ui, sans-serif">\n'
        f"<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def _about_a_person(command: _Command) -> _Command:
    """What every question about one person takes."""
    for option in reversed(
        (
            _reading_evidence,
            click.argument("person"),
            click.argument("specialty"),
            click.option("--level", type=int, help="Which sheet; by default the next above the certain one."),
            click.option("--lang", default="en", show_default=True, help="Language of the answer."),
            click.option(
                "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write an HTML page instead."
            ),
            _assessing,
        )
    ):
        command = option(command)
    return command


@main.command()
@_about_a_person
def explain(
    person: str, specialty: str, level: int | None, lang: str, html: Path | None, **asked: Any
) -> None:
    """Explain one person's level in one specialty, by the evidence in SOURCE."""
    with _said():
        assessment = _assess(**asked)
        found = assessment.explain(person, specialty, level=level, lang=lang)
        _show(found, assessment, person, specialty, lang, html)


@main.command()
@_about_a_person
def gap(person: str, specialty: str, level: int | None, lang: str, html: Path | None, **asked: Any) -> None:
    """Say what one person lacks to the next level, and every minimal way to it."""
    with _said():
        assessment = _assess(**asked)
        found = assessment.gap(person, specialty, level=level, lang=lang)
        _show(found, assessment, person, specialty, lang, html)


@main.command()
@_about_a_person
def questions(
    person: str, specialty: str, level: int | None, lang: str, html: Path | None, **asked: Any
) -> None:
    """List the fewest questions whose answers decide one person's level."""
    with _said():
        assessment = _assess(**asked)
        found = assessment.questions(person, specialty, level=level, lang=lang)
        _show(found, assessment, person, specialty, lang, html)


@main.command()
@_reading_evidence
@_assessing
@click.option(
    "--person", "people", multiple=True, metavar="ID", help="Report on persons; may be given several times."
)
@click.option("--by", metavar="COLUMN", help="A column of people: show its groups too.")
@click.option(
    "--min-group", type=click.IntRange(min=0), default=MIN_GROUP, show_default=True,
    help="Hide smaller groups.",
)
@click.option("--lang", metavar="LANG", help="One language; by default all, to choose from on the page.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .html file.")
def report(
    people: tuple[str, ...], by: str | None, min_group: int, lang: str | None, out: Path, **asked: Any
) -> None:
    """Write one self-contained page about everybody in SOURCE, or about chosen persons."""
    with _said():
        path = _assess(**asked).report(out, list(people) or None, by, min_group, lang)
        click.echo(str(path))


@main.command()
@click.argument("framework", required=False)
@click.option("--lang", default="en", show_default=True, help="Language of the findings.")
@click.option("--reading", "readings", multiple=True, metavar="NAME=CHOICE", help="As for assess.")
def lint(framework: str | None, lang: str, readings: tuple[str, ...]) -> None:
    """List what in a standard contradicts, repeats or never matters."""
    with _said():
        click.echo(_framework(framework).lint(_readings(readings), lang=lang).text)


@main.command()
@click.option("--framework", metavar="NAME|FILE", help="The standard whose tables are to be filled in.")
@click.option(
    "--lang",
    metavar="LANG,…",
    help="Languages of the headers, the first also of the drop-down lists; by default ja,en.",
)
@click.option("--overwrite", is_flag=True, help="Replace a form that is there already.")
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
def template(framework: str | None, lang: str | None, overwrite: bool, out: Path) -> None:
    """Write a form for evidence: OUT is a workbook (.xlsx), or a folder for CSV files.

    What is filled in there is read by `tassei check` and `tassei assess`.
    """
    from .template import write_template

    with _said():
        standard = _framework(framework)
        if lang is None:
            path = write_template(standard, out, overwrite=overwrite)
        else:
            langs = [standard.check_language(one.strip()) for one in lang.split(",")]
            path = write_template(standard, out, langs, overwrite)
        click.echo(f"{path}: {len(standard.document.tables)} tables to fill in")


@main.command()
@click.option("--people", type=click.IntRange(min=0), default=2000, show_default=True)
@click.option("--seed", type=int, default=2011, show_default=True)
@click.option(
    "--assumptions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Draw from this file instead of the one that comes with tassei.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder."
)
def synthesize(people: int, seed: int, assumptions: Path | None, out: Path) -> None:
    """Draw an invented workforce and write its tables as CSV."""
    from .workforce import write_table

    with _said():
        for name, frame in tassei.synthesize(people, seed, assumptions).items():
            with replacing(out / f"{name}.csv") as target:
                write_table(frame, target)
            click.echo(f"{out / f'{name}.csv'}: {len(frame):,} rows")


@main.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder."
)
def demo(out: Path) -> None:
    """Assess the sample workforce; write table, pictures and report."""
    with _said():
        from . import report as pages
        from .assumptions import load_assumptions, workforce_folder
        from .plot.style import png
        from .words import languages

        folder = workforce_folder()
        standard = _framework(None if len(tassei.frameworks()) == 1 else tassei.frameworks()[0])
        evidence = _read(Source(folder, {}, None), standard)
        sample_day = dt.date.fromisoformat(load_assumptions().as_of)
        assessment = tassei.assess(evidence, standard, as_of=sample_day)
        title = standard.title.get("en") or standard.id
        click.echo(f"{title}\n{len(evidence):,} people as of {assessment.as_of}\n")
        click.echo(_distribution_table(assessment) + "\n")

        written = [out / "levels.csv"]
        write_frame(assessment.levels(), written[0], assessment.provenance)
        for lang in languages():
            written.append(out / f"levels_{lang}.png")
            with replacing(written[-1]) as target:
                target.write_bytes(png(partial(assessment.plot.distribution, lang=lang)))
        written.append(out / "report.html")
        _write_text(written[-1], pages.page(assessment))
    click.echo("Written:")
    for path in written:
        click.echo(f"  {path}")
    click.echo(
        "\nThe report opens in any browser. The notebooks, in a checkout:\n  make notebook"
    )


if __name__ == "__main__":
    main()
