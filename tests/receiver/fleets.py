"""Made-up fleets: random reports with few different names, so with groups of all sizes."""

from typing import Any

from hypothesis import strategies as st

from receiver.schema import INSTALLATION_TYPES, validate
from tests.receiver.reports import new_id

type Member = tuple[bytes, str | None, str | None]

# Among them what is special to JavaScript, to spreadsheets, and to the figures themselves.
NAMES = (
    "hue",
    "zha",
    "__proto__",
    "constructor",
    "=1+1",
    'a"b\\c',
    "total",
    "versions",
    "statistics",
)
VERSIONS = ("1.0", "1.1", "@2", "toString")

names = st.sampled_from(NAMES)
versions = st.sampled_from(VERSIONS)
optional_versions = st.none() | versions


def some(strategy: st.SearchStrategy[Any], by: str) -> st.SearchStrategy[list[Any]]:
    """Return lists of objects, each name once."""
    return st.lists(strategy, max_size=4, unique_by=lambda one: one[by])


usage = {
    "certificate": st.booleans(),
    "integrations": st.lists(names, max_size=5, unique=True),
    "custom_integrations": some(
        st.fixed_dictionaries({"domain": names, "version": optional_versions}), "domain"
    ),
    "addons": some(
        st.fixed_dictionaries(
            {
                "slug": names,
                "version": optional_versions,
                "protected": st.booleans(),
                "auto_update": st.booleans(),
            }
        ),
        "slug",
    ),
    "energy": st.fixed_dictionaries({"configured": st.booleans()}),
    "recorder": st.fixed_dictionaries({"engine": names, "version": versions}),
    "supervisor": st.fixed_dictionaries(
        {"healthy": st.booleans(), "supported": st.booleans()}, optional={"arch": names}
    ),
    "operating_system": st.fixed_dictionaries({"board": names, "version": optional_versions}),
    **dict.fromkeys(
        ("state_count", "automation_count", "integration_count", "addon_count", "user_count"),
        st.integers(0, 3) | st.integers(0, 2_000) | st.sampled_from((7, 70, 700)),
    ),
}
reports = st.fixed_dictionaries(
    {
        "version": st.sampled_from(("2026.10.4", "2026.11.1", "2025.1.0b0")),
        "installation_type": st.sampled_from(INSTALLATION_TYPES),
    },
    optional=usage,
)
places = st.sampled_from(((None, None), ("DE", None), ("NL", None), ("US", "CA"), ("US", "TX")))
members = st.tuples(reports, places)


def member(report: dict[str, Any], country: str | None = None, region: str | None = None) -> Member:
    """Return an installation as the database has it."""
    return validate({"uuid": new_id()} | report).body, country, region


@st.composite
def fleets(draw: st.DrawFn, most: int = 40) -> list[Member]:
    """Return a fleet of a few different kinds of installations, each some times."""
    kinds = draw(st.lists(st.tuples(members, st.integers(1, 12)), max_size=8))
    return [
        one
        for (report, (country, region)), times in kinds
        for one in [member(report, country, region)] * times
    ][:most]
