"""The commands of ``python3 -m app``, their options and their help: one place for set-up and command line.

``app.__main__`` answers ``--help`` and wrong options from here before anything is installed;
``app.cli`` parses with the same parser and then acts.
"""

from __future__ import annotations

import argparse

from app import __version__

DESCRIPTION = """\
Vorlauf: a case service for training alliances, driven by BPMN.

The first run sets everything up inside this folder (.tools, .venv, built assets);
later runs need no network.
"""

EPILOG = """\
start here:
  python3 -m app demo      then open the printed address in a browser
  python3 -m app test

Options of one command: python3 -m app COMMAND --help
Settings come from VORLAUF_* environment variables; the documentation lists each.
"""

PRIVATE_POSTGRES = "postgres"
"""As ``walk --database postgres``: a PostgreSQL of its own, started from a development package."""


def needs_development_packages(argv: list[str]) -> bool:
    """Tell whether a command line needs more than what production installs."""
    return argv[0] in {"test", "check", "bench"} or (argv[0] == "walk" and PRIVATE_POSTGRES in argv)


class _Overview(argparse.RawDescriptionHelpFormatter):
    """Commands and what they do on one line each."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; the chosen command is in ``command``."""
    parser = argparse.ArgumentParser(
        prog="python3 -m app",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=_Overview,
    )
    parser.add_argument("--version", action="version", version=f"Vorlauf {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", required=True)
    _add_demo(commands)
    _add_serve(commands)
    _add_walk(commands)
    _add_migrate(commands)
    _add_create_admin(commands)
    _add_worker(commands)
    _add_backup(commands)
    _add_restore(commands)
    _add_decisions(commands)
    _add_funding(commands)
    _add_documents(commands)
    _add_test(commands)
    _add_check(commands)
    _add_bench(commands)
    _add_lock(commands)
    return parser


_Commands = argparse._SubParsersAction  # the only name that argparse has for it


def _add(
    commands: _Commands[argparse.ArgumentParser], name: str, summary: str, more: str = ""
) -> argparse.ArgumentParser:
    """Add one command: its summary stands in the overview, ``more`` only in its own help."""
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}. {more}".strip(),
    )


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", metavar="URL", help="database address (default: VORLAUF_DATABASE_URL)")


def _add_demo(commands: _Commands[argparse.ArgumentParser]) -> None:
    demo = _add(
        commands,
        "demo",
        "start a filled demo alliance and print its address and logins",
        "The data is made once, by walking real cases, and kept until --reset.",
    )
    _add_address(demo)
    demo.add_argument(
        "--data",
        metavar="DIR",
        default="var/demo",
        help="folder of the demo's database (default: %(default)s)",
    )
    demo.add_argument("--reset", action="store_true", help="throw the demo's data away and make it anew")


def _add_serve(commands: _Commands[argparse.ArgumentParser]) -> None:
    serve = _add(commands, "serve", "serve Vorlauf as the VORLAUF_* settings say", "Run `migrate` first.")
    _add_address(serve)


def _add_walk(commands: _Commands[argparse.ArgumentParser]) -> None:
    walk = _add(
        commands,
        "walk",
        "walk a new case to its end over HTTP, one printed line a step",
        "The roles take turns; then the history is verified. Exit code 1 if the case does not end completed.",
    )
    walk.add_argument(
        "--database",
        metavar="URL",
        help="database address; `postgres`: a private PostgreSQL (default: SQLite in a temporary folder)",
    )


def _add_migrate(commands: _Commands[argparse.ArgumentParser]) -> None:
    _add_database(_add(commands, "migrate", "bring the database to this version's tables"))


def _add_create_admin(commands: _Commands[argparse.ArgumentParser]) -> None:
    create = _add(
        commands,
        "create-admin",
        "invite an administrator and print the one-time link",
        "For the first user of an empty installation. Again for the same login: a new link, until one is used.",
    )
    create.add_argument("login", metavar="LOGIN", help="lower-case letters, digits, dots, dashes")
    create.add_argument("email", metavar="EMAIL", help="address for later mails; the link is printed, not mailed")
    _add_database(create)


def _add_worker(commands: _Commands[argparse.ArgumentParser]) -> None:
    worker = _add(commands, "worker", "work off jobs and due timers, beside one or more `serve`")
    worker.add_argument("--once", action="store_true", help="work off what is due now, then end")


def _add_backup(commands: _Commands[argparse.ArgumentParser]) -> None:
    backup = _add(
        commands,
        "backup",
        "copy the embedded database into a new file",
        "Its documents go into the folder FILE.documents. Exit code 1 if one of them is missing or altered.",
    )
    backup.add_argument("file", metavar="FILE", help="the file to make")
    _add_database(backup)


def _add_restore(commands: _Commands[argparse.ArgumentParser]) -> None:
    restore = _add(
        commands,
        "restore",
        "put a copy back and prove what is in it",
        "Only the embedded database. Exit code 1 if a history or a document is not what it was.",
    )
    restore.add_argument("file", metavar="FILE", help="a file that `backup` has made")
    restore.add_argument("--replace", action="store_true", help="keep the database that is there under another name")
    _add_database(restore)


def _add_decisions(commands: _Commands[argparse.ArgumentParser]) -> None:
    decisions = _add(commands, "decisions", "check and explain decision tables, run the DMN kit")
    actions = decisions.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="everything found in DMN files; exit code 1 for an error")
    check.add_argument("files", nargs="+", metavar="FILE")
    explain = actions.add_parser("explain", help="make one decision and show the rules that led to it")
    explain.add_argument("file", metavar="FILE")
    explain.add_argument("decision", metavar="DECISION", help="id of the decision")
    explain.add_argument("inputs", metavar="JSON", help="inputs by name; dates as ISO text")
    tck = actions.add_parser("tck", help="run a folder of the DMN conformance kit; exit code 1 for a difference")
    tck.add_argument("folder", metavar="DIR")
    for action in (check, explain, tck):
        action.add_argument("--json", action="store_true", help="print JSON and nothing else")


def _add_funding(commands: _Commands[argparse.ArgumentParser]) -> None:
    funding = _add(
        commands,
        "funding",
        "assess the funding of one person, course and company",
        "Prints the answer of POST /api/v1/funding/assessments; with the shipped tables, without a database.",
    )
    funding.add_argument("file", metavar="FILE", help="the request as JSON; `-`: standard input")
    funding.add_argument("--language", choices=("de", "en"), default="de", help="(default: %(default)s)")


def _add_documents(commands: _Commands[argparse.ArgumentParser]) -> None:
    documents = _add(
        commands,
        "documents",
        "verify that every document is there, unaltered",
        "File, row and history are compared. Exit code 1 if a file is missing or altered; each is named with its case.",
    )
    documents.add_argument("action", choices=["verify"], help="what to do")
    _add_database(documents)


def _add_test(commands: _Commands[argparse.ArgumentParser]) -> None:
    test = _add(
        commands,
        "test",
        "run the tests; all arguments go to pytest",
        "The whole suite runs in parallel; naming files or giving -n or --pdb turns that off.",
    )
    test.add_argument(
        "arguments",
        nargs=argparse.REMAINDER,
        metavar="...",
        help="for example: -m 'not sweep' -k inbox tests/cases",
    )


def _add_check(commands: _Commands[argparse.ArgumentParser]) -> None:
    _add(
        commands,
        "check",
        "check style, types, imports, diagrams and committed files",
        "All tools run; exit code 1 when one of them finds something.",
    )


def _add_bench(commands: _Commands[argparse.ArgumentParser]) -> None:
    bench = _add(
        commands,
        "bench",
        "measure how long the main calls take, on SQLite and PostgreSQL",
        "Exit code 1 where a limit is missed.",
    )
    bench.add_argument("--json", action="store_true", help="print the measurements as JSON and nothing else")
    bench.add_argument("--quick", action="store_true", help="the same limits on fewer rows and rounds")


def _add_lock(commands: _Commands[argparse.ArgumentParser]) -> None:
    lock = _add(
        commands,
        "lock",
        "renew requirements/*.txt from pyproject.toml (needs a network)",
        "Keeps the locked versions where they still fit.",
    )
    lock.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
