"""Random histories of switches, choices, restarts and kills, with the built-in one as the reader.

Beside them a model: the last word of the user. Of a choice that a kill cut short either is right.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any, Final

import pytest
from homeassistant.components.analytics.analytics import Analytics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from custom_components.analytics import host
from custom_components.analytics.consent import ConsentStore
from custom_components.analytics.models import Consent, Destination

type Choice = tuple[bool, bool]
type Step = tuple[str, Any]

# Hypothesis finds the same histories each time; EXAMPLES=2000 looks at so many others.
EXAMPLES: Final = int(os.environ.get("EXAMPLES", "0"))

NAMES: Final = ("base", "usage")
RECEIVER: Final = Destination(name="Home Assistant", url=host.receiver_url())
CHOICES: Final = tuple(product((True, False), repeat=len(NAMES)))
CHANGES: Final = st.one_of(
    st.tuples(st.just("switch"), st.booleans()),
    st.tuples(st.just("choose"), st.sampled_from(CHOICES)),
    st.tuples(st.just("choose_switched_off"), st.sampled_from(CHOICES)),
)
STEPS: Final = st.one_of(
    CHANGES,
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("edit"), st.sampled_from(CHOICES)),
    st.tuples(st.just("kill"), st.tuples(st.integers(0, 4), st.lists(CHANGES, max_size=3))),
)


@contextmanager
def only(writes: int) -> Iterator[None]:
    """Let so many writes reach the disk, and none after them."""
    real: Any = Store.async_save
    left = writes

    async def save(self: Store[Any], data: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            await real(self, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "async_save", save)
        yield


class Home:
    """A store of choices that is loaded again and again, and what the user last said."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.switch = False
        # What may be in force: more than one after a kill, until that is looked at.
        self.words: set[Choice] = {(False, False)}

    async def start(self) -> None:
        """Load what is on disk, as set-up does."""
        self.store = ConsentStore(self._hass)
        await self.store.async_load()
        await self._follow()

    async def _follow(self) -> None:
        if self.store.hold(self.switch):
            await self.store.async_save()

    async def take(self, step: Step) -> None:
        """Do one step to the store and to the model."""
        await getattr(self, f"_{step[0]}")(step[1])

    async def _switch(self, on: bool) -> None:
        self.switch = on
        await self._follow()

    async def _choose(self, choice: Choice) -> None:
        self.words = {choice}
        preferences = dict(zip(NAMES, choice, strict=True))
        self.store.put(RECEIVER, Consent(decided=True, preferences=preferences))
        await self.store.async_save()

    async def _choose_switched_off(self, choice: Choice) -> None:
        """Choose when a switch was turned on and not noticed yet: both are saved at once."""
        self.switch = True
        self.store.hold(True)
        await self._choose(choice)

    async def _restart(self, _nothing: None) -> None:
        await self.start()

    async def _edit(self, choice: Choice) -> None:
        """Choose on the built-in integration's page, while the plugin is not loaded."""
        built_in = Analytics(self._hass)
        await built_in.load()
        await built_in.save_preferences(dict(zip(NAMES, choice, strict=True)))
        self.words = {choice}
        await self.start()

    async def _kill(self, cut: tuple[int, list[Step]]) -> None:
        writes, changes = cut
        may_be = set(self.words)
        with only(writes):
            for change in changes:
                await self.take(change)
                may_be |= self.words
        self.words = may_be
        await self.start()

    async def check(self) -> None:
        """See that the choice is one of the user's, and what the built-in one reads of it."""
        preferences = self.store.consent(RECEIVER).preferences
        choice = tuple(preferences.get(name, False) for name in NAMES)
        assert choice in self.words
        self.words = {choice}
        built_in = Analytics(self._hass)
        await built_in.load()
        read = tuple(built_in.preferences.get(name, False) for name in NAMES)
        assert read == ((False, False) if self.switch else choice)


ALL: Final = (True, True)
NONE: Final = (False, False)


@pytest.mark.filterwarnings("ignore:It looks like `register_random`")  # Python 3.14
@settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    history=[
        ("choose", ALL),
        ("switch", True),
        ("choose", NONE),
        ("edit", ALL),
        ("switch", False),
    ]
)
@example(history=[("choose", ALL), ("kill", (1, [("switch", True)])), ("edit", NONE)])
@example(history=[("choose", ALL), ("kill", (1, [("switch", True), ("choose", NONE)]))])
@example(history=[("choose", ALL), ("choose_switched_off", NONE), ("edit", ALL)])
@given(history=st.lists(STEPS, min_size=2, max_size=12))
async def test_the_last_word_counts_and_a_switch_hides_it(
    history: list[Step], hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage.clear()
    home = Home(hass)
    await home.start()
    for step in history:
        await home.take(step)
        await home.check()


@pytest.fixture
async def cut_short(hass: HomeAssistant, hass_storage: dict[str, Any]) -> Home:
    """Return a home that chose a no while a switch is on, and was killed between the two files.

    The shared file is not masked, and still has the yes from before.
    """
    home = Home(hass)
    await home.start()
    await home.take(("choose", ALL))
    with only(1):
        await home.take(("choose_switched_off", NONE))
    return home


async def test_a_no_counts_once_it_is_in_our_own_file(cut_short: Home) -> None:
    await cut_short.start()
    await cut_short.check()


async def test_a_no_is_in_one_of_the_files_while_it_is_given_back(cut_short: Home) -> None:
    """The switch goes off meanwhile, and the next start is cut short, too."""
    cut_short.switch = False
    with only(1):
        await cut_short.start()
    await cut_short.start()
    await cut_short.check()
