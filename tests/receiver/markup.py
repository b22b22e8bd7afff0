"""Read a page as strictly as a person who wrote it would like: no browser's forgiveness."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr", "wbr"}


@dataclass(kw_only=True)
class Element:
    """An element with its attributes, and the elements and texts in it."""

    tag: str
    attributes: dict[str, str]
    nodes: list["Element | str"] = field(default_factory=list)

    @property
    def children(self) -> list["Element"]:
        """Return the elements right inside."""
        return [node for node in self.nodes if isinstance(node, Element)]

    def all(self, tag: str = "", **attributes: str) -> Iterator["Element"]:
        """Return the elements inside with this tag and these attributes."""
        for child in self.children:
            wanted = {name.strip("_"): value for name, value in attributes.items()}
            if tag in {"", child.tag} and wanted.items() <= child.attributes.items():
                yield child
            yield from child.all(tag, **attributes)

    def one(self, tag: str, **attributes: str) -> "Element":
        """Return the only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    @property
    def text(self) -> str:
        """Return all text inside, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for node in self.nodes:
            if isinstance(node, str):
                yield node
            else:
                yield from node._texts()


class Document(HTMLParser):
    """A page as a tree; `faults` is empty where every element is closed in its place."""

    def __init__(self, text: str) -> None:
        """Read it."""
        super().__init__()
        self.root = Element(tag="", attributes={})
        self.faults: list[str] = []
        self._open = [self.root]
        self.feed(text)
        self.close()
        self.faults += [f"<{element.tag}> is not closed" for element in self._open[1:]]
        ids = Counter(element.attributes.get("id") for element in self.root.all())
        self.faults += [f"id {name} is there twice" for name, n in ids.items() if name and n > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names):
            self.faults.append(f"<{tag}> has an attribute twice")
        element = Element(tag=tag, attributes={name: value or "" for name, value in attrs})
        self._open[-1].nodes.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes <{self._open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        self._open[-1].nodes.append(data)
