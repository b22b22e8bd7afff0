"""Nodes that are talked to by TLS: who is believed, and what is said where one is not."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from valkey.crc import key_slot

from receiver.storage import StorageError, StorageUnavailable
from receiver.storage.servers import Servers
from receiver.storage.valkey import link
from receiver.storage.valkey.cluster import Cluster
from tests.receiver.valkey.certificates import Certificates, authority
from tests.receiver.valkey.fake import Fake, hang, times


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    return authority(folder)


async def used(servers: Servers) -> None:
    cluster = Cluster(servers)
    await cluster.start()
    assert await cluster.write(b"key", b"SET", b"key", b"1") == b"OK"
    await cluster.close()


async def test_tls_by_an_authority_of_ones_own(certificates: Certificates) -> None:
    async with Fake(tls=certificates.of_server("node")) as fake:
        await used(certificates.of_receiver(fake.port))
        assert fake.count(b"SET")


async def test_a_node_may_ask_for_the_receivers_certificate(certificates: Certificates) -> None:
    own = {
        "certificate": certificates.folder / "receiver.pem",
        "key": certificates.folder / "receiver.key",
    }
    async with Fake(tls=certificates.of_server("node", asks=True)) as fake:
        await used(certificates.of_receiver(fake.port, **own))
        # Whether its word comes before its end is up to the system.
        with pytest.raises((StorageError, StorageUnavailable), match="TLS"):
            await used(certificates.of_receiver(fake.port))


@pytest.mark.parametrize(
    ("name", "more"), [("elsewhere", {}), ("node", {"ca": None})], ids=["name", "authority"]
)
async def test_a_certificate_that_does_not_hold_ends_the_start(
    certificates: Certificates, name: str, more: dict[str, Any]
) -> None:
    async with Fake(tls=certificates.of_server(name)) as fake:
        with pytest.raises(StorageError, match="has a certificate that does not hold"):
            await used(certificates.of_receiver(fake.port, **more))


async def test_certificates_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"missing\.pem"):
        await used(Servers(hosts=(("127.0.0.1", 1),), tls=True, ca=tmp_path / "missing.pem"))


async def test_a_handshake_that_hangs_is_waited_for_some_seconds(
    certificates: Certificates,
) -> None:
    accepted: list[asyncio.StreamWriter] = []

    def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(StorageUnavailable, match=f"127.0.0.1:{port} does not answer"):
        await used(certificates.of_receiver(port))
    for writer in accepted:
        writer.transport.abort()
    server.close()


async def test_a_node_without_tls_is_told_from_one_that_is_gone(
    certificates: Certificates,
) -> None:
    async with Fake() as fake:
        fake.says = hang
        with pytest.raises((StorageError, StorageUnavailable)):
            await used(certificates.of_receiver(fake.port))


async def test_certificates_are_renewed_while_the_receiver_runs(
    certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "RENEW", 0.0)
    (renewed := tmp_path / "renewed").mkdir()
    later = authority(renewed)
    trusted = tmp_path / "trusted.pem"
    shutil.copy(certificates.folder / "ca.pem", trusted)
    async with (
        Fake(tls=certificates.of_server("node")) as fake,
        Fake(tls=later.of_server("node")) as successor,
    ):
        cluster = Cluster(certificates.of_receiver(fake.port, ca=trusted))
        await cluster.start()
        shutil.copy(later.folder / "ca.pem", trusted)
        fake.elsewhere = successor
        fake.says = times(
            1, b"-MOVED %d 127.0.0.1:%d\r\n" % (key_slot(b"key"), successor.port), b"GET"
        )
        assert await cluster.read(b"key", b"GET", b"key") == b"OK"
        assert successor.count(b"GET")
        await cluster.close()
