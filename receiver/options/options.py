"""What an operator has chosen, and how it is told."""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ..storage import Durability, Servers
from . import values
from .values import Network

PREFIX: Final = "OPEN_ANALYTICS_"
_COUNTING: Final = (
    *("store", "store_user", "store_ca", "store_certificate", "store_key", "durability"),
    *("counting_processes", "smallest_group", "count_after"),
)
# What says nothing about a file.
_OF_CLUSTERS: Final = frozenset(
    {
        *("store_user", "store_password_file", "store_ca", "store_certificate", "store_key"),
        *("durability", "counting_processes"),
    }
)
# Never a flag, for those can be seen by all users of a machine, nor shown.
SECRET: Final = frozenset({"store_password"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The operator's choices; `base_url` is without a slash at its end, empty where unknown."""

    host: tuple[str, ...] = ("127.0.0.1",)
    port: int = 8080
    store: Path | Servers = Path("analytics.db")
    store_user: str = ""
    store_password: str = field(default="", repr=False)
    store_password_file: Path | None = None
    store_ca: Path | None = None
    store_certificate: Path | None = None
    store_key: Path | None = None
    durability: Durability = Durability.DISK
    counting_processes: int = 1
    base_url: str = ""
    title: str = "Open Analytics"
    retention_days: int = 60
    smallest_group: int = 5
    count_after: int = 7
    publish_every: int = 3600
    geo: Path | None = None
    trusted_proxy: tuple[Network, ...] = ()
    rate_limit: int = 60

    @property
    def address(self) -> str:
        """Return where it can be reached: in public, else on this machine."""
        return self.base_url or f"http://{values.reachable(self.host[0])}:{self.port}"

    @property
    def root(self) -> str:
        """Return the path of the public address, empty where it has none."""
        return urlsplit(self.base_url).path

    @property
    def place(self) -> Path | Servers:
        """Return where rows are kept, with all that it takes to get there."""
        if isinstance(self.store, Path):
            return self.store
        return replace(
            self.store,
            user=self.store_user,
            password=self.store_password,
            ca=self.store_ca,
            certificate=self.store_certificate,
            key=self.store_key,
            durability=self.durability,
        )

    @property
    def counted(self) -> tuple[str, ...]:
        """Return the flags that another process needs to count what is there."""
        store = self.store.absolute() if isinstance(self.store, Path) else self.store
        chosen = {name: getattr(self, name) for name in _COUNTING} | {"store": store}
        return tuple(
            part
            for name, value in chosen.items()
            if value not in (None, "")
            for part in (flag(name), str(value))
        )

    @property
    def secrets(self) -> dict[str, str]:
        """Return variables of its environment that it needs beside these."""
        return {PREFIX + "STORE_PASSWORD": self.store_password} if self.store_password else {}

    def __str__(self) -> str:
        """Return all choices as the flags that make them, one a line; no secret is among them."""
        return "\n".join(
            f"{flag(one.name)} {shown(getattr(self, one.name))}"
            for one in fields(self)
            if one.name not in SECRET and not self._needless(one.name)
        )

    def _needless(self, name: str) -> bool:
        """Tell whether an option is about a cluster, where there is none."""
        return name in _OF_CLUSTERS and isinstance(self.store, Path)


def shown(value: object) -> str:
    """Return a choice as a flag takes it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return "none" if value is None or value == "" else str(value)


def flag(name: str) -> str:
    """Return the flag of an option."""
    return f"--{name.replace('_', '-')}"
