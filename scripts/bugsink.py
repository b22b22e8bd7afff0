"""Run Bugsink, a real Sentry-compatible server, as a child process that never outlives its parent.

It has an environment of its own, which scripts/setup makes. It reports to nobody, sends no mail,
and has stored an event by the time that it answers the request with it.
"""

import asyncio
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import aiohttp

from scripts.child import Child
from scripts.environments import STAMP, one_at_a_time
from scripts.home_assistant import ROOT
from scripts.ports import LOOPBACK, free_port, port_is_free

LAUNCHER = ROOT / "scripts" / "bugsink_server.py"
CONFIGURATION_NAME = "bugsink_conf.py"
DATABASE_NAME = "db.sqlite3"
ACCESS_NAME = "access.json"
LOG_NAME = "bugsink.log"
API = "/api/canonical/0"

USERNAME = "demo@example.org"
PASSWORD = "not-a-secret"  # noqa: S105 - the server listens on loopback, and for a while only
TEAM = "Open Analytics"

START_TIMEOUT = 60
STOP_TIMEOUT = 10
EVENT_TIMEOUT = 30
POLL_INTERVAL = 0.05

# Added to what bugsink-create-conf writes. An event that is not as the protocol says is stored
# nevertheless, with a warning in the log; the last envelopes are kept as they came.
SETTINGS = """
import os

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
BUGSINK |= {
    "PHONEHOME": False,
    "INGEST_STORE_BASE_DIR": os.path.abspath("ingestion"),
    "VALIDATE_ON_DIGEST": "warn",
    "KEEP_ENVELOPES": 1000,
}
"""
COMPLAINTS = ("event data validation failed", "ValidationError", "Traceback")


class BugsinkError(Exception):
    """Bugsink did not start, stopped by itself, or refused a request."""


class BugsinkMissingError(BugsinkError):
    """Bugsink can't be installed on this machine."""


class Bugsink:
    """One Bugsink in one folder, startable again after it stopped.

    It begins with an empty project. `begin_project` makes another, of which everything here
    speaks from then on, so that what came before is out of the way.
    """

    username = USERNAME
    password = PASSWORD

    def __init__(self, folder: Path | None = None, *, port: int | None = None) -> None:
        """Describe the server; nothing is installed, written or started yet.

        Without a folder it has a temporary one, which goes when it is left as a context.
        """
        self._temporary = None if folder else TemporaryDirectory(prefix="bugsink-")
        self.folder = (folder or Path(self._temporary.name if self._temporary else "")).absolute()
        self.port = port or 0
        self.dsn = ""
        self.project = 0
        self._configured = False
        self._log_before = 0
        self._token = ""
        self._child = Child()

    async def __aenter__(self) -> Self:
        """Start, and wait until it answers."""
        await self.start()
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop, whatever happened."""
        await self.stop()
        if self._temporary:
            self._temporary.cleanup()

    @property
    def url(self) -> str:
        """Return the address of the pages."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the id of the process, None where it does not run."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Tell whether the process is alive."""
        return self._child.running

    def log(self) -> str:
        """Return what the server wrote since the last start."""
        with suppress(FileNotFoundError):
            return (self.folder / LOG_NAME).read_text(encoding="utf-8", errors="replace")
        return ""

    def complaints(self) -> list[str]:
        """Return what the log says is wrong with the project's events, or with the server."""
        lines = self.log()[self._log_before :].splitlines()
        return [line for line in lines if any(map(line.__contains__, COMPLAINTS))]

    # --- The process

    async def start(self, *, timeout: float = START_TIMEOUT) -> None:
        """Start and wait until it answers, with a project; stops again where it does not."""
        self.spawn()
        try:
            await self._wait_until_answering(timeout=timeout)
            if not self.dsn:
                await self.begin_project()
        except BaseException:
            await self.stop()
            raise

    def spawn(self) -> None:
        """Write the folder, where that is new, and start the process without waiting."""
        if self.running:
            raise BugsinkError("Bugsink is running already")
        self.kill()  # what is left of one that stopped by itself
        self.port = self.port or free_port()
        if not port_is_free(self.port):
            raise BugsinkError(f"Port {self.port} is in use by another program")
        installed = environment()
        self._write_folder(installed)
        self._log_before = 0
        command = ("runserver", "--noreload", f"{LOOPBACK}:{self.port}")
        self._child.spawn(
            [installed / "bin" / "python", "-P", LAUNCHER, *command],
            folder=self.folder,
            log=self.folder / LOG_NAME,
            environ=_environ(),
        )

    async def stop(self, *, timeout: float = STOP_TIMEOUT) -> None:
        """Ask the process to stop; one that will not is killed."""
        self._child.terminate()
        for _ in _polls(timeout):
            if not self.running:
                break
            await _moment()
        self.kill()

    def kill(self) -> None:
        """Kill the process and everything that it started."""
        self._child.kill()

    async def _wait_until_answering(self, *, timeout: float) -> None:
        async with aiohttp.ClientSession() as session:
            for _ in _polls(timeout):
                if await _answers(session, f"{self.url}/health/ready"):
                    return
                if not self.running:
                    raise BugsinkError(f"Bugsink stopped:\n{self.log()[-2000:]}")
                await _moment()
        raise BugsinkError(f"Bugsink gave no answer in {timeout:.0f} s")

    def _write_folder(self, installed: Path) -> None:
        """Copy the databases from the template, and configure, unless an earlier start did."""
        if not (self.folder / DATABASE_NAME).exists():
            shutil.copytree(template(installed), self.folder, dirs_exist_ok=True)
        if not self._configured:
            _configure(installed, self.folder, self.port)
            self._configured = True
        access = json.loads((self.folder / ACCESS_NAME).read_text(encoding="utf-8"))
        self._token = access["token"]

    # --- What it has

    async def begin_project(self) -> None:
        """Make an empty project and speak of that from now on."""
        wanted = {"name": f"Home {secrets.token_hex(4)}", "team": await self._team()}
        project = await self._request("POST", "/projects/", json=wanted)
        self.project = int(project["id"])
        self.dsn = (await self._request("GET", f"/projects/{self.project}/"))["dsn"]
        self._log_before = len(self.log())

    async def issues(self) -> list[dict[str, Any]]:
        """Return the project's issues, oldest first."""
        return await self._list("/issues/", project=str(self.project))

    async def records(self) -> list[dict[str, Any]]:
        """Return the project's events, oldest first, each with what the server noted of it."""
        listed = [
            event
            for issue in await self.issues()
            for event in await self._list("/events/", issue=issue["id"])
        ]
        listed.sort(key=lambda event: event["digested_at"])
        return [await self._request("GET", f"/events/{event['id']}/") for event in listed]

    async def events(self) -> list[dict[str, Any]]:
        """Return the project's events, oldest first, exactly as the server keeps them."""
        return [record["data"] for record in await self.records()]

    async def wait_for_events(
        self, number: int = 1, *, timeout: float = EVENT_TIMEOUT
    ) -> list[dict[str, Any]]:
        """Return the events once there are that many; raises TimeoutError."""
        for _ in _polls(timeout):
            if len(events := await self.events()) >= number:
                return events
            await _moment()
        raise TimeoutError(f"Not {number} events in {timeout} s")

    def envelopes(self) -> list[bytes]:
        """Return all that came for the project, oldest first, as it came but uncompressed."""
        query = "SELECT data FROM ingest_envelope WHERE project_pk = ? ORDER BY id"
        database = f"file:{self.folder / DATABASE_NAME}?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as connection:
            return [bytes(data) for (data,) in connection.execute(query, (self.project,))]

    def issue_url(self, issue: Mapping[str, Any]) -> str:
        """Return the address of an issue's page, for who is logged in."""
        return f"{self.url}/issues/issue/{issue['id']}/event/last/"

    async def _team(self) -> str:
        for team in await self._list("/teams/"):
            return str(team["id"])
        return str((await self._request("POST", "/teams/", json={"name": TEAM}))["id"])

    async def _list(self, path: str, **params: str) -> list[dict[str, Any]]:
        """Return every item of a list, which comes in pages."""
        page = await self._request("GET", path, params=params)
        found: list[dict[str, Any]] = page["results"]
        while page["next"]:
            page = await self._request("GET", page["next"].partition(API)[2])
            found += page["results"]
        return found

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        url, headers = f"{self.url}{API}{path}", {"Authorization": f"Bearer {self._token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, url, **content) as response,
        ):
            if not response.ok:
                raise BugsinkError(f"{path}: HTTP {response.status}: {await response.text()}")
            return await response.json()


@cache
def environment() -> Path:
    """Return where Bugsink is installed, at the latest now; raises BugsinkMissingError."""
    command: list[str | Path] = [ROOT / "scripts" / "setup", "--bugsink"]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise BugsinkMissingError("Bugsink can't be installed here: scripts/setup --bugsink failed")
    return ROOT / result.stdout.strip()


def template(installed: Path) -> Path:
    """Return a folder with empty databases, made once: that takes longer than a start."""
    stamp = (installed / STAMP).read_bytes() + Path(__file__).read_bytes()
    folder = installed / f"template-{hashlib.sha256(stamp).hexdigest()[:12]}"
    with one_at_a_time():
        if not folder.exists():
            _make_template(installed, folder)
    return folder


def _make_template(installed: Path, folder: Path) -> None:
    for outdated in installed.glob("template-*"):
        shutil.rmtree(outdated)
    with TemporaryDirectory(dir=installed, prefix="making-") as name:
        making = Path(name) / folder.name
        making.mkdir()
        _configure(installed, making, port=0)
        _manage(installed, making, "migrate")
        _manage(installed, making, "migrate", "--database=snappea")
        user = (f"--username={USERNAME}", f"--email={USERNAME}")
        _manage(installed, making, "createsuperuser", "--noinput", *user)
        token = _manage(installed, making, "create_auth_token").split()[-1]
        (making / ACCESS_NAME).write_text(json.dumps({"token": token}), encoding="utf-8")
        (making / CONFIGURATION_NAME).unlink()  # each server has its own
        shutil.rmtree(making / "__pycache__", ignore_errors=True)
        making.rename(folder)


def _configure(installed: Path, folder: Path, port: int) -> None:
    place = ("--template=local", f"--host={LOOPBACK}", f"--port={port}")
    (folder / CONFIGURATION_NAME).unlink(missing_ok=True)
    _run(folder, installed / "bin" / "bugsink-create-conf", *place)
    with (folder / CONFIGURATION_NAME).open("a", encoding="utf-8") as configuration:
        configuration.write(SETTINGS)


def _manage(installed: Path, folder: Path, *command: str) -> str:
    return _run(folder, installed / "bin" / "bugsink-manage", *command)


def _run(folder: Path, *command: str | Path) -> str:
    """Run a command of Bugsink in its folder and return what it printed."""
    result = subprocess.run(
        command, cwd=folder, env=_environ(), capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BugsinkError(f"{command[1]} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def _environ() -> dict[str, str]:
    unwanted = {"PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    inherited = {key: value for key, value in os.environ.items() if key not in unwanted}
    return {**inherited, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


def _polls(timeout: float) -> range:
    """Return as many numbers as there are moments in a time."""
    return range(1 + int(timeout / POLL_INTERVAL))


async def _moment() -> None:
    """Let a moment pass, by a clock that stands still for no test."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    timer = threading.Timer(POLL_INTERVAL, loop.call_soon_threadsafe, [over.set])
    timer.start()
    try:
        await over.wait()
    finally:
        timer.cancel()
        timer.join()
