"""Published figures of a made-up fleet's devices: few models that many have, and a long tail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

MOTION = "binary_sensor.motion binary_sensor.occupancy sensor.illuminance sensor.battery:diagnostic"
DOOR = "binary_sensor.door sensor.battery:diagnostic sensor.temperature:diagnostic"
CLIMATE = "sensor.temperature sensor.humidity sensor.battery:diagnostic"
BULB = "light update.firmware:config select:config"
PLUG = "switch.outlet sensor.power sensor.energy sensor.voltage:diagnostic update.firmware:config"
RELAY = "switch sensor.power sensor.energy sensor.temperature:diagnostic button.restart:config"
BUTTON = "event sensor.battery:diagnostic button.identify:config"
PLAYER = "media_player media_player.speaker number:config switch:config"
TV = "media_player.tv remote"
CAMERA = "camera binary_sensor.motion switch:config select:config siren"
VALVE = "climate sensor.temperature sensor.battery:diagnostic binary_sensor.window"
BLIND = "cover.blind sensor.battery:diagnostic"
VACUUM = "vacuum sensor.area sensor.duration select image sensor:diagnostic"
HUB = "update:config binary_sensor.connectivity:diagnostic"
LOCK = "lock binary_sensor.door sensor.battery:diagnostic"
MACHINE = "sensor sensor.timestamp sensor.energy binary_sensor.door switch select"
LEAK = "binary_sensor.moisture sensor.battery:diagnostic"
SMOKE = "binary_sensor.smoke sensor.battery:diagnostic"
GRID = "sensor.power sensor.energy sensor.current sensor.voltage"

# Of each maker: its spellings, most used first; integrations, by which most reach it first; models.
MAKERS = {
    "ikea of sweden": (
        ("IKEA of Sweden", "IKEA OF SWEDEN"),
        "zha mqtt matter deconz",
        {
            "TRADFRI motion sensor": MOTION,
            "VALLHORN Wireless Motion Sensor": MOTION,
            "TRADFRI bulb E27 WS globe 1055lm": BULB,
            "TRADFRI bulb GU10 WW 400lm": BULB,
            "PARASOLL Door/Window Sensor": DOOR,
            "INSPELNING Smart plug": PLUG,
            "RODRET Dimmer": BUTTON,
            "FYRTUR block-out roller blind": BLIND,
            "BADRING Water Leakage Sensor": LEAK,
            "STARKVIND Air purifier": "fan sensor.pm25",
        },
    ),
    "signify netherlands": (
        ("Signify Netherlands B.V.", "Signify Netherlands BV"),
        "hue zha matter",
        {
            "Hue motion sensor": f"{MOTION} sensor.temperature",
            "Hue outdoor motion sensor": f"{MOTION} sensor.temperature",
            "Hue white lamp": BULB,
            "Hue color lamp": BULB,
            "Hue ambiance lamp": BULB,
            "Hue dimmer switch": BUTTON,
            "Hue smart plug": "switch.outlet",
            "Hue Bridge": HUB,
            "Hue secure contact sensor": DOOR,
        },
    ),
    "philips": (("Philips",), "zha mqtt", {"LWB010": BULB, "LCT015": BULB, "SML001": MOTION}),
    "shelly": (
        ("Shelly", "SHELLY"),
        "shelly mqtt",
        {
            "Shelly Plus 1PM": RELAY,
            "Shelly 1PM Mini Gen3": RELAY,
            "Shelly 2.5": RELAY,
            "Shelly Plus 2PM": f"{RELAY} cover.shutter",
            "Shelly Plug S": PLUG,
            "Shelly Plus Plug S": PLUG,
            "Shelly Pro 3EM": GRID,
            "Shelly H&T Gen3": CLIMATE,
            "Shelly Motion 2": MOTION,
            "Shelly BLU Door/Window": DOOR,
            "Shelly Plus i4": BUTTON,
        },
    ),
    "sonoff": (
        ("SONOFF", "Sonoff", "sonoff"),
        "zha mqtt sonoff",
        {
            "SNZB-03P": MOTION,
            "SNZB-06P": "binary_sensor.occupancy",
            "SNZB-02P": CLIMATE,
            "SNZB-02D": CLIMATE,
            "SNZB-04": DOOR,
            "ZBMINI-L2": "switch",
            "BASICR2": "switch",
            "S26R2ZB": "switch.outlet",
            "TRVZB": VALVE,
            "Zigbee 3.0 USB Dongle Plus V2": HUB,
        },
    ),
    "aqara": (
        ("Aqara", "AQARA"),
        "zha mqtt matter homekit_controller",
        {
            "lumi.motion.ac02": MOTION,
            "RTCGQ14LM": MOTION,
            "Presence Sensor FP2": "binary_sensor.occupancy sensor.illuminance",
            "Door and window sensor P2": DOOR,
            "lumi.weather": f"{CLIMATE} sensor.pressure",
            "lumi.remote.b1acn01": BUTTON,
            "Camera Hub G3": CAMERA,
            "Smart Lock U200": LOCK,
        },
    ),
    "lumi": (
        ("LUMI", "lumi"),
        "zha mqtt xiaomi_aqara",
        {
            "lumi.sensor_motion.aq2": MOTION,
            "lumi.sensor_magnet.aq2": DOOR,
            "lumi.sensor_wleak.aq1": LEAK,
        },
    ),
    "tuya": (
        ("Tuya", "tuya", "TUYA"),
        "tuya localtuya mqtt",
        {
            "Smart Plug (PC321-TY)": PLUG,
            "PIR Motion Sensor": MOTION,
            "Smart Bulb": BULB,
            "Temperature and humidity alarm": CLIMATE,
            "Curtain switch": "cover.curtain",
            "Smart IR": "remote",
        },
    ),
    "_tz3000_mcxw5ehu": (("_TZ3000_mcxw5ehu",), "zha mqtt", {"TS0202": MOTION}),
    "google": (
        ("Google Inc.", "Google"),
        "cast nest",
        {
            "Chromecast": "media_player",
            "Google Nest Mini": PLAYER,
            "Google Home": PLAYER,
            "Nest Doorbell": f"{CAMERA} event.doorbell",
            "Nest Thermostat": VALVE,
        },
    ),
    "sonos": (
        ("Sonos",),
        "sonos",
        {"One": PLAYER, "Beam": PLAYER, "Move": PLAYER, "Play:1": PLAYER, "Symfonisk": PLAYER},
    ),
    "samsung": (
        ("Samsung", "SAMSUNG"),
        "samsungtv smartthings dlna_dmr",
        {"QE55Q80T": TV, "UE43TU7020": TV, "DW80CB545": MACHINE, "WW90T684": MACHINE},
    ),
    "lg": (
        ("LG", "LG Inc."),
        "webostv lg_thinq",
        {"OLED55C1": TV, "OLED65CX5LB": TV, "RH9V71": MACHINE},
    ),
    "reolink": (
        ("Reolink",),
        "reolink onvif",
        {"RLC-810A": CAMERA, "Doorbell PoE": CAMERA, "E1 Zoom": CAMERA, "RLN8-410": HUB},
    ),
    "roborock": (
        ("Roborock",),
        "roborock",
        {"roborock.vacuum.a27": VACUUM, "roborock.vacuum.s5e": VACUUM},
    ),
    "ecovacs": (("Ecovacs",), "ecovacs", {"DEEBOT N8": VACUUM, "DEEBOT T30 OMNI": VACUUM}),
    "tado": (("tado°", "Tado"), "tado homekit_controller", {"VA02": VALVE, "RU02": VALVE}),
    "netatmo": (
        ("Netatmo",),
        "netatmo homekit_controller",
        {"Smart Indoor Module": CLIMATE, "Smart Thermostat": VALVE, "Presence": CAMERA},
    ),
    "ring": (("Ring",), "ring", {"Video Doorbell 3": CAMERA, "Stick Up Cam": CAMERA}),
    "avm": (
        ("AVM",),
        "fritz fritzbox",
        {"FRITZ!Box 7590": HUB, "FRITZ!DECT 301": VALVE, "FRITZ!DECT 200": PLUG},
    ),
    "husqvarna": (("HUSQVARNA", "Husqvarna AB"), "husqvarna_automower", {"450XH": "lawn_mower"}),
    "mikrotik": (("Mikrotik",), "mikrotik", {"RB750Gr3": HUB}),
    "homewizard": (("HomeWizard",), "homewizard", {"Wi-Fi P1 Meter": GRID, "Energy Socket": PLUG}),
    "fibaro": (("FIBARO", "Fibaro"), "zwave_js", {"FGMS001": MOTION, "FGSD002": SMOKE}),
    "aeotec": (("AEOTEC", "Aeotec Ltd."), "zwave_js", {"ZW100": MOTION, "ZW096": PLUG}),
    "danfoss": (("Danfoss",), "zha mqtt", {"eTRV0103": VALVE}),
    "yale": (("Yale",), "august yale_smart_alarm", {"Linus": LOCK, "Smart Lock": LOCK}),
    "broadlink": (("Broadlink",), "broadlink", {"RM4 mini": "remote", "RM pro": "remote"}),
    "espressif": (("Espressif", "espressif"), "esphome", {"esp32dev": "sensor switch light"}),
    "": ((), "mqtt", {"TS011F": PLUG, "1.10.1/a?b#c": "sensor", "..": "sensor"}),
}
CLASSES = {
    "local_push": 0.83,
    "local_polling": 0.58,
    "cloud_polling": 0.44,
    "cloud_push": 0.37,
    "assumed_state": 0.05,
    "calculated": 0.04,
}
REACHES = {"local": 0.91, "cloud": 0.66, "other": 0.09}
# Of those that have a model, how many have so many or more.
MANY = {1: 1, 2: 0.56, 3: 0.31, 5: 0.15, 10: 0.05}
# Of the most used model, of all that share their devices; and how much fewer have the next.
MOST = 0.31
FALLING = 0.965


@dataclass(frozen=True, slots=True)
class Gear:
    """A model, by whom and how it is reached, and which part of the homes has it."""

    maker: str
    model: str
    integrations: tuple[str, ...]
    kinds: tuple[str, ...]
    share: float


def example_devices(k: int = 5, installations: int = 1_900) -> dict[str, Any]:
    """Return the published figures, the same at each call."""
    if installations < k:
        return nothing()
    return published(list(_gear()), k, installations)


def nothing() -> dict[str, Any]:
    """Return the figures of nobody's devices."""
    tables: dict[str, Any] = dict.fromkeys(
        ("reaches", "classes", "integrations", "kinds", "makers", "models")
    )
    return {"installations": 0, **{name: {} for name in tables}}


def past(devices: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the history keeps of figures."""
    return {
        "installations": devices["installations"],
        **{
            table: {name: row["total"] for name, row in devices[table].items()}
            for table in ("reaches", "classes", "integrations", "makers")
        },
        "models": {
            maker: {model: row["total"] for model, row in models.items()}
            for maker, models in devices["models"].items()
        },
    }


def published(gear: list[Gear], k: int, installations: int) -> dict[str, Any]:
    """Return the figures in which each model is as frequent as it says."""
    models: dict[str, dict[str, Any]] = {}
    integrations: dict[str, float] = {}
    kinds: dict[str, float] = {}
    makers: dict[str, float] = {}
    for one in gear:
        total = installations * one.share
        if total < k:
            continue
        models.setdefault(one.maker, {})[one.model] = _model(one, total, k)
        makers[one.maker] = _joined(makers.get(one.maker, 0), one.share)
        for domain, part in zip(one.integrations, _shares(len(one.integrations)), strict=True):
            integrations[domain] = _joined(integrations.get(domain, 0), one.share * part)
        for kind in one.kinds:
            kinds[kind] = _joined(kinds.get(kind, 0), one.share)
    return {
        "installations": _floor(installations, k),
        "reaches": _rows(REACHES, installations, k),
        "classes": _rows(CLASSES, installations, k),
        "integrations": _rows(integrations, installations, k),
        "kinds": _parts(installations, kinds, k),
        "makers": {
            maker: row | {"spellings": _spelt(maker, row["total"], k)}
            for maker, row in _rows(makers, installations, k).items()
        },
        "models": {maker: dict(sorted(rows.items())) for maker, rows in sorted(models.items())},
    }


def _gear() -> Iterator[Gear]:
    """Yield all models, most used first: those that makers have first, then the next of each."""
    random = Random(3)
    depth = max(len(models) for _, _, models in MAKERS.values())
    share = MOST
    for place in range(depth):
        for maker, (_, integrations, models) in MAKERS.items():
            if place < len(models):
                model, kinds = list(models.items())[place]
                domains = tuple(integrations.split())
                some = share * random.uniform(0.6, 1)
                yield Gear(maker, model, domains, tuple(dict.fromkeys(kinds.split())), some)
                share *= FALLING


def _model(one: Gear, total: float, k: int) -> dict[str, Any]:
    random = Random(f"{one.maker}/{one.model}")
    major = random.randint(1, 3)
    versions = {f"{major}.{minor}.0": 0.6 * 0.4**age for age, minor in enumerate((14, 11, 3))}
    hubs = {"zha": 0.6, "hue": 0.9, "deconz": 0.2, "mqtt": 0.5, "matter": 0.1}
    return {
        "total": _floor(total, k),
        "devices": _steps(total, k),
        "ids": _parts(total, {f"E{random.randint(1000, 2200)}": 0.8}, k),
        "software": _parts(total, versions, k),
        "hardware": _parts(total, {str(major): 0.7}, k),
        "kinds": _parts(total, dict.fromkeys(one.kinds, 0.99), k),
        "integrations": _parts(
            total, dict(zip(one.integrations, _shares(len(one.integrations)), strict=True)), k
        ),
        "hubs": _parts(total, {d: hubs[d] for d in one.integrations if d in hubs}, k),
    }


def _shares(number: int) -> list[float]:
    return [0.62 * 0.4**place for place in range(number)]


def _rows(shares: Mapping[str, float], whole: float, k: int) -> dict[str, Any]:
    return {
        name: {"total": total, "devices": _steps(total, k)}
        for name, total in _parts(whole, shares, k).items()
    }


def _spelt(maker: str, total: int, k: int) -> dict[str, int]:
    spellings = MAKERS[maker][0] if maker in MAKERS else (maker.title(),)
    return _parts(total, {name: 0.97 * 0.15**place for place, name in enumerate(spellings)}, k)


def _steps(total: float, k: int) -> dict[str, int]:
    return _parts(total, {str(step): share for step, share in MANY.items()}, k, ordered=False)


def _parts(
    total: float, shares: Mapping[str, float], k: int, *, ordered: bool = True
) -> dict[str, int]:
    names = sorted(shares) if ordered else shares
    counts = {name: _floor(total * shares[name], k) for name in names}
    return {name: count for name, count in counts.items() if count}


def _joined(one: float, two: float) -> float:
    """Return which part has one of two, where these have nothing to do with each other."""
    return one + two - one * two


def _floor(number: float, k: int) -> int:
    return int(number) // k * k
