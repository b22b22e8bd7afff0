"""What keeps the receiver from storing is told before it listens, and after it until it can."""

import os
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from receiver.keys import STORE
from receiver.storage import StorageError, StorageUnavailable
from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.writing import Writer
from tests.lacking import lacking
from tests.receiver import child
from tests.receiver.disk import locked
from tests.receiver.reports import base_report
from tests.receiver.running import Receiver, StartReceiver

# Root may write anywhere, unless that right is taken away.
AS_A_USER = () if os.geteuid() else ("setpriv", "--bounding-set=-dac_override")
SMALL_DISK = ("sh", "-c", 'ulimit -f 8 && exec "$@"', "sh")

type Obstacle = Callable[[Path], AbstractContextManager[object]]


def a_table_that_refuses(path: Path) -> None:
    """Let the database know a function that this SQLite does not know."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER refusing BEFORE INSERT ON installation "
            "BEGIN SELECT of_another_version(NEW.key); END"
        )


def none_refuses(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER refusing")


@contextmanager
def read_only(path: Path, mode: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    yield
    path.chmod(before)


def read_only_folder(path: Path) -> AbstractContextManager[None]:
    return read_only(path.parent, 0o500)


def read_only_file(path: Path) -> AbstractContextManager[None]:
    return read_only(path, 0o400)


def of_another_version(path: Path) -> AbstractContextManager[None]:
    a_table_that_refuses(path)
    return nullcontext()


def nothing_in_its_way(path: Path) -> AbstractContextManager[None]:
    return nullcontext()


@pytest.fixture
def taken_port() -> Iterator[str]:
    """Return a port that nobody else can listen on: who tries says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def start(path: Path, port: str, *within: str) -> subprocess.CompletedProcess[str]:
    return child.run("--database", path, "--port", port, within=(*AS_A_USER, *within))


def assert_told(shown: subprocess.CompletedProcess[str], path: Path | str, *words: str) -> None:
    """Make sure that it was told in one line, and that nobody was served."""
    assert shown.returncode == 1
    (line,) = shown.stderr.splitlines()
    assert str(path) in line
    for word in words:
        assert word in line
    assert "Listening" not in shown.stdout


CAN_WRITE = "has to be able to write to this file and to its folder, and the drive needs room"


@pytest.mark.parametrize(
    ("obstacle", "within", "remedy"),
    [
        (read_only_folder, (), CAN_WRITE),
        (read_only_file, (), CAN_WRITE),
        (nothing_in_its_way, SMALL_DISK, CAN_WRITE),
        (locked, (), "end the other program"),
        (of_another_version, (), "newer than"),
    ],
)
def test_what_keeps_it_from_storing_is_told_before_it_listens(
    tmp_path: Path, taken_port: str, obstacle: Obstacle, within: tuple[str, ...], remedy: str
) -> None:
    path = tmp_path / "analytics.db"
    with closing(open_database(path)):
        pass
    with obstacle(path):
        assert_told(start(path, taken_port, *within), path, remedy)


@pytest.mark.parametrize(
    ("obstacle", "within"), [(read_only_folder, ()), (nothing_in_its_way, SMALL_DISK)]
)
def test_what_keeps_it_from_making_a_database_is_told_before_it_listens(
    tmp_path: Path, taken_port: str, obstacle: Obstacle, within: tuple[str, ...]
) -> None:
    path = tmp_path / "analytics.db"
    with obstacle(path):
        assert_told(start(path, taken_port, *within), path, CAN_WRITE)
    assert not list(tmp_path.iterdir())


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [os.mkfifo, a_socket, Path.mkdir, a_link_to_itself])
def test_what_is_no_file_is_told_and_left_as_it_is(
    tmp_path: Path, taken_port: str, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "analytics.db"
    make(path)
    before = path.lstat()
    assert_told(start(path, taken_port), path)
    after = path.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


def test_a_database_is_made_where_a_link_leads(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "elsewhere" / "analytics.db"
    link.symlink_to(target)
    with pytest.raises(StorageError, match="There is no folder"):
        open_database(link)
    target.parent.mkdir()
    with closing(open_database(link)):
        assert target.stat().st_size
    assert link.is_symlink()


def test_where_all_is_well_the_port_is_tried(tmp_path: Path, taken_port: str) -> None:
    shown = start(tmp_path / "analytics.db", taken_port)
    assert shown.returncode == 1
    assert taken_port in shown.stderr


def answers(url: str) -> bool:
    with urlopen(f"{url}/healthz", timeout=10) as answer:
        return bool(answer.status == 200)


@pytest.fixture
def both_families() -> None:
    """Leave a test out where a loopback address can't be had."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as tried:
                tried.bind((address, 0))
        except OSError:
            lacking(f"the address {address}: turn IPv4 and IPv6 on")


@pytest.mark.parametrize("hosts", [("127.0.0.1", "::1"), ("::", "0.0.0.0"), ("::1",), ("::",)])
def test_it_listens_on_each_address_on_the_same_port(
    tmp_path: Path, both_families: None, hosts: tuple[str, ...]
) -> None:
    flags = [flag for host in hosts for flag in ("--host", host)]
    with child.receiver(tmp_path / "analytics.db", *flags) as running:
        port = urlsplit(running.url).port
        ipv4, ipv6 = f"http://127.0.0.1:{port}", f"http://[::1]:{port}"
        assert answers(ipv6)
        if len(hosts) == 2:
            assert answers(ipv4)
        else:
            # Each names its own family, so that the other is a choice, too.
            with pytest.raises(URLError, match="refused"):
                answers(ipv4)
        assert running.stop()[0] == 0


@pytest.mark.parametrize("missing", ["192.0.2.1", "2001:db8::1", "there.is.no.such.name.invalid"])
def test_an_address_that_it_can_t_have_is_told_by_name(tmp_path: Path, missing: str) -> None:
    shown = child.run(
        *("--database", tmp_path / "analytics.db", "--port", "0"),
        *("--host", "127.0.0.1", "--host", missing),
    )
    assert_told(shown, missing, "--host")


async def test_what_was_written_to_try_it_is_taken_back(receiver: Receiver) -> None:
    for table in ("installation", "name", "dropped_key"):
        assert receiver.rows(f"SELECT * FROM {table}") == []


def test_a_writer_is_available_only_after_a_write(tmp_path: Path) -> None:
    assert not Writer(tmp_path / "analytics.db").available


async def test_it_is_well_again_only_after_a_write(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver()
    database = receiver.database
    writer = receiver.app[STORE]
    assert (await receiver.get("/healthz"))[0] == 200
    a_table_that_refuses(database)
    assert (await receiver.post(base_report()))[0] == 503
    # As once an hour: it finds nothing to do, so it writes nothing.
    with pytest.raises(StorageUnavailable):
        await writer.expire(0)
    assert (await receiver.get("/healthz"))[0] == 503
    none_refuses(database)
    await writer.expire(0)
    assert (await receiver.get("/healthz"))[0] == 200
