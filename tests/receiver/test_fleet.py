"""The made-up fleet of the demo reports what a receiver takes whole."""

import random

import orjson

from receiver.schema import validate
from scripts.fleet import installation


def test_each_installation_is_taken_whole() -> None:
    chance = random.Random(1)
    for _ in range(200):
        body, place = installation(chance)
        assert validate(body).dropped == ()
        assert orjson.loads(validate(body).body)["version"] == body["version"]
        assert len(place["CF-IPCountry"]) == 2
