"""All SQL is what the oldest supported SQLite knows, whichever one runs these tests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from receiver.storage import StorageError
from receiver.storage.sqlite.opening import OLDEST_SQLITE, require

ROOT = Path(__file__).parents[3]
# The tests' own and other tools' too: they have to run there as well.
FOLDERS = ("receiver", "tests/receiver", "tests/scripts", "scripts", "benchmarks")
# What the receiver is compared with asks for more.
OTHERS = ROOT / "benchmarks" / "other_ways.py"
SOURCES = sorted({path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")} - {OTHERS})

BEGINS = re.compile(
    r"\s*(ALTER|ATTACH|BEGIN|COMMIT|CREATE|DELETE|DROP|INSERT|PRAGMA|REPLACE|SELECT|UPDATE|VACUUM"
    r"|WITH|ON CONFLICT)\b"
)
# Functions that 3.54 lists and 3.34 does not, and JSON's, which may have been left out before 3.38.
FUNCTIONS = (
    "json_?[a-z_]*|unixepoch|unhex|unistr|unistr_quote|format|if|timediff|octet_length|subtype"
    "|concat|concat_ws|string_agg|median|percentile[a-z_]*"
    # Left to who builds it, and from 3.35 on.
    "|acosh?|asinh?|atan[2h]?|ceil|ceiling|cosh?|degrees|exp|floor|ln|log|log10|log2|mod|pi|pow"
    "|power|radians|sign|sinh?|sqrt|tanh?|trunc"
)
YOUNGER = re.compile(
    rf"\b({FUNCTIONS})\s*\("
    r"|->"  # 3.38
    r"|\b(RETURNING|MATERIALIZED|DROP\s+COLUMN)\b|ON\s+CONFLICT.*ON\s+CONFLICT"  # 3.35
    r"|\)\s*(WITHOUT\s+ROWID\s*,\s*)?STRICT\b|PRAGMA\s+table_list"  # 3.37
    r"|\b(RIGHT|FULL)\s+(OUTER\s+)?JOIN\b|\bIS\s+(NOT\s+)?DISTINCT\b"  # 3.39
    r"|'(auto|subsec|subsecond)'|\b\d+_\d"  # 3.38, 3.42, 3.46
    r"|\bWITHIN\s+GROUP\b|\b(?!OVER\b|IN\b|FROM\b|AS\b)\w+\s*\([^()]*\bORDER\s+BY\b",  # 3.44
    re.IGNORECASE | re.DOTALL,
)


def statements(source: str) -> Iterator[str]:
    """Yield the SQL of a module: its texts that begin so, with a gap for what is filled in."""
    parts: set[ast.AST] = set()
    for node in ast.walk(ast.parse(source)):
        text = ""
        if isinstance(node, ast.JoinedStr):
            parts.update(node.values)
            text = "…".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
            text = node.value
        without_comments = re.sub(r"--.*", "", text)
        if BEGINS.match(without_comments):
            yield without_comments


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sql_is_younger_than_the_oldest_sqlite(path: Path) -> None:
    found = statements(path.read_text(encoding="utf-8"))
    assert [text for text in found if YOUNGER.search(text)] == []


def test_the_sql_is_found() -> None:
    sql = "".join(text for path in SOURCES for text in statements(path.read_text()))
    for known in ("DO UPDATE SET", "WITHOUT ROWID", "wal_checkpoint", "VACUUM INTO"):
        assert known in sql


@pytest.mark.parametrize(
    "text",
    [
        "unhex('00')",
        "report ->> 0 FROM x",
        "json_each(?)",
        "1 IS NOT DISTINCT FROM 2",
        "a FROM b FULL OUTER JOIN c",
        "string_agg(a, ',' ORDER BY b) FROM c",
        "1_000",
    ],
)
def test_younger_sql_is_noticed(text: str) -> None:
    (plain,) = statements(f'x = """SELECT {text}"""')
    (filled_in,) = statements(f'x = f"""SELECT {{y}}, {text}"""')
    assert YOUNGER.search(plain)
    assert YOUNGER.search(filled_in)


def test_an_older_sqlite_is_told_with_the_remedy() -> None:
    require(OLDEST_SQLITE)
    with pytest.raises(StorageError, match=r"SQLite 3\.33\.0.* needs 3\.34\.0.* newer"):
        require((3, 33, 0))
