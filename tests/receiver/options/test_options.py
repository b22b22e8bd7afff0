"""Flags and environment variables."""

import socket
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from receiver.options import Options, parse
from receiver.options.options import PREFIX
from receiver.storage import Durability, Servers
from tests.receiver import child

PASSWORD = Path(__file__).with_name("password.txt")
VALUES = {
    "host": ("0.0.0.0,[::] localhost ::", ("0.0.0.0", "::", "localhost")),
    "port": ("8123", 8123),
    "store": ("other.db", Path("other.db")),
    "store_user": ("receiver", "receiver"),
    "store_password_file": (str(PASSWORD), PASSWORD),
    "store_ca": (__file__, Path(__file__)),
    "store_certificate": (__file__, Path(__file__)),
    "store_key": (__file__, Path(__file__)),
    "durability": ("memory", Durability.MEMORY),
    "counting_processes": ("3", 3),
    "base_url": ("https://example.com/my/Analytics-1/", "https://example.com/my/Analytics-1"),
    "title": ("Example Home's 100 %", "Example Home's 100 %"),
    "retention_days": ("30", 30),
    "smallest_group": ("1", 1),
    "count_after": ("0", 0),
    "publish_every": ("60", 60),
    "geo": (".", Path()),
    "trusted_proxy": (
        "127.0.0.1,10.0.0.0/8 ::1",
        (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"), ip_network("::1")),
    ),
    "rate_limit": ("0", 0),
}
WRONG = [
    ("store", " "),
    ("store", "postgres://127.0.0.1:5432"),
    ("store", "valkey://"),
    ("store", "valkey:10.0.0.1:6379"),
    ("store", "rediss:/10.0.0.1:6379"),
    ("store", "127.0.0.1:6379"),
    ("store", "[::1]:6379,[::1]:6380"),
    ("store", "valkey://127.0.0.1"),
    ("store", "valkey://127.0.0.1:0"),
    ("store", "valkey://127.0.0.1:65536"),
    ("store", "valkey://127.0.0.1:6379,"),
    ("store", "valkey://127.0.0.1:6379/0"),
    ("store", "valkey://::1:6379"),
    ("store_password_file", "there-is-no-such-file"),
    ("store_ca", "."),
    ("durability", "often"),
    ("counting_processes", "0"),
    ("host", " , "),
    ("host", "127.0.0.1:8080"),
    ("host", "http://127.0.0.1"),
    ("host", "*"),
    ("host", "[::1"),
    ("host", "1::2::3"),
    ("host", "127.0.0.1,::x"),
    ("port", "65536"),
    ("port", "-1"),
    ("port", "http"),
    ("retention_days", "0"),
    ("smallest_group", "0"),
    ("smallest_group", "5.5"),
    ("count_after", "-1"),
    ("publish_every", "0"),
    ("publish_every", "9" * 5000),
    ("rate_limit", "-1"),
    ("rate_limit", "²"),
    ("port", "000000000099999999"),
    ("trusted_proxy", "proxy.example.com"),
    ("trusted_proxy", "10.0.0.1/8"),
    ("trusted_proxy", " , "),
    ("base_url", "analytics.example.com"),
    ("base_url", "ftp://analytics.example.com"),
    ("base_url", "https://analytics.example.com/?a=b"),
    ("base_url", "https://example.com/my analytics"),
    ("base_url", "https://example.com/my//analytics"),
    ("base_url", "https://example.com/../analytics"),
    ("base_url", "https://example.com/."),
    ("base_url", "https://example.com/m%C3%BC"),
    ("base_url", "https://example.com/{analytics}"),
    ("base_url", "https://me:secret@example.com"),
    ("base_url", "https://example.com:99999"),
    ("base_url", "https://[::1"),
    ("geo", "there-is-no-such-file.mmdb"),
    ("title", " "),
    ("title", "two\nlines"),
    ("title", "x" * 81),
    ("title", "Home Assistant<details>"),
    ("title", "**Example**"),
    ("title", "![x](https://example.com/pixel.png)"),
    ("title", "https://example.com"),
    ("title", "analytics-api.home-assistant.io"),
    ("title", "a\u202eb"),
    ("title", "a\u2066b"),
    ("title", "a\u200bb"),
    ("title", "\u3164"),
    ("title", "a\x1b[2Jb"),
    ("base_url", "https://b\u00fccher.example"),
    ("base_url", "https://ex<b>ample.com"),
    ("base_url", "https://exam\u202eple.com"),
    ("base_url", "https://exam\tple.com"),
    ("base_url", 'https://example.com"'),
]


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def test_every_option_is_tried_here() -> None:
    assert {field.name for field in fields(Options)} == {*VALUES, "store_password"}


def test_without_any_choice_the_defaults_count() -> None:
    assert parse([], {}) == Options()


@pytest.mark.parametrize("name", VALUES)
def test_an_option_is_a_flag_and_an_environment_variable_of_the_same_name(name: str) -> None:
    text, value = VALUES[name]
    assert getattr(parse([flag(name), text], {}), name) == value
    assert getattr(parse([], {PREFIX + name.upper(): text}), name) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("valkey://a.example:6379", Servers(hosts=(("a.example", 6379),))),
        ("redis://a:1,b:2/", Servers(hosts=(("a", 1), ("b", 2)))),
        (
            "valkeys://[fd00::1]:7000,10.0.0.1:7001",
            Servers(hosts=(("fd00::1", 7000), ("10.0.0.1", 7001)), tls=True),
        ),
        ("rediss://a:1", Servers(hosts=(("a", 1),), tls=True)),
    ],
)
def test_a_cluster_is_named_by_some_of_its_servers(text: str, place: Servers) -> None:
    assert parse(["--store", text], {}).place == place
    assert parse(["--store", str(place)], {}).place == place


def test_an_address_with_a_password_is_refused_without_showing_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["--store", "valkey://me:geheim@10.0.0.1:6379"], {})
    error = capsys.readouterr().err
    assert "--store-password-file" in error
    assert "geheim" not in error


def test_a_password_comes_from_a_file_or_a_variable_and_is_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("geheim\n", encoding="utf-8")
    argv = ["--store", "valkey://a:1", "--store-user", "me"]
    variable = {"OPEN_ANALYTICS_STORE_PASSWORD": "geheim"}
    named = [*argv, "--store-password-file", str(path)]
    left = {"OPEN_ANALYTICS_STORE_PASSWORD": "of before"}
    for options in (parse(named, {}), parse(named, left), parse(argv, variable)):
        place = options.place
        assert isinstance(place, Servers)
        assert (place.user, place.password) == ("me", "geheim")
        assert all("geheim" not in text(one) for text in (str, repr) for one in (options, place))
        assert "geheim" not in " ".join(options.counted)
        assert options.secrets == variable


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", b"\xff\xfe"])
def test_a_file_without_a_password_is_told(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        parse(["--store", "valkey://a:1", "--store-password-file", str(path)], {})
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "--store-password-file: " in error
    assert "expected" in error
    assert "two" not in error


def test_the_earlier_name_of_the_store_still_counts() -> None:
    assert parse(["--database", "a.db"], {}) == parse(["--store", "a.db"], {})
    variables = {"OPEN_ANALYTICS_DATABASE": "a.db"}
    assert parse([], variables) == parse(["--store", "a.db"], {})
    assert parse([], variables | {"OPEN_ANALYTICS_STORE": "b.db"}).place == Path("b.db")


def test_flags_win() -> None:
    assert parse(["--port", "1"], {"OPEN_ANALYTICS_PORT": "2"}).port == 1


def test_an_empty_variable_is_none() -> None:
    assert parse([], {"OPEN_ANALYTICS_PORT": ""}).port == 8080


def test_an_address_may_be_named_several_times() -> None:
    assert parse(["--host", "127.0.0.1", "--host", "::1"], {}).host == ("127.0.0.1", "::1")
    assert parse([], {"OPEN_ANALYTICS_HOST": "127.0.0.1 ::1"}).host == ("127.0.0.1", "::1")


@pytest.mark.parametrize(
    ("chosen", "address"),
    [
        ([], "http://127.0.0.1:8080"),
        (["--host", "0.0.0.0", "--port", "80"], "http://127.0.0.1:80"),
        (["--host", "::"], "http://[::1]:8080"),
        (["--host", "192.0.2.1", "--host", "::"], "http://192.0.2.1:8080"),
        (["--host", "::", "--base-url", "https://example.com/my"], "https://example.com/my"),
    ],
)
def test_a_receiver_knows_where_it_is_reached(chosen: list[str], address: str) -> None:
    assert parse(chosen, {}).address == address


def test_a_proxy_may_be_named_several_times() -> None:
    options = parse(["--trusted-proxy", "10.0.0.1", "--trusted-proxy", "10.0.0.2"], {})
    assert options.trusted_proxy == (ip_network("10.0.0.1"), ip_network("10.0.0.2"))


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_wrong_value_is_told_with_the_options_name_and_the_remedy(
    name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for source, argv, environ in (
        (flag(name), [f"{flag(name)}={text}"], {}),
        (PREFIX + name.upper(), [], {PREFIX + name.upper(): text}),
    ):
        with pytest.raises(SystemExit) as stopped:
            parse(argv, environ)
        assert stopped.value.code == 2
        error = capsys.readouterr().err
        assert f"{source}: " in error
        assert "expected" in error


def test_help_is_enough_to_run_it() -> None:
    shown = child.run("--help")
    assert shown.returncode == 0
    assert all(flag(name) in shown.stdout for name in VALUES)
    assert all(word in shown.stdout for word in (PREFIX, "backup", "aggregate", "default: 8080"))


def test_the_options_are_printed_at_start(tmp_path: Path) -> None:
    with child.receiver(tmp_path / "analytics.db", "--title", "Example Home") as running:
        assert "--title Example Home\n" in running.output
        assert "--smallest-group 5\n" in running.output
        assert "--store-" not in running.output
        assert running.stop()[0] == 0


def test_an_address_that_is_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        shown = child.run("--database", tmp_path / "analytics.db", "--port", port)
    assert shown.returncode == 1
    assert port in shown.stderr
    assert "--port" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_what_was_printed_makes_the_same_choices() -> None:
    chosen = {name: text for name, (text, _) in VALUES.items()} | {"store": "valkeys://a:1,b:2"}
    options = parse([part for name, text in chosen.items() for part in (flag(name), text)], {})
    shown = [part for line in str(options).splitlines() for part in line.split(" ", 1)]
    assert parse(shown, {}) == options
