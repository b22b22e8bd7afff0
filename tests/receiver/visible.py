"""Every number that a page shows or draws, read back from its texts, attributes and shapes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from receiver.schema import devices
from tests.receiver.markup import Element

# Elements that have names of someone else's making, days, scales, or numbers of rows and pages.
ASIDE = {"bdi", "code", "nav", "summary", "th", "time", "form"}
ASIDE_CLASSES = {"dateline", "name", "shades", "status"}
# How many models or names there are, which are no installations.
ASIDE_CLASSES |= {"aside", "more"}
LABELS = ("aria-label", "title", "alt", "placeholder", "content")
DAY = re.compile(r"\b(?:\d{1,2} )?[A-Z][a-z]{2} \d{4}\b|\b\d+ days\b")
# What made-up reports cost.
COST = re.compile(r"\b[\d,]+ (?:requests|names)\b")
# In which steps devices are told.
STEPS = f"{', '.join(map(str, devices.STEPS[:-1]))} or {devices.STEPS[-1]} and more"
NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?P<percent>%)?(?!\w)")
POINT = re.compile(r"[ML](\S+) ([^LMZ]+)")
SIDE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A number: where, how exactly it is told, and whether it is a share in percent."""

    where: str
    value: float
    within: float = 0
    share: bool = False

    def fits(self, k: int, most: int) -> bool:
        """Tell whether it is made of multiples of k only, none of them more than the most."""
        if not self.share:
            return abs(self.value - round(self.value / k) * k) <= self.within
        wholes = range(k, most + 1, k)
        return self.value in {0, 100} or any(
            abs(self.value - 100 * part / whole) <= self.within
            for whole in wholes
            for part in range(k, whole + 1, k)
        )


def read(page: Element) -> Iterator[Seen]:
    """Yield what a page tells of how many installations there are."""
    yield from _read(page.one("main"))


def _read(element: Element) -> Iterator[Seen]:
    classes = set(element.attributes.get("class", "").split())
    if element.tag in ASIDE or classes & ASIDE_CLASSES:
        return
    chart = element.attributes.get("id", "")
    if element.tag == "figure" and chart.startswith("chart-median-"):
        return  # medians, which are no counts
    if classes & {"statistic"}:
        yield from _statistic(element)
    elif "plot" in classes:
        yield from _curves(element)
    elif element.tag == "div" and "by installations" in element.text[:40]:
        return  # the place among all names
    else:
        yield from _own(element)
        yield from chain.from_iterable(map(_read, element.children))


def _own(element: Element) -> Iterator[Seen]:
    texts = [node for node in element.nodes if isinstance(node, str)]
    texts += [element.attributes[name] for name in LABELS if name in element.attributes]
    share = element.text.endswith("%")
    if value := element.attributes.get("data-value"):
        yield Seen(where="value", value=float(value), within=0.006 * share, share=share)
    if element.tag == "rect" and (width := element.attributes["width"]).endswith("%"):
        yield Seen(where="bar", value=float(width[:-1]), within=0.006, share=True)
    for text in texts:
        yield from _numbers(text)


def _numbers(text: str) -> Iterator[Seen]:
    for match in NUMBER.finditer(COST.sub("", DAY.sub("", text.replace(STEPS, "")))):
        value = float(match[0].strip("%").replace(",", ""))
        if match["percent"]:
            # Rounded twice at most: to two decimals, and then to one.
            yield Seen(where="percent", value=value, within=0.056, share=True)
        else:
            yield Seen(where="text", value=value)


def _statistic(section: Element) -> Iterator[Seen]:
    """Yield how many have told; the rest are quartiles, which are no counts."""
    told = re.findall(r"[Ff]rom ([\d,]+) installations", section.text)
    assert told
    for number in told:
        yield from _numbers(number)


def _curves(plot: Element) -> Iterator[Seen]:
    """Yield the heights of what is drawn."""
    top = float(plot.attributes["data-top"])
    share = "%" in plot.one("svg", class_="lines").text
    for path in plot.one("svg", class_="curves").all("path"):
        for _, down in POINT.findall(path.attributes["d"]):
            height = top * (1 - float(down) / SIDE)
            # As exact as four digits are; the layers of a stack are sums of rounded ones.
            within = top * 0.0003 + 0.05 * share
            yield Seen(where="curve", value=height, within=within, share=share)
