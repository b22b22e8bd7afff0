"""Backups of a cluster that are cut short or meddled with: nothing of them stays, or gets out."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest

from receiver.copying import backup
from receiver.storage import StorageError
from scripts.valkey_servers import Servers as RealServers
from tests.receiver import child
from tests.receiver.copies import contents, copy, key_of, stock
from tests.receiver.copies import options as options_of
from tests.receiver.valkey.clients import options

pytestmark = pytest.mark.long

NOW = int(time.time())


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "analytics.db"
    stock(path, NOW)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (folder := tmp_path / "backups").mkdir()
    return folder / "backup.db"


def kill_while_it_writes(command: list[str], log: Path) -> None:
    """Kill a backup that has written a row, and can't end: nobody reads what it says."""
    end, output = os.pipe()
    os.set_blocking(output, False)
    with suppress(BlockingIOError):
        while True:
            os.write(output, b" ")
    os.set_blocking(output, True)
    with subprocess.Popen(command, cwd=child.ROOT, stdout=output) as process:
        limit = Timer(child.TIMEOUT, process.kill)
        limit.start()
        try:
            while not (log.exists() and key_of(5) in log.read_bytes()):
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.01)
                assert process.returncode is None
        finally:
            limit.cancel()
            process.kill()
            os.close(end)
            os.close(output)


def test_nothing_of_a_killed_backup_is_left_by_the_next_one(
    servers: RealServers, database: Path, target: Path
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    command = [sys.executable, "-m", "receiver", "backup", "--store", str(cluster), str(target)]
    kill_while_it_writes(command, target.with_name("backup.db.unfinished-wal"))
    assert not target.exists()
    done = child.run(*command[3:])
    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in target.parent.iterdir()] == ["backup.db"]
    assert contents(target) == contents(database)


def test_a_backup_never_fills_a_file_that_somebody_else_made(
    servers: RealServers, database: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    (theirs := target.with_name("theirs")).write_bytes(b"")
    unlink = Path.unlink

    def and_put_theirs_there(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        if path.name == "backup.db.unfinished":
            path.hardlink_to(theirs)

    monkeypatch.setattr(Path, "unlink", and_put_theirs_there)
    with pytest.raises(StorageError, match="exists"):
        backup(options_of(cluster), target, print)
    assert theirs.read_bytes() == b""
    assert not target.exists()


def test_a_backup_refuses_a_file_of_another_user(
    servers: RealServers, database: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    other = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(StorageError, match="name a file in a folder of your own"):
        backup(options_of(cluster), target, print)
    assert [*target.parent.iterdir()] == []


def test_a_backup_is_private_to_who_made_it(
    servers: RealServers, database: Path, target: Path
) -> None:
    cluster = options(servers)
    copy(database, cluster)
    backup(options_of(cluster), target, print)
    assert target.stat().st_mode & 0o777 == 0o600
