"""The command line: exit 0 done, 1 one clear line on standard error, 2 wrong usage."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from streams.errors import UserError
from streams.settings import Settings, table

app = typer.Typer(
    help="Holds or releases software transfers under License Exception ACE (15 CFR 740.22).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
topics_app = typer.Typer(help="Create or check the topics.", no_args_is_help=True)
reference_app = typer.Typer(help="Load what events are joined with.", no_args_is_help=True)
app.add_typer(topics_app, name="topics")
app.add_typer(reference_app, name="reference")
letters_app = typer.Typer(help="Look at what could not be read.", no_args_is_help=True)
app.add_typer(letters_app, name="dead-letters")

Reference = Annotated[
    Path,
    typer.Option(
        "--reference",
        metavar="DIR",
        help="A folder with destinations.jsonl, items.jsonl, end_users.jsonl, consolidated.json or .csv.",
    ),
]
Subjects = Annotated[
    list[str], typer.Argument(metavar="SUBJECT", help="order:ID or download:ID", show_default=False)
]
NoParties = Annotated[
    bool, typer.Option("--no-restricted-parties", help="Parties are screened by another system.")
]


@app.command()
def broker() -> None:
    """Run a real Apache Kafka on this machine. In the foreground, on the address of EXPORTGATE_BROKERS."""
    from streams import broker

    broker.run(_settings())


@topics_app.command("create")
def topics_create() -> None:
    """Create the topics, or check those that are there. A second run changes nothing."""
    from streams import topics

    created = topics.create(_settings())
    typer.echo(f"created {', '.join(created)}" if created else "every topic is there already")


@reference_app.command("load")
def reference_load(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH")] = None,
    accept_shrinkage: Annotated[
        bool,
        typer.Option(
            "--accept-shrinkage",
            help="Load a restricted-party list that lost more than 5 % of its entries, or is an older one.",
        ),
    ] = False,
) -> None:
    """Load reference records from files, or from folders of them. Without PATH, the packaged destinations."""
    from streams import reference

    for line in reference.load(_settings(), paths or [], accept_shrinkage=accept_shrinkage):
        typer.echo(line)


@app.command()
def send(paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH")] = None) -> None:
    """Publish events from JSON Lines files. Standard input is -, and also what no PATH means."""
    from streams import send

    typer.echo(send.send(_settings(), paths or [Path("-")]))


@app.command()
def find(subjects: Subjects) -> None:
    """Show every decision on a subject, oldest first. JSON Lines, or on a terminal for a person."""
    from streams import decision_view

    decision_view.show(_settings(), subjects)


@app.command()
def rescreen(
    subjects: Subjects,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who has it decided again.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")
    ] = False,
) -> None:
    """Decide stored events again by the records of now. This is how a person lifts a hold."""
    from streams import rescreen

    for line in rescreen.rescreen(_settings(), subjects, by, reason, dry_run=dry_run):
        typer.echo(line)


@letters_app.command("list")
def dead_letters_list(
    days: Annotated[int, typer.Option(min=1, metavar="N", help="Of the last N days.")] = 7,
) -> None:
    """Show the dead letters, oldest first. Of each: id, time, reason, origin, what was wrong."""
    from streams import dead_letters

    for letter in dead_letters.letters(_settings(), days):
        typer.echo(letter.in_short)


@letters_app.command("show")
def dead_letters_show(letter_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Write the bytes of one dead letter to standard output. What is known of it goes to standard error."""
    from streams import dead_letters

    letter = dead_letters.letter(_settings(), letter_id)
    typer.echo(f"{letter.in_short}\nkey: {letter.record.key!r}", err=True)
    sys.stdout.buffer.write(letter.record.value or b"")


@letters_app.command("replay")
def dead_letters_replay(
    ids: Annotated[list[str], typer.Argument(metavar="ID")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say where they would go, and send none.")
    ] = False,
) -> None:
    """Send dead letters to where they came from. What was wrong should be mended first."""
    from streams import dead_letters

    for line in dead_letters.replay(_settings(), ids, dry_run=dry_run):
        typer.echo(line)


@app.command()
def worker(
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Go on where retention took events that were not decided.")
    ] = False,
) -> None:
    """Run one worker until SIGTERM or SIGINT stops it."""
    from streams import app, logs

    logs.configure()
    app.run(_settings(), accept_loss=accept_loss)


@app.command()
def screen(
    events: Annotated[Path, typer.Argument(metavar="EVENTS", help="JSON Lines; -: standard input.")],
    reference: Reference,
    no_restricted_parties: NoParties = False,
) -> None:
    """Decide a file of events without a broker. Decisions go to stdout, dead letters to stderr."""
    from streams import file_screening

    file_screening.screen(_settings(), reference, events, parties_elsewhere=no_restricted_parties)


@app.command()
def explain(
    event: Annotated[Path, typer.Argument(metavar="EVENT", help="One event as JSON; -: standard input.")],
    reference: Reference,
    no_restricted_parties: NoParties = False,
) -> None:
    """Show the whole reasoning about one event. Every paragraph that was tested, and what it found."""
    from streams import explain_view

    explain_view.explain(_settings(), reference, event, parties_elsewhere=no_restricted_parties)


@app.command("match")
def match_names(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Names as JSON Lines; -: standard input.")],
    list_path: Annotated[
        Path, typer.Option("--list", metavar="PATH", help="The list: a consolidated.json[.gz] or .csv.")
    ],
    threshold: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, metavar="S", help="The score from which a match shows.")
    ] = None,
) -> None:
    """Screen names alone against a restricted-party list. The matches of each are JSON Lines."""
    from streams import matching

    matching.match(_settings(), list_path, file, threshold)


@app.command()
def doctor() -> None:
    """Look a deployment over and say what is wrong. The heaviest first; exit status 1 where something is."""
    from streams import doctor

    found = doctor.examine(_settings())
    for line in found:
        typer.echo(line)
    if found:
        sys.exit(1)
    typer.echo("nothing is wrong")


@app.command()
def top(
    workers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[HOST:PORT]...", help="The workers; none: the one of EXPORTGATE_WEB_PORT."),
    ] = None,
) -> None:
    """Show the workers live until Ctrl-C: rate, share of holds, latency, lag, the last holds."""
    from streams import top

    top.run(_settings(), workers or [])


@app.command()
def settings() -> None:
    """Show every setting, its value and what it means."""
    settings = _settings()
    for name, setting in table().items():
        typer.echo(f"{setting.variable}={settings.shown(name)}\n    {setting.meaning}")


@app.command()
def demo() -> None:
    """Do the main job end to end on this machine, then stop."""
    from streams import demo

    demo.run(_settings())


def _settings() -> Settings:
    return Settings.from_env()


def main() -> None:
    """Run the command that the arguments name; an error is one line, never a traceback."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except UserError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        # What could not be written is not tried again at the end, where it would be told a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _fail(f"the operating system refused: {error}")
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        _fail(f"a mistake in exportgate, please report it: {error!r} at {Path(at.filename).name}:{at.lineno}")


def _fail(message: str) -> NoReturn:
    print(f"exportgate: {message}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
