"""Text that is not ours: refused where a name is chosen, and shown as text everywhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from custom_components.analytics import texts
from custom_components.analytics.models import Kind, Outcome
from custom_components.analytics.outbound.log import shown
from custom_components.analytics.settings.in_force import resolve
from custom_components.analytics.tiers import encode
from receiver.texts import is_name as is_name_at_the_receiver

from .conftest import ALL_TIERS, Command, Start

PLUGIN = Path(__file__).parents[2] / "custom_components" / "analytics"
MARK = r"[!-/:-@\[-`{-~]"
FAR = "https://analytics.example.com/v1"

NAMES = [
    "Example Home",
    "Müller & Söhne (Test)",
    "Example Home's 100 %",
    "O\u2019Neil - fleet 2",
    "Versuch 2.0!",
    "Haus, Hof, Garten",
    "家庭自动化",
    "בית חכם",
    "घर की जानकारी",
    "Ɛdwuma",
    "e\u0301",
    "Умный дом 2",
    "HA自动化",
]
NO_NAMES = [
    "",
    " ",
    "...",
    "x" * 81,
    "Home Assistant<details>",
    "<b>x",
    "**x**",
    "_x_",
    "`x`",
    "~~x~~",
    "![x](https://example.com/pixel.png)",
    "Home Assistant** (`https://analytics-api.home-assistant.io/v1`) **",
    "[x][1]",
    "# x",
    "> x",
    "a | b",
    "x\\",
    "{url}",
    "&lt;b&gt;",
    "https://example.com",
    "www.example.com",
    "analytics-api.home-assistant.io",
    "me@example.com",
    "Home Assistant: https",
    "a/b",
    "$x$",
    "^x",
    '"x"',
    "a\nb: c",
    "a\r",
    "a\x00b",
    "a\x1b[2Jb",
    "a\x7fb",
    "a\u0085b",
    "a\u2028b",
    "a\u200bb",
    "a\u200db",
    "a\u00adb",
    "a\ufeffb",
    "a\u202eb",
    "a\u2066b",
    "a\u200fb",
    "a\u061cb",
    "\u3164",
    "a\u3164b",
    "\uffa0x",
    "a\ufe0fb",
    "a\U000e0101b",
    "a\u034fb",
    "\u2800",
    "a\U000e0041b",
    "x" + "\u0301" * 4,
    "\u0301\u0301",
    "a\ud800b",
    "a\ue000b",
    "a\u0378b",
    "a😀",
    "a\u2215b",
    "a\uff0eexample",
    "H\u043eme Assistant",
    "analytics-api\ua4f8home-assistant\ua4f8io",
    "home\u0660assistant",
]
# Each would be more than text in Markdown.
MARKUP = [
    *[name for name in NO_NAMES if name.strip()],
    "1. x",
    "- x",
    "+ x",
    "    x",
    "x  \ny",
    "<script>alert(1)</script>",
    "<img src=https://example.com/pixel.png>",
    "![x][y]\n\n[y]: https://example.com/pixel.png",
    "[!NOTE]",
    "\\`x\\`",
    "&#60;b>",
    "a\u2029b",
    "x]x[",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_a_name_may_be_one(name: str) -> None:
    settings = resolve({"destination": {"url": FAR, "name": name}}, {})
    assert settings.problem is None
    assert is_name_at_the_receiver(name)


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_more_than_a_name_is_refused(name: str) -> None:
    problem = resolve({"destination": {"url": FAR, "name": name}}, {}).problem
    if not {"\r", "\x85", "\u2028"} & set(name):  # ends of lines become spaces
        assert problem is not None
        assert problem.startswith("destination.name: ")
        assert problem.isprintable()
    assert not is_name_at_the_receiver(name)


async def test_the_form_refuses_it_as_well(hass: HomeAssistant, start: Start) -> None:
    entry = await start()
    form = await hass.config_entries.options.async_init(entry.entry_id)
    answer: Any = await hass.config_entries.options.async_configure(
        form["flow_id"], {"destination_name": "Home Assistant<details>", "destination_url": FAR}
    )
    assert (answer["type"], answer["errors"]) == (
        FlowResultType.FORM,
        {"destination_name": "invalid_name"},
    )


def as_shown(written: str) -> str:
    """Return what Markdown shows where each mark stands behind a backslash."""
    assert not re.search(MARK, re.sub(rf"\\{MARK}", "", written))
    return re.sub(rf"\\({MARK})", r"\1", written)


@pytest.mark.parametrize("text", [*MARKUP, *NAMES])
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    written = texts.markdown(text)
    assert written.isprintable()
    assert as_shown(written) == texts.one_line(text)


@pytest.mark.parametrize("key", [*MARKUP, "x" * 1000])
async def test_a_key_of_yaml_is_text_wherever_it_is_shown(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    caplog: pytest.LogCaptureFixture,
    key: str,
) -> None:
    entry = await start({key: 1})
    [line] = [text for text in caplog.messages if text.startswith("Nothing is sent until")]
    assert line.isprintable()
    problem = (await command("analytics/status"))["blocked"]["detail"]
    assert problem.isprintable()
    assert len(problem) <= texts.LONGEST_LINE + 1
    issue = ir.async_get(hass).async_get_issue("analytics", "settings")
    assert issue is not None
    assert as_shown((issue.translation_placeholders or {})["problem"]) == problem
    form: Any = await hass.config_entries.options.async_init(entry.entry_id)
    before, _, listed = form["description_placeholders"]["fixed"].partition(": ")
    assert before == "\n\nconfiguration.yaml sets"
    assert as_shown(listed.removesuffix(".")).isprintable()


@pytest.mark.parametrize(
    "value", ["<b>no</b>\n\u202e", "![x](https://example.com/p.png)", "\x1b[2J", "x" * 1000]
)
@pytest.mark.parametrize("key", ["interval", "enabled", "initial_delay"])
async def test_so_is_a_value_that_the_hosts_own_errors_repeat(
    hass: HomeAssistant, start: Start, key: str, value: str
) -> None:
    await start({key: value})
    issue = ir.async_get(hass).async_get_issue("analytics", "settings")
    assert issue is not None
    problem = as_shown((issue.translation_placeholders or {})["problem"])
    assert problem.startswith(f"{key}: ")
    assert problem.isprintable()
    assert len(problem) <= texts.LONGEST_LINE + 1


async def test_reloading_yaml_says_it_in_one_line(
    hass: HomeAssistant, start: Start, storage_folder: Path
) -> None:
    await start()
    (storage_folder.parent / "configuration.yaml").write_text('analytics:\n  "a\\e[2J\\n<b>": 1\n')
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call("analytics", "reload", blocking=True)
    assert (refused.value.translation_placeholders or {})["problem"].isprintable()


@pytest.mark.parametrize("dropped", ["integrations", "<b>", "a`b"])
async def test_what_the_guard_names_is_text(
    hass: HomeAssistant, start: Start, dropped: str
) -> None:
    data = (await start()).runtime_data
    data.async_ended(Outcome(kind=Kind.SENT, dropped={dropped: 1}))
    data.async_ended(Outcome(kind=Kind.INVALID, reason=dropped))
    registry = ir.async_get(hass)
    for name, placeholder in [("dropped", "dropped"), ("stopped", "field")]:
        issue = registry.async_get_issue("analytics", name)
        assert issue is not None
        assert dropped in as_shown((issue.translation_placeholders or {})[placeholder])


async def test_the_question_names_the_address_first_and_no_other_letters(
    hass: HomeAssistant, start: Start, command: Command
) -> None:
    """The host is a homograph of a known one: its first letter is Cyrillic."""
    await start({"destination": {"url": "https://\u0430nalytics-api.home-assistant.io/v1"}})
    await command("analytics/preferences", preferences=ALL_TIERS)
    issue = ir.async_get(hass).async_get_issue("analytics", "confirm_destination")
    assert issue is not None
    told = issue.translation_placeholders or {}
    assert all(text.isascii() for text in told.values())
    assert told["url"].startswith("https://xn--nalytics-api-")
    assert told["url"] == f"https://{as_shown(told['name'])}/v1"


def leaves(texts: Any, path: str = "") -> list[tuple[str, str]]:
    """Return all texts by where they are."""
    if isinstance(texts, str):
        return [(path, texts)]
    return [leaf for key, value in texts.items() for leaf in leaves(value, f"{path}.{key}")]


TRANSLATIONS = sorted((PLUGIN / "translations").glob("*.json"))


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_names_stand_in_descriptions_only_after_the_address(path: Path) -> None:
    """Titles and buttons are no Markdown, and are cut off where they are long."""
    for where, text in leaves(json.loads(path.read_text(encoding="utf-8"))):
        described = where.endswith(".description") and not where.startswith(".services")
        if "{name}" in text or "{privacy_url}" in text:
            assert described, where
            assert 0 <= text.index("`{url}`") < text.index("{name}"), where
        assert described or "{url}" not in text, where
        assert "{url}" not in text.replace("`{url}`", ""), where
        assert not re.search(r"<|&\w+;", text), where


def test_the_log_shows_what_can_not_be_seen_as_json_writes_it() -> None:
    report = {"uuid": "a" * 32, "version": "\u202e1\u2028\x7f\U000e0041"}
    line = shown(encode(report), report["uuid"])
    assert line.isprintable()
    assert json.loads(line)["version"] == "\u202e1\u2028\x7f\U000e0041"
