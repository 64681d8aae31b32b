"""sic serve | migrate | load | unload | check | diff | rollback."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from api import __version__
from api.settings import Settings, unknown_settings

if TYPE_CHECKING:
    from seed.faults import Fault
    from seed.generations import Store
    from seed.load import Steps

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
PACKAGES = click.argument("paths", nargs=-1, required=True, type=FOLDER, metavar="PATH...")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sic")
def main() -> None:
    """Serve what a document says, each record resting on a verbatim quote."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer; SIC_WORKERS if not given, or 1.")
def serve(host: str, port: int, workers: int | None) -> None:
    """Answer requests over HTTP."""
    settings = _settings()
    if workers is not None:
        settings.workers = workers
    with _without_garbage():
        from api.launch import serve as run
    run(settings, host, port)


@main.command(hidden=True)
@click.argument("metrics_port", type=int)
@click.argument("channel", type=int)
@click.argument("inquiries", type=int)
def worker(metrics_port: int, channel: int, inquiries: int) -> None:
    """One of several processes; `serve` starts it."""
    with _without_garbage():
        from api.launch import work
    work(_settings(), metrics_port, channel, inquiries)


@main.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The API that it asks.")
def mcp(url: str) -> None:
    """Serve the API as tools for language models, over stdio."""
    try:
        from api.mcp_server import serve as run
    except ImportError:
        raise click.ClickException("this needs the extra of that name: pip install 'sic[mcp]'") from None
    run(url)


@contextmanager
def _without_garbage() -> Iterator[None]:
    """Imports leave no garbage; to look for it would take a tenth of the start."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@main.command()
def migrate() -> None:
    """Make the schema that this release reads."""
    with _reported() as (store, index_root):
        from seed.load import migrate as run

        click.echo(run(store, index_root, _steps()))


@main.command()
@PACKAGES
def load(paths: tuple[Path, ...]) -> None:
    """Add packages, or folders of packages, to what is served; a document of the same id is replaced."""
    with _reported() as (store, index_root):
        from seed.load import load as run

        loaded = run(store, paths, index_root, _steps())
        _warn(loaded.warnings)
        what = loaded.documents[0] if len(loaded.documents) == 1 else f"{len(loaded.documents)} documents"
        if loaded.changed:
            click.echo(f"loaded {what}; snapshot {loaded.snapshot}: {_counted(loaded.counts)}")
        else:
            click.echo(f"{what} already loaded, nothing changed; snapshot {loaded.snapshot}")


@main.command()
@click.argument("document", metavar="ID")
def unload(document: str) -> None:
    """Take a document away, with the actors and places that it alone uses."""
    with _reported() as (store, index_root):
        from seed.load import unload as run

        result = run(store, document, index_root, _steps())
        click.echo(f"unloaded {document}; snapshot {result.snapshot}: {_counted(result.counts)}")


@main.command()
def rollback() -> None:
    """Publish the content that was served before the last load, while it is kept; done twice, it is undone."""
    with _reported() as (store, index_root):
        from seed.load import rollback as run

        result = run(store, index_root, _steps())
        click.echo(f"published snapshot {result.snapshot} again: {', '.join(result.documents) or 'no documents'}")


@main.command()
@PACKAGES
@click.option("--complete", is_flag=True, help="Warnings are faults: every sentence has a record or a reason.")
def check(paths: tuple[Path, ...], complete: bool) -> None:
    """Tell every fault that a load would refuse, and how much of the text is accounted for; load nothing."""
    with _reported() as (store, _index_root):
        from seed.faults import Refused
        from seed.load import check as run

        checked = run(store, paths, _steps())
        if complete and checked.warnings:
            raise Refused(checked.warnings)
        _warn(checked.warnings + checked.advice)
        click.echo(_counted(checked.counts))
        click.echo(f"sentences accounted for: {checked.accounted}/{checked.counts['sentences']}")


@main.command()
@click.argument("packages", nargs=-1, required=True, type=FOLDER, metavar="[OLD] NEW")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diff(packages: tuple[Path, ...], form: str) -> None:
    """Print what changed from package OLD to NEW, or from what is loaded to NEW, record by record."""
    if len(packages) > 2:
        raise click.UsageError("Give one package, or an old and a new one.")
    with _reported() as (store, _index_root):
        from seed.difference import as_json, as_text, compare

        old = packages[0] if len(packages) == 2 else None
        difference = compare(store, old, packages[-1], _steps())
        if difference.faults:
            click.echo(f"warning: {len(difference.faults)} faults in the packages, see `sic check`", err=True)
        for line in [as_json(difference)] if form == "json" else as_text(difference):
            click.echo(line)


def _settings() -> Settings:
    for line in unknown_settings(environ):
        click.echo(f"sic: {line}", err=True)
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = f"SIC_{'_'.join(map(str, fault['loc']))}".upper()
            # A URL may hold a password, which must not reach a log.
            value = "" if name.endswith("_URL") else f" (it is {fault['input']!r})"
            click.echo(f"sic: set {name}: {fault['msg']}{value}", err=True)
        raise SystemExit(2) from None


def _steps() -> "Steps":
    """Progress, for a person who watches."""
    from seed.load import Steps

    if not sys.stderr.isatty():
        return Steps()

    class Progress(Steps):
        def reading(self, total: int) -> Callable[[int], None]:
            bar: Any = click.progressbar(length=total, label="reading", file=sys.stderr)
            bar.render_progress()
            left = total

            def advance(read: int) -> None:
                nonlocal left
                left -= read
                bar.update(read)
                if left <= 0:
                    bar.render_finish()

            return advance

        def step(self, name: str) -> None:
            click.echo(f"{name} …", err=True)

    return Progress()


@contextmanager
def _reported() -> Iterator[tuple["Store", Path | None]]:
    """Store and index of a command. What stops it is printed: all faults of packages, one line for anything else."""
    import sqlite3

    import psycopg
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from seed.faults import Refused, Unusable
    from seed.load import store

    settings = _settings()
    try:
        yield store(settings.writing_url, settings.reader_role), settings.index_root
    except Refused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        count = len(refused.faults)
        click.echo(f"sic: {count} {'fault' if count == 1 else 'faults'}; nothing was loaded", err=True)
        raise SystemExit(1) from None
    except Unusable as error:
        _stop(str(error))
    except (OSError, sqlite3.Error, psycopg.Error, SQLAlchemyError, CommandError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()
        _stop(f"{reason[0] if reason else type(error).__name__}; nothing was changed")


def _stop(message: str) -> None:
    click.echo(f"sic: {message}", err=True)
    raise SystemExit(1) from None


def _warn(warnings: "list[Fault]") -> None:
    for warning in sorted(warnings):
        click.echo(f"warning: {warning}", err=True)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind if count != 1 else kind[:-1]}" for kind, count in counts.items())
