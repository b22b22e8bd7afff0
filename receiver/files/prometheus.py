"""The text format of Prometheus: metrics, labels and samples."""

from collections.abc import Iterator, Mapping
from typing import Final

PREFIX: Final = "open_analytics"
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

type Labels = Mapping[str, str]
type Samples = Iterator[tuple[Labels, float]]


def single(value: float) -> Samples:
    """Yield a value without labels."""
    yield {}, value


def labelled(label: str, table: Mapping[str, int]) -> Samples:
    """Yield a table, each name as a label."""
    for name, number in table.items():
        yield {label: name}, number


def nested(outer: str, inner: str, tables: Mapping[str, Mapping[str, int]]) -> Samples:
    """Yield tables, each with a label of its own."""
    for key, table in tables.items():
        for name, number in table.items():
            yield {outer: key, inner: name}, number


def write(name: str, samples: Samples, *, kind: str = "gauge") -> str:
    """Return a metric with all its samples, as the format wants it; empty ones are left out."""
    full = f"{PREFIX}_{name}"
    lines = [f"{full}{_labels(labels)} {value}\n" for labels, value in samples]
    return f"# TYPE {full} {kind}\n{''.join(lines)}" if lines else ""


def _labels(labels: Labels) -> str:
    shown = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{shown}}}" if shown else ""
