"""Print the field references of docs/privacy.md from the tables of tiers and of crash reports."""

from collections.abc import Iterator, Mapping

from custom_components.analytics.crash.fields import FIELDS
from custom_components.analytics.tiers.standard import TIERS
from custom_components.analytics.tiers.table import Field, Tier


def field_reference() -> str:
    """Return a Markdown table with a row for each field of each tier."""
    return "\n".join(
        ["| tier | field | what it says |", "|---|---|---|"]
        + [row for tier in TIERS.values() for row in _rows(tier)]
    )


def crash_reference() -> str:
    """Return a Markdown table with a row for each field of a crash report."""
    rows = [f"| `{field.name}` | {field.description} |" for field in FIELDS]
    return "\n".join(["| field | what it says |", "|---|---|", *rows])


def _rows(tier: Tier) -> Iterator[str]:
    if not tier.fields:
        yield f"| {tier.name} | none | {tier.description} |"
    for field in tier.fields:
        yield f"| {tier.name} | {_name(field)} | {field.description} |"


def _name(field: Field) -> str:
    """Return a field's name with the keys that it holds."""
    if isinstance(field.schema, list):
        return f"`{field.name}[{_keys(field.schema[0])}]`"
    if isinstance(field.schema, Mapping):
        return f"`{field.name}{_keys(field.schema)}`"
    return f"`{field.name}`"


def _keys(schema: Mapping[object, object]) -> str:
    return "{" + ", ".join(str(key) for key in schema) + "}"


if __name__ == "__main__":
    print(field_reference(), crash_reference(), sep="\n\n")
