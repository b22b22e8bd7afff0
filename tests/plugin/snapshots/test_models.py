"""What devices are called passes, and what says something of the home does not."""

from dataclasses import replace
from ipaddress import ip_network
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from custom_components.analytics.guard.last_look import rule
from custom_components.analytics.guard.public_names import PUBLIC_NAMES
from custom_components.analytics.models import Knowledge
from custom_components.analytics.tiers.table import MAX_TEXT, Content

from ..people import PEOPLE

HOME = Knowledge(
    built_in=frozenset({"hue", "esphome"}),
    secrets=frozenset(
        {"nina müller", "nina.m", "hunter2!", "keller-nas", "haus am see", "correct horse", "山田"}
    ),
    people=frozenset({"nina müller", "nina.m"}),
    networks=(ip_network("10.7.0.0/24"), ip_network("203.0.113.9/32"), ip_network("fd00::/64")),
    public=PUBLIC_NAMES,
)
offends = rule(Content.MODEL, HOME)

NAMES = """
    Signify Netherlands B.V.|IKEA of Sweden|Xiaomi Communications Co.,Ltd|TP-Link|Tuya Inc.|AVM|Z-Wave.Me
    Shenzhen Neo Electronics Co., Ltd|Amazon|Apple Inc.|_TZ3000_vd43bbfq|_TZE28C1000000_jaunkx9g|Aqara|De'Longhi
    Bosch Thermotechnik GmbH|LG Electronics|Dr. Neuhaus|AEOTEC Ltd.|Ubiquiti Networks|Schneider Electric (Wiser)
    E1603/E1702/E1708|E27 WS opal 980lm|TRADFRI bulb E27 WS opal 980lm|lumi.sensor_magnet.aq2|zhimi.fan.za5
    lumi.weather|lumi.remote.b1acn01|lumi.airrtc.tcpecn02|yeelink.light.color1|roborock.vacuum.s5|FRITZ!Box 7590 AX
    HS110(EU)|SHSW-25|SNSW-001X16EU|ZEN71 800LR|BSB002|929002469202|046677577957|iPhone14,2|SM-G991B|UE55RU7179
    DS920+|RTL8812AU 2.4 & 5 GHz|Hue white lamp|Plug S|TS0601|ecobee3 lite|Nest Learning Thermostat (3rd gen)
    Sonos One SL|Play:1|AK1:S|Rev.B|7.0/7.1|D1 mini|M5Stack ATOM/Lite|ESP32-C3-DevKitM-1|espressif/esp32-s3
    1.104.2|V1.0.4.84|1.0.4.84_12.0.58|20230913-112003/v1.14.0-gcb84623|2024.6.1|v24.2.0-dev|0x01020304|5.00a
    2023.12.5 (Dec 20 2023, 12:34:56)|ESP_3.20.0|1.65.11_hB798F2B|6.5.55.14277|4.2.1-SNAPSHOT.2|1.2 (345)|9.0.7-build5
    7.57|141.07.57|3.4.2+git.5aa7d2|2.0.0-beta.3|DSM 7.2.1-69057 Update 5|iOS 17.2.1|Linux 6.1.0-18-amd64
    °C|km/h|µg/m³|m³|kWh/100km|€/kWh|%|BTU/(h⋅ft²)|W/m²|gal/min|ft³/min|dBm|mS/cm|l/h|mg/dL|in/d|1/min|m/s²|p/m³
    temperature|volatile_organic_compounds_parts|wind_direction|esphome__custom
"""  # noqa: E501 - as they are written
PASSING = [name for line in NAMES.strip().splitlines() for name in line.strip().split("|")]

PEOPLE_OF_ALL = frozenset(name.casefold() for name in PEOPLE)

OFFENDING = [
    "nina@example.org",
    "Nina@keller",
    "nina%40example.org",
    "mailto:nina@x.de",
    "192.168.4.7",
    "Router 10.7.0.3",
    "fw 10.20.30.40",
    "172.16.3.4/24",
    "Gateway at 81.2.69.142",
    "ip-192-168-1-5",
    "203.0.113.9",
    "100.64.3.2",
    "fe80::1ff:fe23:4567:890a",
    "2001:db8:85a3:1:2:8a2e:370:7334",
    "00:17:88:01:02:ab",
    "00-17-88-01-02-ab",
    "0017.8801.02ab",
    "ESP_0017880102ab",
    "001788FFFE0102AB",
    "0x00158d0001a2b3c4",
    "354879091234567",
    "https://my.home",
    "http://x/y",
    "ftp://x",
    "www.mysite",
    "home-assistant.duckdns.org/x",
    "example.com",
    "my.duckdns.org",
    "keller.fritz.box",
    "nas.local",
    "nas.lan",
    "server.internal:8123",
    "tower:8123",
    "\uff4e\uff41\uff53.local",
    "nas\u200b.lo\u00adcal",
    "nas\u3002local",
    "52.52437, 13.41053",
    "52.52437",
    "-0.12776",
    "52° 31' N",
    "N 52.5 E 13.4 at 52.5,13.4",
    "48.137154;11.576124",
    "/home/nina/model",
    "~/x",
    "home/nina",
    "config/secrets",
    "../x",
    "a/.ssh",
    "a//b",
    "C:\\Users\\nina",
    "a/b/c/d/e/f/g",
    "+49 170 1234567",
    "Nina's iPhone",
    "Nina\u2019s iPhone",
    "Grandma`s lamp",
    "Oma\u00b4s lamp",
    "Oma\u02bcs lamp",
    "Oma\u2032s lamp",
    "iPhone of Nina",
    "Ninas iPhone",
    "yeelink.nina",
    "TV-Muellers",
    "(555) 123-4567",
    "555-123-4567",
    "0170 1234567",
    "SN 12345678",
    "Hub (S/N: AB12345678)",
    "Serial No. AB-123456",
    "eyJhbGciOiJI.eyJzdWIi.abc",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "d8e8fca2dc0f896fd7cb4cb0031ba249",
    "AbC1dE2fG3hI4jK5/LmN6oP7qR8sT9uV0",
    "192,168,4,7",
    "4111 1111 1111 1111",
    "A1B2-C3D4-E5F6-G7H8",
    "sk-abcdefghij1234567890",
    "C:/x",
    "dev/ttyUSB0",
    "+49/170/1234567",
    "Nina Mueller",
    "001788010203",
    "hub 001788010203",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "Nina Müller",
    "iPhone (Nina Müller)",
    "nina_mueller nina_muller",
    "NinaMüller-PC",
    "keller-nas",
    "Synology keller nas",
    "TV Haus am See",
    "hunter2!",
    "key hunter2",
    "correcthorse",
    "xcorrecthorsex",
    "山田のiPhone",
    "line\nbreak",
    "nul\x00",
    "x" * (MAX_TEXT + 1),
]


@pytest.mark.parametrize("name", PASSING)
def test_what_devices_are_called_passes(name: str) -> None:
    assert not offends(name)


MAKERS = "Philips|Siemens|Bosch|Sony|Samsung|Sonos|Miele|Somfy|Velux|Kärcher|De'Longhi|Müller-Licht"


def test_a_name_that_all_know_is_no_secret_in_whatever_parts_it_is_written() -> None:
    """NO_PROXY may name a domain that every router of a maker has."""
    home = replace(HOME, built_in=frozenset({"fritzbox"}), secrets=frozenset({"fritz.box"}))
    assert not rule(Content.MODEL, home)("FRITZ!Box 7590 AX")


def test_no_maker_and_no_model_is_taken_for_one_of_many_people() -> None:
    home = replace(HOME, secrets=PEOPLE_OF_ALL, people=PEOPLE_OF_ALL)
    taken = rule(Content.MODEL, home)
    assert [name for name in (*PASSING, *MAKERS.split("|")) if taken(name)] == ["Müller-Licht"]


@pytest.mark.parametrize("text", OFFENDING)
def test_what_says_something_of_the_home_does_not(text: str) -> None:
    assert offends(text)
    assert offends(f" {text} ")


generated = settings(
    max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hexadecimal = st.text("0123456789abcdef", min_size=2, max_size=2)
octet = st.integers(0, 255).map(str)
label = st.from_regex(r"[a-z][a-z0-9]{1,10}", fullmatch=True)
letters = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=28)

mac = st.builds(
    lambda parts, sign: sign.join(parts),
    st.lists(hexadecimal, min_size=6, max_size=6),
    st.sampled_from((":", "-", "")),
).filter(lambda text: not text.isdecimal())
private = st.one_of(
    st.builds(lambda *rest: ".".join(("192", "168", *rest)), octet, octet),
    st.builds(lambda *rest: ".".join(("10", *rest)), octet, octet, octet),
    st.builds(
        lambda second, *rest: ".".join(("172", str(second), *rest)),
        st.integers(16, 31),
        octet,
        octet,
    ),
)
email = st.builds(lambda name, place: f"{name}@{place}.example", label, label)
url = st.builds(
    lambda scheme, place: f"{scheme}://{place}", st.sampled_from(("http", "mqtt")), label
)
host = st.builds(
    lambda name, domain: f"{name}.{domain}",
    label,
    st.sampled_from(
        ("local", "lan", "home", "fritz.box", "internal", "com", "net", "de", "io", "dev")
    ),
)
place = st.builds(
    lambda lat, lon, sign: f"{lat:.5f}{sign}{lon:.5f}",
    st.floats(1, 89),
    st.floats(1, 179),
    st.sampled_from((",", ", ", ";", " ", "/")),
)
token = letters.filter(
    lambda text: sum(one.isdigit() != two.isdigit() for one, two in pairwise(text)) > len(text) / 4
)
secret = st.sampled_from(("Nina Müller", "keller-nas", "Haus am See", "correct horse"))
around = st.sampled_from(("", "Lamp ", "Model (", "v2 / "))
after = st.sampled_from(("", " v2", ")", ", rev. B"))


@generated
@example(before="", private="00:17:88:01:02:03", behind="")
@given(
    before=around,
    private=st.one_of(mac, private, email, url, host, place, token, secret),
    behind=after,
)
def test_nothing_private_passes_whatever_is_around_it(
    before: str, private: str, behind: str
) -> None:
    assert offends(f"{before}{private}{behind}")


# More or longer numbers, joined to one run, are as mixed as a key, and kept back as one.
word = st.from_regex(r"[A-Z][a-z]{1,9}|[A-Z]{1,3}-?[0-9]{1,4}[A-Z]?", fullmatch=True)


@generated
@given(words=st.lists(word, min_size=1, max_size=2), sign=st.sampled_from((" ", "/", "-", "_")))
def test_words_and_numbers_pass(words: list[str], sign: str) -> None:
    assert not offends(sign.join(words))


@generated
@given(
    parts=st.lists(st.integers(0, 99), min_size=1, max_size=3),
    stage=st.sampled_from(("", "-beta.1", "b2", "-rc1", "+build.5", ".dev0")),
)
def test_versions_pass(parts: list[int], stage: str) -> None:
    assert not offends(".".join(map(str, parts)) + stage)


@generated
@given(text=st.text(max_size=MAX_TEXT))
def test_any_text_is_judged(text: str) -> None:
    assert offends(text) in {True, False}
