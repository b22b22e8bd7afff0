"""axe-core, which finds what keeps people from using a page, from the environment of Node.js."""

from functools import cache

from scripts.environments import NODE, SetupError, make
from tests.lacking import lacking


@cache
def axe_source() -> str:
    """Return its source; skips the test where it can't be had."""
    try:
        make(NODE)
    except SetupError as error:
        lacking(f"axe-core. Run scripts/setup --node. {error}")
    return (NODE.folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
