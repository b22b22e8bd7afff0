"""The figures of devices as a plain and slow program finds them: home by home, number by number."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from receiver.schema.snapshots.classes import class_of
from receiver.schema.snapshots.makers import key_of
from tests.receiver.homes import Snapshot

STEPS = (1, 2, 3, 5, 10, 20, 50, 100)

# A device with the integration that it is of, and that of the one that it is behind.
type Device = Mapping[str, Any]
type Homes = list[list[Device]]
type Of = Callable[[Device], Iterable[str]]


def figures(snapshots: Iterable[Snapshot], k: int) -> dict[str, Any]:
    """Return what is published of the devices of homes."""
    homes = [_devices(one) for one in snapshots]
    models: dict[str, Any] = {}
    for maker in _names(homes, _maker):
        of_maker = _only(homes, _maker, maker)
        found = {
            model: row
            | {part: _table(_only(of_maker, _model, model), of, k) for part, of in _PARTS.items()}
            for model, row in _rows(of_maker, _model, k).items()
        }
        models |= {maker: found} if found else {}
    return {
        "installations": len(homes) // k * k,
        "reaches": _rows(homes, _reach, k),
        "classes": _rows(homes, _class, k),
        "integrations": _rows(homes, _domain, k),
        "kinds": _table(homes, _kinds, k),
        "makers": {
            maker: row | {"spellings": _table(_only(homes, _maker, maker), _spelling, k)}
            for maker, row in _rows(homes, _maker, k).items()
        },
        "models": models,
    }


def _devices(snapshot: Snapshot) -> list[Device]:
    return [
        device | {"domain": domain, "hub": _hub(device, snapshot)}
        for domain, one in snapshot.items()
        for device in one["devices"]
    ]


def _hub(device: Device, snapshot: Snapshot) -> str | None:
    if device["via_device"] is None:
        return None
    domain, place = device["via_device"]
    behind = snapshot.get(domain, {"devices": []})["devices"]
    return domain if place < len(behind) else None


def _maker(device: Device) -> list[str]:
    key = key_of(device["manufacturer"] or "")
    return [key] if key or _model(device) else []


def _model(device: Device) -> list[str]:
    return _known(device["model"] or device["model_id"])


def _spelling(device: Device) -> list[str]:
    return _known(device["manufacturer"])


def _class(device: Device) -> list[str]:
    return _known(class_of(device["domain"]))


def _reach(device: Device) -> list[str]:
    where, _, _ = (class_of(device["domain"]) or "").partition("_")
    return [where if where in {"local", "cloud"} else "other"]


def _domain(device: Device) -> list[str]:
    return [device["domain"]]


def _kinds(device: Device) -> list[str]:
    return [
        one["domain"]
        + (f".{one['original_device_class']}" if one["original_device_class"] else "")
        + (f":{one['entity_category']}" if one["entity_category"] else "")
        for one in device["entities"]
    ]


def _known(text: str | None) -> list[str]:
    return [text] if text else []


_PARTS: Mapping[str, Of] = {
    "ids": lambda one: _known(one["model_id"]),
    "software": lambda one: _known(one["sw_version"]),
    "hardware": lambda one: _known(one["hw_version"]),
    "kinds": _kinds,
    "integrations": _domain,
    "hubs": lambda one: _known(one["hub"]),
}


def _only(homes: Homes, of: Of, name: str) -> Homes:
    return [[one for one in devices if name in of(one)] for devices in homes]


def _names(homes: Homes, of: Of) -> list[str]:
    return sorted({name for devices in homes for one in devices for name in of(one)})


def _rows(homes: Homes, of: Of, k: int) -> dict[str, Any]:
    """Return how many homes have a name, and how many have at least so many devices of it."""
    rows = {}
    for name in _names(homes, of):
        many = [sum(name in of(one) for one in devices) for devices in homes]
        total = sum(number > 0 for number in many)
        if total >= k:
            steps = {str(step): sum(one >= step for one in many) // k * k for step in STEPS}
            shown = {step: number for step, number in steps.items() if number}
            rows[name] = {"total": total // k * k, "devices": shown}
    return rows


def _table(homes: Homes, of: Of, k: int) -> dict[str, int]:
    """Return how many homes have each name."""
    many = {
        name: sum(any(name in of(one) for one in devices) for devices in homes)
        for name in _names(homes, of)
    }
    return {name: number // k * k for name, number in many.items() if number >= k}
