"""Tell whether a device's model, maker, version or unit says something of the home instead.

Other texts may have no slash and no dotted name at all; here `E1603/E1702`, `km/h` and
`lumi.sensor_magnet.aq2` are what is expected. Shapes only, as in `shapes`, and linear as there.
"""

import re
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from .shapes import (
    HOME_DOMAINS,
    SHAPES,
    addresses,
    any_of,
    is_random,
    is_version,
    is_version_part,
    normalise,
)

REVEALING: Final = (
    *SHAPES,
    # MAC address or key in hexadecimal digits, number of a telephone or of a chip
    ("number", r"(?<![0-9a-f])(?=[0-9a-f]*[a-f])[0-9a-f]{12}"),
    ("number", r"\d{15}|\+\d[\d ()/-]{7}"),
    # of a card
    ("number", r"(?:\d{4}[ -]){3}\d{4}"),
    # of a licence or a service
    ("key", r"(?<![a-z0-9-])(?:[a-z0-9]{4,5}-){3,6}[a-z0-9]{4,5}(?![a-z0-9-])"),
    ("key", r"(?<![a-z0-9])(?:(?:gh[op]|glpat|sk)[_-][a-z0-9-]{16}|xox[abp]-)"),
    # written with other signs
    ("ip_address", r"(?<!\d)192[ ,_-]168[ ,_-]\d"),
    # drive
    ("path", r"(?<![a-z0-9])[a-z]:/"),
    # of nothing but digits, as those of some makers often are
    ("mac_address", r"(?<![0-9a-z])00\d{10}(?!\d)"),
    # also percent-encoded
    ("email", r"[^\s@](?:@|%40)[^\s@]"),
    ("path", r"\\|://|%2f|%5c|%3a|\bwww\."),
    ("ip_address", r"[0-9a-f]::|::[0-9a-f]|(?:[0-9a-f]{1,4}:){7}[0-9a-f]"),
    ("mac_address", r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"),
    # with a port
    ("host_name", r"[a-z]:\d{2,5}(?!\d)"),
    # of which each of two fields may have one
    ("coordinates", r"\d\s?°\s?\d|\d[.,]\d{2,}\s?°|^[+-]?\d{1,3}\.(?!20[12]\d{5}$)\d{4,}$"),
    (
        "coordinates",
        r"(?<![\d.,])\d{1,3}\.\d+\s?[nsew]?\s?[,;|]\s?[nsew]?\s?[+-]?\d{1,3}\.\d",
    ),
    # JWT
    ("key", r"eyj[\w-]{5,99}+\.[\w-]{5}"),
    # of a telephone as it is written at home
    ("number", r"(?<![\w-])(?:\(?\d{3}(?:\) ?|-)\d{3}-\d{4}|0\d{2,4}[ /-]\d{6,8})(?![\w-])"),
    # that says so
    (
        "serial_number",
        r"(?<![a-z])(?:s/?n|serial(?: ?n\w{1,5})?)[\s.:#=_-]{1,3}(?=[a-z-]{0,8}\d)[\w-]{6}",
    ),
)
_REVEALING: Final = re.compile(any_of(REVEALING))
# Whose it is: as it was written, for normal forms make two words of some of these.
_WHOSE: Final = re.compile(r"\w['\uff07\u2018\u2019\u02bc\u2032`\u00b4]s\b", re.IGNORECASE)
_DOTTED: Final = re.compile(r"[^\w.-]+")
# Keys may have slashes, and would be too short on both sides of one.
_CUT_KEY: Final = re.compile(r"(?<=[\w+=-]{10})/(?=[\w+=-]{10})", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s/,;()]+")
_LABEL: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# Devices of the Mi Home world are called as their makers are, with dots. No top-level domain but
# encoded ones, which have hyphens, has a digit.
_MAKERS: Final = set(
    """
    aqara chuangmi deerma dmaker dreame lumi mijia miot philips qmi rockrobo roborock viomi xiaomi
    yeelink zhimi zimi
    """.split()  # noqa: SIM905
)
_COMPANY: Final = {
    "ag",
    "bv",
    "co",
    "corp",
    "gmbh",
    "inc",
    "llc",
    "ltd",
    "pte",
    "pty",
    "srl",
    "tech",
}
# Makers that call themselves by a name of the DNS.
_PUBLIC: Final = frozenset({"met.no", "z-wave.me"})
# As mixed as a key, but the name of a product.
_TUYA: Final = re.compile(r"_T[A-Z0-9]{3,14}_[a-z0-9]{8,18}")
_ROOTS: Final = set(
    "by-id config dev etc home media mnt opt root share srv tmp users usr var".split()  # noqa: SIM905
)
MOST_PARTS: Final = 6
_PRIVATE: Final = tuple(
    IPv4Network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
    )
)


def reveals(text: str) -> bool:
    """Tell whether a text has the shape of an address, a name on a network, a place or a key."""
    read = normalise(text).strip()
    if _TUYA.fullmatch(read):
        return False
    if not read.isprintable() or is_whose(text):
        return True
    if is_random(read) or is_random(_CUT_KEY.sub("", read)):
        return True
    folded = read.casefold()
    return (
        _REVEALING.search(folded) is not None
        or is_path(folded)
        or has_host_name(folded)
        or _has_address(read)
    )


def in_text(text: str) -> list[IPv4Address]:
    """Return the IPv4 addresses that a version, a model or a part of one could be."""
    return addresses(normalise(text))


def is_whose(text: str) -> bool:
    """Tell whether a text says whose something is."""
    return _WHOSE.search(text) is not None


def has_host_name(text: str) -> bool:
    """Tell whether a part of a text is a name on a network."""
    return any(map(_is_host_name, _DOTTED.split(text)))


def is_path(text: str) -> bool:
    """Tell whether slashes are those of a path, and not between names or units."""
    parts = text.split("/")
    if len(parts) == 1:
        return False
    hidden = any(not part.strip() or part.strip().startswith(".") for part in parts[:-1])
    hidden = hidden or parts[-1].strip().startswith(".")
    return hidden or len(parts) > MOST_PARTS or parts[0].strip(" ~") in _ROOTS | {""}


def _is_host_name(dotted: str) -> bool:
    """Tell whether a part is a dotted name, and neither a version nor the name of a model."""
    labels = [label for label in dotted.strip("-_").split(".") if label]
    if len(labels) < 2 or ".".join(labels) in _PUBLIC:
        return False
    last = labels[-1]
    if last in HOME_DOMAINS:
        return True
    if len(last) < 2 or not last[0].isalpha() or _COMPANY.issuperset(labels):
        return False
    if labels[0].lstrip("v")[:1].isdigit():
        return not all(map(is_version_part, labels))
    is_model = any(map(str.isdigit, last)) or (labels[0] in _MAKERS and len(last) > 2)
    return not (is_model and all(map(_LABEL.fullmatch, labels)))


def _has_address(text: str) -> bool:
    """Tell whether there is an IPv4 address, and no version of four numbers with others like it."""
    found = addresses(text)
    if any(each in network for each in found for network in _PRIVATE):
        return True
    parts = [part for part in _BETWEEN.split(text) if part]
    return any("." in part and addresses(part) for part in parts) and not all(
        map(is_version, parts)
    )
