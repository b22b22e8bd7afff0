"""Certificates of a test, as openssl makes them."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from receiver.storage.servers import Servers


@dataclass(frozen=True)
class Certificates:
    """A certificate authority of a test, and what it has signed."""

    folder: Path

    def make(self, name: str, *, names: str = "IP:127.0.0.1") -> None:
        openssl(
            self.folder,
            f"req -newkey ec:params -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}",
        )
        (self.folder / "names").write_text(f"subjectAltName={names}\n")
        openssl(
            self.folder,
            f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -days 2 "
            f"-extfile names -out {name}.pem",
        )

    def of_server(self, name: str, *, asks: bool = False) -> ssl.SSLContext:
        """Return what a node with a certificate talks by; it may want one of who comes."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        if asks:
            context.load_verify_locations(self.folder / "ca.pem")
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def of_receiver(self, port: int, **more: Any) -> Servers:
        chosen: dict[str, Any] = {"tls": True, "ca": self.folder / "ca.pem", **more}
        return Servers(hosts=(("127.0.0.1", port),), **chosen)


def openssl(folder: Path, arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)


def authority(folder: Path) -> Certificates:
    """Return an authority, and what it has signed: for a node, for one elsewhere, for us."""
    openssl(folder, "genpkey -genparam -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out params")
    openssl(
        folder,
        "req -x509 -newkey ec:params -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority",
    )
    made = Certificates(folder)
    made.make("node")
    made.make("elsewhere", names="DNS:elsewhere.example")
    made.make("receiver")
    return made
