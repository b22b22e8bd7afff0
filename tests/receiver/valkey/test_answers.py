"""What nodes answer in bad moments, and how each is taken."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from receiver.storage import StorageUnavailable
from receiver.storage.valkey import router
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.faults import Refused
from tests.receiver.valkey.clients import connected
from tests.receiver.valkey.fake import Fake, Words, times

PASSING = (
    b"CLUSTERDOWN The cluster is down",
    b"LOADING Valkey is loading the dataset in memory",
    b"MASTERDOWN Link with MASTER is down",
    b"READONLY You can't write against a read only replica.",
    b"TRYAGAIN Multiple keys request during rehashing of slot",
    b"BUSY Valkey is busy running a script.",
)
KEPT = {
    b"OOM command not allowed when used memory > 'maxmemory'.": "has no memory left",
    b"MISCONF Errors writing to the AOF file: No space left on device": "can't write to its disk",
    b"NOREPLICAS Not enough good replicas to write.": "has too few replicas that keep up",
    b"NOPERM User home has no permissions to access the 'row' key": "does not let the receiver",
}
KEY = b"row"
SET = (KEY, b"SET", KEY, b"text")


@pytest.fixture
async def cluster(fake: Fake) -> AsyncIterator[Cluster]:
    async with connected(fake.servers) as cluster:
        yield cluster


@pytest.mark.parametrize("answer", PASSING, ids=lambda text: text.split()[0].decode())
async def test_what_passes_is_waited_for(fake: Fake, cluster: Cluster, answer: bytes) -> None:
    fake.says = times(2, b"-%b\r\n" % answer, b"SET")
    assert await cluster.write(*SET) == b"OK"
    fake.says = times(2, b"-%b\r\n" % answer, b"GET")
    assert await cluster.read(KEY, b"GET", KEY) == b"OK"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router, "PATIENCE", 1.0)


@pytest.mark.usefixtures("impatient")
async def test_what_does_not_pass_is_refused_in_the_end(fake: Fake, cluster: Cluster) -> None:
    fake.says = times(10_000, b"-CLUSTERDOWN The cluster is down\r\n", b"SET")
    with pytest.raises(StorageUnavailable, match="says that the cluster is down"):
        await cluster.write(*SET)


@pytest.mark.parametrize("answer", KEPT, ids=lambda text: text.split()[0].decode())
async def test_what_stays_is_said_in_words_without_keys(
    fake: Fake, cluster: Cluster, answer: bytes
) -> None:
    fake.says = times(1, b"-%b\r\n" % answer, b"SET")
    with pytest.raises(Refused, match=KEPT[answer]) as raised:
        await cluster.write(*SET)
    assert raised.value.code == answer.split()[0].decode()
    assert "row" not in str(raised.value)


@pytest.mark.parametrize("host", [b"", b"?"])
async def test_moved_without_a_host_means_the_node_that_says_so(
    fake: Fake, cluster: Cluster, host: bytes
) -> None:
    fake.says = times(1, b"-MOVED 1 %b:%d\r\n" % (host, fake.port), b"GET")
    assert await cluster.read(KEY, b"GET", KEY) == b"OK"


@pytest.mark.usefixtures("impatient")
async def test_circles_of_redirections_end(fake: Fake, cluster: Cluster) -> None:
    fake.says = times(10_000, b"-MOVED 1 127.0.0.1:%d\r\n" % fake.port, b"GET")
    with pytest.raises(StorageUnavailable):
        await cluster.read(KEY, b"GET", KEY)
    # And it has not asked all the time.
    assert fake.count(b"GET") < 100


async def test_an_ask_goes_to_the_other_node_with_a_word_before_it(
    fake: Fake, cluster: Cluster
) -> None:
    async with Fake() as other:
        fake.says = times(1, b"-ASK 1 127.0.0.1:%d\r\n" % other.port, b"SET")
        assert await cluster.write(*SET) == b"OK"
        told = [words for words in other.told if words[0] in (b"ASKING", b"SET")]
        assert told == [[b"ASKING"], [b"SET", KEY, b"text"]]
        # It is durable there, too.
        assert other.count(b"WAITAOF") == 1


@pytest.mark.parametrize(
    ("wait", "disks", "words"),
    [
        (b":0\r\n", b"*2\r\n:1\r\n:0\r\n", "no replica has confirmed"),
        (b":1\r\n", b"*2\r\n:0\r\n:1\r\n", "a node did not write to its disk in time"),
        (b":1\r\n", b"*2\r\n:1\r\n:0\r\n", "no replica wrote to its disk in time"),
        (b":1\r\n", b"-UNBLOCKED force unblock\r\n", "was made a replica in the midst"),
    ],
)
async def test_a_write_that_is_not_where_it_was_promised_is_no_success(
    fake: Fake, cluster: Cluster, wait: bytes, disks: bytes, words: str
) -> None:
    async def says(asked: Words) -> bytes | None:
        return {b"WAIT": wait, b"WAITAOF": disks}.get(asked[0])

    fake.says = says
    with pytest.raises(StorageUnavailable, match=words):
        await cluster.write(*SET)
    assert not cluster.available


@pytest.mark.parametrize("host", [b"", b"?"])
async def test_a_node_that_does_not_know_where_it_is_is_where_it_was_asked(host: bytes) -> None:
    async with Fake(host=host) as fake:
        cluster = Cluster(fake.servers)
        await cluster.start()
        assert await cluster.write(*SET) == b"OK"
        await cluster.close()


async def test_an_answer_that_nobody_understands_costs_itself(fake: Fake, cluster: Cluster) -> None:
    fake.says = times(1, b"-MOVED what\r\n", b"SET")
    with pytest.raises(StorageUnavailable):
        await cluster.write(*SET)
    assert await cluster.write(*SET) == b"OK"


async def test_a_node_that_has_forgotten_all_is_not_believed(fake: Fake, cluster: Cluster) -> None:
    looked = asyncio.Event()

    async def says(words: Words) -> bytes | None:
        if words == [b"CLUSTER", b"SLOTS"]:
            looked.set()
            return b"*0\r\n"
        if words[0] == b"GET" and not looked.is_set():
            return b"-CLUSTERDOWN The cluster is down\r\n"
        return None

    fake.says = says
    assert await cluster.read(KEY, b"GET", KEY) == b"OK"
    assert looked.is_set()
    assert cluster.primaries()
