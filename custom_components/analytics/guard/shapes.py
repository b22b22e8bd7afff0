"""Tell what a text looks like: a version, or something that says where and who a home is.

Shapes only; what is known of this one home is the guard's. All looks are linear in the length of
the text, so that no text can hold up the event loop.
"""

import re
import unicodedata
from ipaddress import IPv4Address
from typing import Final

# Characters that can stand for others, or be put between them without being seen, and that
# Unicode's normalisation leaves alone.
_LOOKALIKES: Final = str.maketrans(
    {"\u3002": ".", "\u2236": ":", "\u2044": "/", "\u2215": "/"}
    | dict.fromkeys("\u115f\u1160\u2800", "")
)

_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|[01]?\d?\d)"
_DEGREES: Final = r"(?<![\d.,])\d{1,3}"
type Shapes = tuple[tuple[str, str], ...]


def any_of(shapes: Shapes) -> str:
    """Return the expression for any of these, which are by the name of what has them."""
    return "|".join(expression for _, expression in shapes)


# Also where an identifier made of it has nothing but `_` or `-` for the signs in between.
SHAPES: Final = (
    ("uuid", r"[0-9a-f]{8}[_-][0-9a-f]{4}[_-][0-9a-f]{4}[_-]"),
    ("mac_address", r"(?<![0-9a-f])(?:[0-9a-f]{2}[_ -]){5}[0-9a-f]{2}(?![0-9a-f])"),
    # and with dots, where a letter tells it from a version
    (
        "mac_address",
        r"(?<![0-9a-f.])(?=[0-9.]{0,16}[a-f])(?:[0-9a-f]{2}\.){5}[0-9a-f]{2}(?![0-9a-f.])",
    ),
    (
        "mac_address",
        r"(?<![0-9a-f.])(?=[0-9.]{0,13}[a-f])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![0-9a-f.])",
    ),
    # IPv6 address in full
    ("ip_address", r"(?<![0-9a-f])(?:[0-9a-f]{1,4}[_-]){7}[0-9a-f]{1,4}(?![0-9a-f])"),
    # of three decimals or more, whatever is between the two
    (
        "coordinates",
        rf"{_DEGREES}[.,]\d{{3,}}+[^\d.]{{1,16}}\d{{1,3}}[.,]\d{{3,}}+(?!\.\d)",
    ),
    ("coordinates", r"(?<!\d)\d{1,3}_\d{4,}_{1,2}\d{1,3}_\d{4,}"),
)
SHORTEST_SHAPE: Final = len("1.234 5.678")
_NO_VERSION: Final = re.compile(
    # MAC address without separators; only one that is a part of its own, to let dates pass
    "|".join((any_of(SHAPES), r"(?<![0-9a-z])(?=[0-9a-f]*[a-f])[0-9a-f]{12}(?![0-9a-z])")),
    re.ASCII,
)
IN_SLUG: Final = (
    *SHAPES,
    ("ip_address", rf"(?<!\d){_OCTET}([._-]){_OCTET}\1{_OCTET}\1{_OCTET}(?!\d)"),
    # MAC address or key in hexadecimal digits
    ("number", r"(?<![0-9a-f])(?=[0-9a-f]*[a-f])[0-9a-f]{12}"),
    ("number", r"\d{15}"),
)
_IN_SLUG: Final = re.compile(any_of(IN_SLUG), re.ASCII)
IN_TEXT: Final = (
    # also percent-encoded
    ("email", r"[^\s@](?:@|%40)[^\s@]"),
    ("path", r"[/\\]|%2f|%5c|%3a"),
    ("ip_address", r"[0-9a-f]::|::[0-9a-f]|(?:[0-9a-f]{1,4}:){7}[0-9a-f]"),
    ("mac_address", r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"),
    # with a port
    ("host_name", r"[a-z]:\d{2,5}(?!\d)"),
    ("coordinates", rf"\d\s?°|{_DEGREES}\.\d+\s?[nsew]?\s?[,;|]\s?[nsew]?\s?[+-]?\d{{1,3}}\.\d"),
    # JWT
    ("key", r"eyj[\w-]{5,99}+\.[\w-]{5}"),
)
_IN_TEXT: Final = re.compile(any_of(IN_TEXT), re.ASCII)

# What nearly all names look like, a few words and no digit, can have none of these shapes.
_PLAIN: Final = re.compile(
    r"(?=.{1,40}\Z)(?!.*[a-f]{12})(?:[0-9a-f]{8}_)?+[a-z]++(?:[_-][a-z]++){0,4}"
)
_SLUG: Final = re.compile(r"[a-zA-Z0-9_-]+")
_RUN: Final = re.compile(r"[\w+=-]{20,}", re.ASCII)
_UNBROKEN: Final = re.compile(r"[a-zA-Z0-9]{32}")
_REPOSITORY: Final = re.compile(r"[0-9a-f]{8}_")
_KINDS: Final = {
    code: kind
    for kind, codes in {"a": range(97, 123), "A": range(65, 91), "0": range(48, 58)}.items()
    for code in codes
}
_CHANGE: Final = re.compile(r"(?=a0|0a|A0|0A|aA)")
# What names end in that are of home networks only.
HOME_DOMAINS: Final = {"box", "home", "internal", "intranet", "lan", "local", "localdomain"}
_DOTTED: Final = re.compile(r"[^\w.-]+")

# Nearly all: up to four numbers, and a stage or a revision; too short for any shape but an address.
_SIMPLE_VERSION: Final = re.compile(
    r"v?\d{1,4}(?:\.\d{1,4}){0,3}"
    r"(?:-\d{1,4}|[.-]?(?:[ab]\d{0,6}|(?:alpha|beta|dev|rc)[.-]?\d{0,14}))?",
    re.ASCII,
)
_SEPARATORS: Final = re.compile(r"[.!+_~ ()-]+")
_WORDS: Final = (
    "alpha|alpine|amd|arm|aarch|beta|bookworm|bpo|build|bullseye|custom|deb|debian|dev|edge|el|"
    "enterprise|fc|final|fix|focal|ga|git|hotfix|jammy|log|ls|lts|maria|mariadb|mysql|nightly|noble|"
    "patch|pgdg|post|pre|preview|rc|release|rev|sp|stable|test|ubu|ubuntu|x"
)
_IDENTIFIER: Final = re.compile(
    rf"\d{{1,14}}|\d{{0,14}}[a-z]\d{{0,14}}|\d{{0,14}}(?:{_WORDS})\d{{0,14}}(?:u\d{{1,4}})?",
    re.ASCII | re.IGNORECASE,
)
# As git abbreviates it; twelve digits would be a MAC address.
_COMMIT: Final = re.compile(r"[0-9a-f]{6,11}|g[0-9a-f]{6,40}")
MAX_VERSION: Final = 64

_DOTTED_QUAD: Final = re.compile(
    rf"(?<!\d)(?=({_OCTET})([._-])({_OCTET})\2({_OCTET})\2({_OCTET})(?!\d))", re.ASCII
)


def normalise(text: str) -> str:
    """Return a text as it is read: without characters that look like others, or like nothing."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(_LOOKALIKES)
    return "".join(_character(character) for character in plain)


def _character(character: str) -> str:
    """Return an ASCII digit for any digit, nothing for what can't be seen."""
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me"}:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "-" if category == "Pd" else character


def is_version(text: str) -> bool:
    """Tell whether a text is a version by its grammar: numbers, stages, builds, one commit."""
    if _SIMPLE_VERSION.fullmatch(text):
        return True
    bare = text[1:] if text[:1] in {"v", "V"} else text
    if len(text) > MAX_VERSION or not text.isascii() or not bare[:1].isdigit():
        return False
    unknown = [part for part in _SEPARATORS.split(bare) if part and not _known(part)]
    if len(unknown) > 1 or not all(_COMMIT.fullmatch(part) for part in unknown):
        return False
    return len(text) < SHORTEST_SHAPE or not _NO_VERSION.search(text.lower())


def _known(part: str) -> bool:
    """Tell whether a part of a version is a number, or a stage, build or system with its own."""
    return _IDENTIFIER.fullmatch(part) is not None


def addresses(version: str) -> list[IPv4Address]:
    """Return the IPv4 addresses that a version could be."""
    if version.count(".") < 3 and version.count("-") < 3 and version.count("_") < 3:
        return []
    return [
        IPv4Address(bytes(int(found[group]) for group in (1, 3, 4, 5)))
        for found in _DOTTED_QUAD.finditer(version)
    ]


def reveals(text: str) -> bool:
    """Tell whether a text has the shape of an address, a name on a network, a place or a key."""
    if _PLAIN.fullmatch(text) and not _UNBROKEN.search(text):
        return False
    read = normalise(text)
    folded = read.casefold()
    if is_random(read) or _IN_SLUG.search(folded):
        return True
    if _SLUG.fullmatch(read):
        return False
    return _IN_TEXT.search(folded) is not None or _has_host_name(folded)


def is_random(text: str) -> bool:
    """Tell whether a part of a text is as long and as mixed as a token.

    Every fifth character or more is of another kind than the one before it; of random ones it is
    nearly every second, of no real name every tenth. A capital before a small letter doesn't count,
    for so do words begin; nor does the hash of its repository before the name of an add-on.
    """
    named = _REPOSITORY.sub("", text, count=1) if _REPOSITORY.match(text) else text
    return any(
        _UNBROKEN.search(run) or 5 * len(_CHANGE.findall(run.translate(_KINDS))) >= len(run)
        for run in _RUN.findall(named)
    )


def _has_host_name(text: str) -> bool:
    """Tell whether a part of a text is a dotted name, as `nas.local` and unlike `1.0.custom`."""
    return any(_is_host_name(part) for part in _DOTTED.split(text) if "." in part)


def _is_host_name(dotted: str) -> bool:
    """Tell whether the last label begins with a letter, and the others are no version's."""
    *labels, last = [label for label in dotted.strip("-_").split(".") if label] or [""]
    if not labels or len(last) < 2 or not last[0].isalpha():
        return False
    if last in HOME_DOMAINS:
        return True
    if not labels[0].lstrip("v")[:1].isdigit():
        return True
    return not all(map(is_version_part, labels))


def is_version_part(label: str) -> bool:
    """Tell whether what is between two dots could be a part of a version."""
    return all(_known(part) for part in _SEPARATORS.split(label) if part)
