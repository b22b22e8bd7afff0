"""Look whether what is kept can be read: each row, and which names its codes stand for."""

from dataclasses import dataclass

from ..storage import Source, Stored, layout


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What was looked at, in numbers."""

    rows: int
    broken: int
    """Rows that are laid out in no way that is known."""
    nameless: int
    """Codes in rows that were never given out, or are free."""

    def __str__(self) -> str:
        """Return it in words."""
        found = []
        if self.broken:
            found.append(
                f"{self.broken} of {self.rows} rows can't be read and are left out: they go by "
                "themselves when their homes report again; if these are many, copy a backup back"
            )
        if self.nameless:
            found.append(
                f"{self.nameless} codes in rows stand for no name, so what they told is not "
                "counted until it is told again"
            )
        return "; ".join(found) or f"{self.rows} rows can be read, and their codes have names"

    @property
    def sound(self) -> bool:
        """Tell whether all can be read."""
        return not self.broken and not self.nameless


def check_rows(source: Source) -> Checked:
    """Read all that is kept."""
    many = broken = 0
    used: set[int] = set()
    for rows in source.entries():
        many += len(rows)
        for row in rows.values():
            if not layout.is_sound(row):
                broken += 1
                continue
            stored = Stored.unpack(row)
            used.update(stored.report, *(event.codes for event in stored.events))
    codes = {code for code in used if not code & layout.NUMBER}
    # Read after the rows: what came to one that was read is there by now.
    return Checked(rows=many, broken=broken, nameless=len(codes.difference(source.codes())))
