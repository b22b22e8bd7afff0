"""What is kept of a home's devices: which kinds of devices, with what, and how many of each."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .. import devices as tables
from ..counted import REPORTED, Name
from ..entities import EntityKind
from .checks import ENTITIES, VIA
from .classes import class_of, group_of
from .makers import key_of

# Of one home, in all tables: the devices that it has most of come first.
MOST_NAMES: Final = 4_000
# Of one model in one table: no home has more that are real.
MOST_PARTS: Final = 40
# Of tables without models.
MOST_GROUPS: Final = 200

type Model = tuple[str, str]


def kind_of(entity: Mapping[str, Any]) -> str:
    """Return the kind of an entity as one word."""
    names = (entity[key] or "" for key in ("domain", "original_device_class", "entity_category"))
    return str(EntityKind(*names))


@dataclass(slots=True)
class _Tables:
    """Names by table, each with how many devices are of it."""

    found: defaultdict[str, Counter[Any]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, table: str, *names: Name | None) -> None:
        """Count a device in a table, under names that it tells."""
        self.found[table].update([name for name in names if name is not None])


class Kinds:
    """Takes one device after the other, and forgets which was which."""

    def __init__(self) -> None:
        """Begin with none."""
        self._models: defaultdict[Model, _Tables] = defaultdict(_Tables)
        self._many: Counter[Model] = Counter()
        self._groups = _Tables()

    def add(self, domain: str, device: Mapping[str, Any], hub: str | None) -> None:
        """Add a device of an integration, which is perhaps behind one of another."""
        kinds = sorted({*map(kind_of, device[ENTITIES])})
        groups = self._groups
        groups.add(tables.INTEGRATIONS, domain)
        groups.add(tables.REACHES, group_of(domain))
        groups.add(tables.CLASSES, class_of(domain))
        groups.add(tables.KINDS, *kinds)
        maker, spelling = _maker(device)
        model = device["model"] or device["model_id"]
        if spelling or model:
            groups.add(tables.MAKERS, maker)
            groups.add(tables.MAKER_SPELLINGS, (maker, spelling) if spelling else None)
        if model:
            self._add_model((maker, model), domain, device, hub, kinds)

    def _add_model(
        self,
        named: Model,
        domain: str,
        device: Mapping[str, Any],
        hub: str | None,
        kinds: Iterable[str],
    ) -> None:
        self._many[named] += 1
        parts = self._models[named]
        for table, part in (
            (tables.MODEL_IDS, device["model_id"]),
            (tables.MODEL_SOFTWARE, device["sw_version"]),
            (tables.MODEL_HARDWARE, device["hw_version"]),
            (tables.MODEL_INTEGRATIONS, domain),
            (tables.MODEL_HUBS, hub),
        ):
            parts.add(table, None if part is None else (*named, part))
        parts.add(tables.MODEL_KINDS, *((*named, kind) for kind in kinds))

    def told(self) -> dict[str, Sequence[Name]]:
        """Return the names that are kept, by table, sorted: their order tells nothing."""
        found: defaultdict[str, list[Name]] = defaultdict(list)
        found[REPORTED].append(tables.SHARED)
        for table, names in self._groups.found.items():
            found[table] += [name for name, _ in _most(names, MOST_GROUPS)]
        for table, of in _MANY:
            groups = _most(self._groups.found[of], MOST_GROUPS)
            found[table] += [(name, step_of(many)) for name, many in groups]
        left = MOST_NAMES - sum(map(len, found.values()))
        for model, many in _most(self._many, len(self._many)):
            of_model = [*self._of(model, many)]
            left -= len(of_model)
            if left < 0:
                break
            for table, name in of_model:
                found[table].append(name)
        return {table: sorted(names, key=_order) for table, names in found.items() if names}

    def _of(self, model: Model, many: int) -> Iterator[tuple[str, Name]]:
        """Yield what is kept of a model, with the table of each."""
        yield tables.MODELS, model
        yield tables.MODEL_MANY, (*model, step_of(many))
        for table, names in self._models[model].found.items():
            for name, _ in _most(names, MOST_PARTS):
                yield table, name


# Which tables have how many of what is in another.
_MANY: Final = (
    (tables.REACH_MANY, tables.REACHES),
    (tables.CLASS_MANY, tables.CLASSES),
    (tables.INTEGRATION_MANY, tables.INTEGRATIONS),
    (tables.MAKER_MANY, tables.MAKERS),
)


def _maker(device: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the key of a maker, and its spelling; a name of nothing but signs is none."""
    spelling: str | None = device["manufacturer"]
    maker = key_of(spelling or "")
    return maker, spelling if maker else None


def step_of(many: int) -> int:
    """Return the step that a number of devices reaches."""
    return tables.STEPS[bisect_right(tables.STEPS, many) - 1]


def hub_of(device: Mapping[str, Any], sizes: Mapping[str, int]) -> str | None:
    """Return the integration of the device that one is behind, where that one is there."""
    if (via := device[VIA]) is None:
        return None
    hub, place = via
    return hub if 0 <= place < sizes.get(hub, 0) else None


def _most(names: Mapping[Any, int], most: int) -> Iterable[tuple[Any, int]]:
    return sorted(names.items(), key=lambda one: (-one[1], _order(one[0])))[:most]


def _order(name: Any) -> Any:
    return tuple(map(str, name)) if isinstance(name, tuple) else (name,)
