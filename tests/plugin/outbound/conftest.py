"""Servers that an authority of the home's own has signed, and a proxy before one of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant

from scripts.sink import Sink
from tests.insights.wire import Authority

from .way import FAR_HOST, LOOPBACK, HomeProxy


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def ca_file(tmp_path: Path, authority: Authority) -> Path:
    """Return a file with the certificate of the home's own authority."""
    path = tmp_path / "nina-mueller-ca.pem"
    path.write_bytes(authority.certificate)
    return path


@pytest.fixture
async def far(socket_enabled: None, authority: Authority) -> AsyncIterator[Sink]:
    """Return a receiver that answers by TLS, under a name that is known to nobody."""
    async with Sink(tls=authority.server(FAR_HOST)) as sink:
        yield sink


@pytest.fixture
async def here(hass: HomeAssistant, authority: Authority) -> AsyncIterator[Sink]:
    """Return a receiver on this machine that answers by TLS."""
    # The test package fails a test in which a server was not trusted.
    hass.loop.set_exception_handler(lambda _loop, _context: None)
    async with Sink(tls=authority.server(LOOPBACK)) as sink:
        yield sink


@pytest.fixture
async def proxy(far: Sink) -> AsyncIterator[HomeProxy]:
    async with HomeProxy({f"{FAR_HOST}:443": far.port}) as proxy:
        yield proxy
