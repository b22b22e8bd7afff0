"""What could not be set up: told by kind, by name only where everybody knows the name."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, ConfigEntryNotReady
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from custom_components.analytics.collect import Source
from custom_components.analytics.collect.setup_failures import SetupFailures, setup_failures
from custom_components.analytics.host import VERSION
from custom_components.analytics.tiers.facts import SetupFailure
from custom_components.analytics.tiers.words import REASONS

type SetUpEntry = Callable[[HomeAssistant, ConfigEntry[Any]], Coroutine[Any, Any, Any]]
type AddEntry = Callable[..., Coroutine[Any, Any, MockConfigEntry]]

# Nothing of what an integration says of its failure may be told, nor a name that is not public.
SECRET: Final = "light.annas_bedroom at 52.3702, password hunter2-hunter2"
TELLING: Final = "annas_house"
# What an integration of the host's own answers when all is well.
WELL: Final = None if VERSION >= (2026, 11) else True


class Flow(ConfigFlow):
    """A flow that asks to log in again."""

    async def async_step_reauth(self, _data: object) -> ConfigFlowResult:
        """Show the form."""
        return self.async_show_form(step_id="reauth")


def raising(error: BaseException) -> SetUpEntry:
    """Return the set-up of an entry that fails."""

    async def async_setup_entry(_hass: HomeAssistant, _entry: ConfigEntry[Any]) -> bool:
        raise error

    return async_setup_entry


def answering(answer: bool | None) -> SetUpEntry:
    """Return the set-up of an entry that ends in this way."""

    async def async_setup_entry(_hass: HomeAssistant, _entry: ConfigEntry[Any]) -> bool | None:
        return answer

    return async_setup_entry


async def refuse(_hass: HomeAssistant, _config: object) -> bool:
    """Fail to set an integration up, quietly."""
    return False


async def fail(_hass: HomeAssistant, _config: object) -> bool:
    """Fail to set an integration up, with an exception."""
    raise ValueError(SECRET)


async def found(hass: HomeAssistant) -> SetupFailures:
    """Return what is found to have failed."""
    return await setup_failures(Source(hass=hass, yaml_domains=frozenset()))


def built_in(**reasons: str) -> SetupFailures:
    """Return that built-in integrations have failed for these reasons."""
    return SetupFailures(
        built_in=tuple(SetupFailure(domain=name, reason=why) for name, why in reasons.items()),
        custom={},
    )


@pytest.fixture
def add_entry(hass: HomeAssistant) -> Iterator[AddEntry]:
    """Set up an entry of an integration that is made for it."""
    with ExitStack() as flows:

        async def add_entry(
            domain: str,
            set_up: SetUpEntry,
            *,
            custom: bool = False,
            migrates: bool = True,
            version: int = 1,
            **entry: Any,
        ) -> MockConfigEntry:
            async def migrate(_hass: HomeAssistant, _entry: ConfigEntry[Any]) -> bool:
                return migrates

            module = MockModule(domain, async_setup_entry=set_up, async_migrate_entry=migrate)
            mock_integration(hass, module, built_in=not custom)
            mock_platform(hass, f"{domain}.config_flow", None, built_in=not custom)
            flows.enter_context(mock_config_flow(domain, Flow))
            added = MockConfigEntry(domain=domain, version=version, title=SECRET, **entry)
            added.add_to_hass(hass)
            await async_setup_component(hass, domain, {})
            await hass.async_block_till_done()
            return added

        yield add_entry


async def test_where_all_is_well_nothing_is_told(hass: HomeAssistant, add_entry: AddEntry) -> None:
    await add_entry("hue", answering(WELL))
    assert await async_setup_component(hass, "homeassistant", {})
    assert await found(hass) == SetupFailures(built_in=(), custom={})


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConfigEntryNotReady(SECRET), "not_ready"),
        (ConfigEntryAuthFailed(SECRET), "authentication"),
        (ConfigEntryError(SECRET), "error"),
        (ValueError(SECRET), "error"),
        (TimeoutError(SECRET), "error"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_an_entry_that_fails(
    hass: HomeAssistant, add_entry: AddEntry, error: Exception, reason: str
) -> None:
    await add_entry("hue", raising(error))
    assert await found(hass) == built_in(hue=reason)
    await add_entry(TELLING, raising(error), custom=True)
    assert await found(hass) == SetupFailures(
        built_in=(SetupFailure(domain="hue", reason=reason),), custom={reason: 1}
    )


async def test_an_entry_that_answers_no(hass: HomeAssistant, add_entry: AddEntry) -> None:
    await add_entry("hue", answering(False))
    assert await found(hass) == built_in(hue="error")


async def test_an_entry_that_can_not_be_migrated(hass: HomeAssistant, add_entry: AddEntry) -> None:
    await add_entry("hue", answering(WELL), version=7, migrates=False)
    assert await found(hass) == built_in(hue="error")


async def test_a_login_that_was_answered_is_no_longer_asked_for(
    hass: HomeAssistant, add_entry: AddEntry
) -> None:
    entry = await add_entry("hue", raising(ConfigEntryAuthFailed(SECRET)))
    [flow] = hass.config_entries.flow.async_progress()
    hass.config_entries.flow.async_abort(flow["flow_id"])
    assert await found(hass) == built_in(hue="error")
    await hass.config_entries.async_remove(entry.entry_id)
    assert await found(hass) == built_in()


async def test_the_login_of_another_entry_is_not_that_of_this(
    hass: HomeAssistant, add_entry: AddEntry
) -> None:
    await add_entry("hue", raising(ConfigEntryAuthFailed(SECRET)))
    await add_entry("zha", raising(ConfigEntryError(SECRET)))
    assert await found(hass) == built_in(hue="authentication", zha="error")


@pytest.mark.parametrize(
    "put_aside", [{"source": SOURCE_IGNORE}, {"disabled_by": ConfigEntryDisabler.USER}]
)
async def test_what_is_put_aside_does_not_count(
    hass: HomeAssistant, add_entry: AddEntry, put_aside: dict[str, Any]
) -> None:
    state = ConfigEntryState.SETUP_ERROR  # as it may have been before
    await add_entry("hue", raising(ValueError(SECRET)), state=state, **put_aside)
    assert await found(hass) == built_in()


async def test_each_domain_counts_once_with_its_first_reason(
    hass: HomeAssistant, add_entry: AddEntry
) -> None:
    turns = iter([ConfigEntryError(SECRET), ConfigEntryNotReady(SECRET), ValueError(SECRET)] * 2)

    async def async_setup_entry(_hass: HomeAssistant, _entry: ConfigEntry[Any]) -> bool:
        raise next(turns)

    for domain, custom in (("hue", False), (TELLING, True)):
        for _ in range(2):
            MockConfigEntry(domain=domain).add_to_hass(hass)
        await add_entry(domain, async_setup_entry, custom=custom)
    assert await found(hass) == SetupFailures(
        built_in=(SetupFailure(domain="hue", reason="not_ready"),), custom={"not_ready": 1}
    )


@pytest.mark.parametrize("set_up", [refuse, fail])
async def test_an_integration_of_yaml_that_fails(hass: HomeAssistant, set_up: Any) -> None:
    mock_integration(hass, MockModule("hue", async_setup=set_up))
    mock_integration(hass, MockModule(TELLING, async_setup=set_up), built_in=False)
    assert not await async_setup_component(hass, "hue", {"hue": {}})
    assert not await async_setup_component(hass, TELLING, {TELLING: {}})
    assert await found(hass) == SetupFailures(
        built_in=(SetupFailure(domain="hue", reason="error"),), custom={"error": 1}
    )


async def test_a_configuration_that_is_refused(hass: HomeAssistant) -> None:
    schema = vol.Schema({"hue": vol.Schema({"host": str})}, extra=vol.ALLOW_EXTRA)
    mock_integration(hass, MockModule("hue", config_schema=schema))
    assert not await async_setup_component(hass, "hue", {"hue": {SECRET: 1}})
    assert await found(hass) == built_in(hue="error")


async def test_what_nobody_knows_is_counted_only(hass: HomeAssistant) -> None:
    assert not await async_setup_component(hass, TELLING, {TELLING: {}})
    assert await found(hass) == SetupFailures(built_in=(), custom={"error": 1})


async def test_what_needs_one_that_failed(hass: HomeAssistant) -> None:
    mock_integration(hass, MockModule("zha", async_setup=refuse))
    mock_integration(hass, MockModule("hue", dependencies=["zha"]))
    mock_integration(hass, MockModule("mqtt", dependencies=["hue"]))
    mock_integration(hass, MockModule(TELLING, dependencies=["hue"]), built_in=False)
    for domain in ("mqtt", TELLING):
        assert not await async_setup_component(hass, domain, {})
    assert await found(hass) == SetupFailures(
        built_in=(
            SetupFailure(domain="hue", reason="dependencies"),
            SetupFailure(domain="mqtt", reason="dependencies"),
            SetupFailure(domain="zha", reason="error"),
        ),
        custom={"dependencies": 1},
    )


@pytest.mark.parametrize("needed", ["hue", TELLING])
async def test_what_needs_one_that_is_not_there_or_itself(hass: HomeAssistant, needed: str) -> None:
    mock_integration(hass, MockModule("hue", dependencies=[needed]))
    assert not await async_setup_component(hass, "hue", {})
    assert await found(hass) == built_in(hue="dependencies")


async def test_what_failed_by_itself_did_not_fail_for_another(hass: HomeAssistant) -> None:
    manifest = {"after_dependencies": ["zha"]}
    mock_integration(hass, MockModule("hue", async_setup=refuse, partial_manifest=manifest))
    mock_integration(hass, MockModule("zha", async_setup=refuse))
    for domain in ("hue", "zha"):
        assert not await async_setup_component(hass, domain, {})
    assert await found(hass) == built_in(hue="error", zha="error")


async def test_one_that_is_switched_off_by_its_authors(hass: HomeAssistant) -> None:
    manifest = {"disabled": SECRET}
    mock_integration(hass, MockModule("hue", partial_manifest=manifest, dependencies=["zha"]))
    mock_integration(hass, MockModule("zha", async_setup=refuse))
    for domain in ("zha", "hue"):
        assert not await async_setup_component(hass, domain, {})
    assert await found(hass) == built_in(hue="error", zha="error")


@pytest.fixture
def requirement(hass: HomeAssistant, tmp_path: Path) -> str:
    """Return a requirement that can't be installed, on a host that tries to."""
    hass.config.skip_pip = False
    return f"annas-package @ {(tmp_path / 'nothing.whl').as_uri()}"


async def test_a_requirement_that_can_not_be_installed(
    hass: HomeAssistant, requirement: str
) -> None:
    mock_integration(hass, MockModule("zha", requirements=[requirement]))
    mock_integration(hass, MockModule(TELLING, requirements=[requirement]), built_in=False)
    mock_integration(hass, MockModule("hue", dependencies=["zha"]))
    mock_integration(hass, MockModule("mqtt", partial_manifest={"after_dependencies": ["zha"]}))
    mock_integration(hass, MockModule("sonos", partial_manifest={"after_dependencies": ["mqtt"]}))
    mock_integration(hass, MockModule("cast", async_setup=refuse))
    for domain in ("sonos", "mqtt", "cast"):
        assert not await async_setup_component(hass, domain, {})
    assert await found(hass) == built_in(cast="error", mqtt="dependencies", sonos="dependencies")
    for domain in ("hue", TELLING):
        assert not await async_setup_component(hass, domain, {})
    assert await found(hass) == SetupFailures(
        built_in=(
            SetupFailure(domain="cast", reason="error"),
            SetupFailure(domain="hue", reason="dependencies"),
            # What they could do without is installed with them.
            SetupFailure(domain="mqtt", reason="dependencies"),
            SetupFailure(domain="sonos", reason="dependencies"),
            SetupFailure(domain="zha", reason="requirements"),
        ),
        custom={"requirements": 1},
    )


async def test_platforms_under_another_domain(hass: HomeAssistant, requirement: str) -> None:
    schema = vol.Schema({"platform": str, "host": str})
    for domain in ("hue", "zha", TELLING):
        module = MockModule(domain, requirements=[requirement] if domain == "hue" else [])
        mock_integration(hass, module, built_in=domain != TELLING)
        platform = MockPlatform(platform_schema=schema)
        mock_platform(hass, f"{domain}.sensor", platform, built_in=domain != TELLING)
    names = frozenset({"hue", "zha", TELLING, "not_there"})
    config = {"sensor": [{"platform": name, "token": SECRET} for name in names]}
    assert await async_setup_component(hass, "sensor", config)
    await hass.async_block_till_done()
    assert await setup_failures(Source(hass=hass, yaml_domains=names)) == SetupFailures(
        built_in=(
            SetupFailure(domain="hue", reason="requirements"),
            SetupFailure(domain="zha", reason="error"),
        ),
        custom={"error": 1},
    )


async def test_a_platform_of_which_some_is_set_up_has_not_failed(hass: HomeAssistant) -> None:
    async def set_up(*_arguments: object) -> None:
        return

    mock_integration(hass, MockModule("zha"))
    schema = vol.Schema({"platform": str, vol.Optional("host"): str})
    platform = MockPlatform(platform_schema=schema, async_setup_platform=set_up)
    mock_platform(hass, "zha.sensor", platform)
    config = {"sensor": [{"platform": "zha"}, {"platform": "zha", "token": SECRET}]}
    assert await async_setup_component(hass, "sensor", config)
    await hass.async_block_till_done()
    assert hass.data["bootstrap_persistent_errors"]
    assert await found(hass) == built_in()


async def test_a_set_up_that_goes_on_has_not_failed(hass: HomeAssistant) -> None:
    begun, end = hass.loop.create_future(), hass.loop.create_future()

    async def hang(_hass: HomeAssistant, _config: object) -> bool:
        begun.set_result(None)
        return bool(await end)

    mock_integration(hass, MockModule("hue", async_setup=hang))
    task = hass.async_create_task(async_setup_component(hass, "hue", {}))
    await begun
    assert await found(hass) == built_in()
    end.set_result(False)
    assert await task is False
    assert await found(hass) == built_in(hue="error")


async def test_only_words_of_the_table_and_public_names_are_told(
    hass: HomeAssistant, add_entry: AddEntry
) -> None:
    await add_entry("hue", raising(ConfigEntryNotReady(SECRET)))
    await add_entry(TELLING, raising(ValueError(SECRET)), custom=True)
    told = repr(await found(hass))
    assert TELLING not in told
    assert "hunter2" not in told
    assert set((await found(hass)).custom) <= set(REASONS)
