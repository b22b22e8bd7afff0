"""Choose at random, the same for each seed."""

import random
from collections.abc import Iterable, Mapping


def one[T](chance: random.Random, weights: Mapping[T, float]) -> T:
    """Choose by weight."""
    return chance.choices(list(weights), list(weights.values()))[0]


def some[T](chance: random.Random, shares: Iterable[tuple[T, float]], keenness: float) -> list[T]:
    """Choose each by the share of homes that have it, whose odds are so many times as good."""
    return [name for name, share in shares if chance.random() < _better(share, keenness)]


def _better(share: float, times: float) -> float:
    return share * times / (1 - share + share * times)
