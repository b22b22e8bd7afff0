"""The pages of the levels that only this receiver takes, and what is on them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ..schema import words
from . import labels
from .charts import History, rates, trends
from .charts.versions import newest_first
from .integrations import written
from .sections import Figures, Section, Source

MOST_OPENED: Final = 6  # panels with a chart of how often


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """A page: what it is about, which installations tell of it, and how its sections are made."""

    path: str
    title: str
    lead: str
    whole: str
    of: str
    lasting: bool = False
    """Whether it is told by events, which all count for as long as they are kept."""
    sections: Callable[[Source, History], tuple[Section, ...]]

    def view(self, figures: Figures, history: History) -> dict[str, Any]:
        """Return the values of the template."""
        source = Source(figures=figures, whole=figures.get(self.whole, 0), of=self.of)
        made = self.sections(source, history) if source.whole else ()
        found = [one.shown() for one in made]
        return {
            "level": self,
            "whole": source.whole,
            "sections": [one for one in found if one.line or one.rankings],
        }


def _environment(source: Source, history: History) -> tuple[Section, ...]:
    system, plain = labels.of(words.SYSTEMS), labels.of({})
    return (
        Section(
            key="operating-systems",
            title="Operating systems",
            line=trends.systems(history, system),
            rankings=(
                source.ranking("systems", "Where Home Assistant runs", "System", system),
                source.ranking("host_systems", "Around its container", "System", system),
                *source.parts(
                    "systems",
                    "versions",
                    title=lambda one: f"Versions of {system(one)}",
                    column="Version",
                    whole="that run on it",
                    ties=newest_first,
                ),
            ),
        ),
        Section(
            key="isolation",
            title="Virtual machines and containers",
            rankings=(
                source.ranking(
                    "virtualizations",
                    "Virtual machines",
                    "Kind",
                    labels.of(labels.VIRTUALIZATIONS),
                ),
                source.ranking("containers", "Containers", "Kind", labels.of(labels.CONTAINERS)),
            ),
        ),
        Section(
            key="machines",
            title="Machines",
            rankings=(
                source.ranking("cpu_architectures", "Architectures", "Architecture", plain),
                source.steps("cores", "Processor cores", "Cores", labels.CORES),
                source.steps("memory", "Memory", "Memory", labels.MEMORY),
            ),
        ),
        Section(
            key="software",
            title="Kernels and Python",
            rankings=(
                source.ranking("kernels", "Kernels", "Kernel", plain),
                *source.parts(
                    "kernels",
                    "versions",
                    title=lambda one: f"Versions of {plain(one)}",
                    column="Version",
                    whole="that have it",
                    most=1,
                    ties=newest_first,
                ),
                source.ranking(
                    "python_versions", "Versions of Python", "Version", ties=newest_first
                ),
            ),
        ),
    )


def _stability(source: Source, history: History) -> tuple[Section, ...]:
    reason = labels.of(labels.REASONS)
    return (
        Section(
            key="ends",
            title="How runs ended",
            line=trends.unclean(history),
            rankings=(
                rates(
                    source.figures.get("starts", {}),
                    "unclean",
                    key="starts",
                    title="Unclean ends by version",
                    column="Version",
                    of="those that started with it",
                    ties=newest_first,
                ),
                source.ranking("previous_ends", "Ends", "End", labels.of(labels.ENDS)),
                source.of_table("unclean_ends").ranking(
                    "unclean_ends", "Unclean ends in a row", "In a row", labels.of(labels.ROWS)
                ),
                rates(
                    source.figures.get("nearly_full", {}),
                    "full",
                    key="nearly_full",
                    title="Nearly full when a run ended",
                    column="What",
                    of="those that tell it",
                    label=str.capitalize,
                ),
            ),
        ),
        Section(
            key="lengths",
            title="How long runs and stops were",
            rankings=(
                *(
                    source.of_table(table).steps(table, title, "Time", labels.RUNS)
                    for table, title in (
                        ("clean_runs", "The last run with a clean end"),
                        ("unclean_runs", "The last run with an unclean end"),
                    )
                ),
                source.of_table("stop_durations").steps(
                    "stop_durations", "The last stop took", "Time", labels.STOPS
                ),
            ),
        ),
        Section(
            key="beginnings",
            title="Starts",
            rankings=(
                source.steps("start_durations", "The last start took", "Time", labels.DURATIONS),
                source.ranking("cloud", "Home Assistant Cloud", "State", labels.of(labels.CLOUD)),
            ),
        ),
        Section(
            key="failures",
            title="What could not be set up",
            rankings=(
                source.ranking("setup_failures", "Built-in integrations", "Integration", written),
                source.pairs(
                    "setup_failures",
                    "reasons",
                    title="Built-in integrations, by reason",
                    column="Integration and reason",
                    label=lambda domain, why: f"{written(domain)}: {reason(why)}",
                ),
                source.ranking(
                    "custom_setup_failures", "Custom integrations, by reason", "Reason", reason
                ),
            ),
        ),
        Section(
            key="crashes",
            title="Crashes of the interpreter",
            rankings=(
                source.ranking("faults", "Faults", "Fault", labels.of({})),
                *source.parts(
                    "faults",
                    "files",
                    title=lambda one: f"{labels.of({})(one)}: where",
                    column="File",
                    whole="that had it",
                ),
            ),
        ),
    )


def _interface(source: Source, _: History) -> tuple[Section, ...]:
    panel = labels.of(labels.PANELS)
    return (
        Section(
            key="parts",
            title="What is opened",
            rankings=(
                source.ranking(
                    "panels", "Opened in a day", "Part", panel, shown=len(labels.PANELS)
                ),
            ),
        ),
        Section(
            key="often",
            title="How often in a day",
            rankings=source.parts(
                "panels",
                "opened",
                title=panel,
                column="Opened",
                whole="that open it",
                most=MOST_OPENED,
                label=labels.of(labels.OPENED),
                order=int,
            ),
        ),
    )


LEVELS: Final = (
    Level(
        path="environment",
        title="Environment",
        lead="What Home Assistant runs on: systems, virtual machines, containers and hardware.",
        whole="reports_environment",
        of="that tell their environment",
        sections=_environment,
    ),
    Level(
        path="stability",
        title="Stability",
        lead="How Home Assistant starts and ends, and what goes wrong. An end is unclean where it "
        "was killed, crashed, or lost power.",
        whole="reports_lifecycle",
        of="that tell of starts and stops",
        lasting=True,
        sections=_stability,
    ),
    Level(
        path="interface",
        title="Interface",
        lead="Which parts of the interface are opened on a day, and how often.",
        whole="reports_interface",
        of="that tell what they open",
        sections=_interface,
    ),
)
