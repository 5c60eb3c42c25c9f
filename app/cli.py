"""The commands behind ``python3 -m app``; set-up has happened before (``app.bootstrap``).

A command imports the application when it runs: ``serve`` and a demo that is ready only start the server, which
imports it itself.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.bootstrap.commands import build_parser
from app.demo.people import LOGINS, PASSWORD
from app.demo.serving import gunicorn_command
from app.platform.settings import ROOT, Settings, variable_name


def demo(arguments: Namespace) -> int:
    """Fill the demo's database unless that has been done by this very version; print address and logins; serve."""
    folder = (ROOT / arguments.data).resolve()
    complete = folder / "complete"
    address = os.environ.get(variable_name("public_url"), f"http://{arguments.host}:{arguments.port}")
    database = f"sqlite:///{folder / 'vorlauf.db'}"
    settings = Settings.from_environment(database_url=database, public_url=address, demo=True)
    version = _version_of_data()
    if arguments.reset or not complete.exists():  # a filling that was interrupted begins anew
        for name in ("complete", "vorlauf.db", "vorlauf.db-wal", "vorlauf.db-shm"):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(settings.documents_folder, ignore_errors=True)
    if not complete.exists() or complete.read_text() != version:
        _prepare_demo(settings)
        complete.write_text(version)
    print(f"\nVorlauf: http://{arguments.host}:{arguments.port}/   (Ctrl+C ends it)")
    print(f"Logins, password {PASSWORD}: {', '.join(LOGINS)}\n", flush=True)
    return _serve(settings, arguments)


def _version_of_data() -> str:
    """A fingerprint of what decides over the demo's tables and processes: migrations, diagrams, tables, forms."""
    digest = hashlib.sha256()
    for folder in ("migrations", "processes", "forms"):
        for path in sorted(path for path in (ROOT / folder).rglob("*.*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _prepare_demo(settings: Settings) -> None:
    from app.demo.prepare import fill_if_empty, migrate
    from app.factory import create_app

    app = create_app(settings)
    migrate(app)
    made = fill_if_empty(app, lambda line: print(f"  walked: {line}", flush=True))
    if made:
        print(f"Filled the demo alliance with {made} cases.")


def serve(arguments: Namespace) -> int:
    """Serve as the settings say."""
    return _serve(Settings.from_environment(), arguments)


def _serve(settings: Settings, arguments: Namespace) -> int:
    """Replace this process by the server, so that signals reach it directly."""
    command = gunicorn_command(settings, arguments.host, arguments.port)
    decided = {
        "database_url": settings.database_url,
        "public_url": settings.public_url,
        "demo": str(int(settings.demo)),
    }
    environment = {**os.environ, **{variable_name(name): value for name, value in decided.items()}}
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execve(command[0], command, environment)  # noqa: S606 - a list, no shell


def migrate_database(arguments: Namespace) -> int:
    """Bring the database to this version and deploy the shipped processes."""
    from app.demo.prepare import migrate
    from app.factory import create_app

    migrate(create_app(_settings_for(arguments)))
    print("The database is up to date.")
    return 0


def create_admin(arguments: Namespace) -> int:
    """Invite an administrator and print the link."""
    from app.factory import create_app
    from app.identity.first_user import AdministratorRefused
    from app.identity.first_user import create_admin as create
    from app.platform.clock import utcnow
    from app.platform.db import db, unit_of_work

    settings = _settings_for(arguments)
    with create_app(settings).app_context():
        try:
            with unit_of_work(db.session()) as session:
                link = create(session, arguments.login, arguments.email, utcnow(), settings.public_url)
        except AdministratorRefused as why:
            print(why, file=sys.stderr)
            return 1
        finally:
            db.session.remove()
            db.engine.dispose()
    print(f"Within 7 days, {arguments.login} chooses a password here:\n{link}")
    return 0


def worker(arguments: Namespace) -> int:
    """Work off jobs and timers."""
    from app.factory import create_app
    from app.worker import run_forever, tick

    app = create_app(Settings.from_environment())
    if arguments.once:
        print(f"{tick(app)} jobs and timers worked off.")
        return 0
    run_forever(app)
    return 0


def _settings_for(arguments: Namespace) -> Settings:
    """The settings, with the database that ``--database`` names."""
    return Settings.from_environment(**({"database_url": arguments.database} if arguments.database else {}))


def backup(arguments: Namespace) -> int:
    """Copy the embedded database into a new file, and its documents into a folder beside that."""
    from app.platform.backup import BackupRefused, back_up, database_file

    settings = _settings_for(arguments)
    try:
        copied = back_up(database_file(settings.database_url), Path(arguments.file), settings.documents_folder)
    except BackupRefused as why:
        print(why, file=sys.stderr)
        return 1
    print(f"Copied to {arguments.file}, with {copied.files - len(copied.lost)} documents beside it.")
    return _name_lost(copied.lost)


def _name_lost(lost: Sequence[str]) -> int:
    if lost:
        print(f"{len(lost)} documents are missing or altered: {', '.join(lost)}.", file=sys.stderr)
    return 1 if lost else 0


def restore_backup(arguments: Namespace) -> int:
    """Put a copy in the place of the embedded database; prove every history and every document."""
    from app.platform.backup import BackupRefused, database_file, restore

    settings = _settings_for(arguments)
    try:
        kept = restore(
            Path(arguments.file),
            database_file(settings.database_url),
            replace=arguments.replace,
            documents=settings.documents_folder,
        ).kept
    except BackupRefused as why:
        print(why, file=sys.stderr)
        return 1
    if kept is not None:
        print(f"The database that was there is kept as {kept.name}.")
    return _prove(settings)


def _prove(settings: Settings) -> int:
    from app.cases.chains import verify_all
    from app.factory import create_app
    from app.platform.db import db

    with create_app(settings).app_context():
        proved = verify_all(db.session())
        db.session.remove()
        db.engine.dispose()
    named = f": {', '.join(proved.broken)}" if proved.broken else ""
    print(f"{proved.cases} histories proved, {len(proved.broken)} broken{named}.")
    return _prove_documents(settings) or (1 if proved.broken else 0)


def verify_documents(arguments: Namespace) -> int:
    """Prove every document: its file is there, and is what row and history say."""
    return _prove_documents(_settings_for(arguments))


def _prove_documents(settings: Settings) -> int:
    from app.documents.verification import verify_files
    from app.factory import create_app
    from app.platform.db import db
    from app.platform.filestore import FileStore

    with create_app(settings).app_context():
        proved = verify_files(db.session(), FileStore(settings.documents_folder))
        db.session.remove()
        db.engine.dispose()
    print(f"{proved.documents} documents proved, {len(proved.findings)} missing or altered.")
    for finding in proved.findings:
        print(f"  {finding.case_number}  {finding.document_id}  {finding.what}")
    return 1 if proved.findings else 0


def walk_case(arguments: Namespace) -> int:
    """Walk a new case to its end over HTTP."""
    from app.demo.walk import walk

    return walk(arguments.database)


def bench(arguments: Namespace) -> int:
    """Measure; the benchmarks live in ``bench/``."""
    options = [f"--{name}" for name in ("json", "quick") if getattr(arguments, name)]
    command = [sys.executable, "-m", "bench", *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def decisions(arguments: Namespace) -> int:
    """Check, explain or score decision tables."""
    from app.decisions import report
    from app.platform import codec

    try:
        match arguments.action:
            case "check":
                found = report.check([Path(name) for name in arguments.files])
            case "explain":
                found = report.explain(Path(arguments.file), arguments.decision, codec.loads(arguments.inputs))
            case _:
                found = report.conformance(Path(arguments.folder))
    except (OSError, codec.MalformedJson) as error:
        print(error, file=sys.stderr)
        return 2
    print(codec.dumps(found.data).decode() if arguments.json else "\n".join(found.lines))
    return found.code


def funding(arguments: Namespace) -> int:
    """Assess a request with the shipped tables; the answer as JSON."""
    from app.funding import command

    text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text("utf-8")
    code, answer = command.run(text, Path(Settings.from_environment().processes_dir), arguments.language)
    print(answer)
    return code


COMMANDS: Mapping[str, Callable[[Namespace], int]] = {
    "demo": demo,
    "serve": serve,
    "walk": walk_case,
    "migrate": migrate_database,
    "create-admin": create_admin,
    "worker": worker,
    "backup": backup,
    "restore": restore_backup,
    "decisions": decisions,
    "funding": funding,
    "documents": verify_documents,
    "bench": bench,
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = build_parser().parse_args(sys.argv[1:] if argv is None else argv)
    return COMMANDS[arguments.command](arguments)


if __name__ == "__main__":
    sys.exit(main())
