"""The codes of a row at its source as those of its target: both give them out by themselves."""

from collections.abc import Iterable, Mapping

from ..schema import Name
from ..storage import Source, Stored, Target, layout


class Translator:
    """Knows which code of the target stands for the same as one of the source."""

    def __init__(self, source: Source, target: Target) -> None:
        """Begin without any."""
        self.damaged = 0
        """How many rows could not be read."""
        self._source = source
        self._target = target
        # 0 for what has no name at the source, or no room at the target.
        self._codes: dict[int, int] = {}
        self._names: dict[int, tuple[str, Name]] = {}

    def translate(self, rows: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """Return rows as the target has them; what can't be read is left out."""
        stored = {key: Stored.unpack(row) for key, row in rows.items() if layout.is_sound(row)}
        self.damaged += len(rows) - len(stored)
        self._learn(code for one in stored.values() for codes in _parts(one) for code in codes)
        for one in stored.values():
            one.report = self._words(one.report)
            for event in one.events:
                event.codes = self._words(event.codes)
        return {key: one.pack() for key, one in stored.items()}

    def _words(self, codes: Iterable[int]) -> layout.Words:
        known = self._codes
        found = (code if code & layout.NUMBER else known[code] for code in codes)
        return layout.words(filter(None, found))

    def _learn(self, codes: Iterable[int]) -> None:
        unknown = {code for code in codes if code not in self._codes and not code & layout.NUMBER}
        if not unknown:
            return
        if not unknown <= self._names.keys():
            # What came to a row that was read has its name by now.
            self._names = {code: (table, name) for code, table, name in self._source.names()}
        names = {code: self._names[code] for code in unknown if code in self._names}
        given = self._target.codes_of([*names.values()])
        self._codes |= dict.fromkeys(unknown, 0)
        self._codes |= dict(zip(names, given, strict=True))


def _parts(stored: Stored) -> Iterable[layout.Words]:
    yield stored.report
    for event in stored.events:
        yield event.codes
