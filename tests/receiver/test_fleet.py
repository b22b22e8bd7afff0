"""The made-up fleet of the demo reports what a receiver takes whole."""

import random

import orjson

from receiver.schema import validate, validate_event
from scripts.fleet import installation
from scripts.fleet_life import events


def test_each_installation_is_taken_whole() -> None:
    chance = random.Random(1)
    for _ in range(200):
        body, place = installation(chance)
        assert validate(body).dropped == ()
        assert orjson.loads(validate(body).body)["version"] == body["version"]
        assert len(place["CF-IPCountry"]) == 2


def test_each_event_is_taken_whole_and_nothing_is_another_word() -> None:
    chance = random.Random(1)
    told = set()
    for _ in range(300):
        body, _place = installation(chance)
        assert b'"other"' not in validate(body).body
        for event in events(chance, body):
            told.add(event["event"])
            taken = validate_event(event)
            assert taken.dropped == ()
            assert orjson.loads(taken.body) == {
                key: one for key, one in event.items() if key != "uuid"
            }
    assert told == {"start", "stop", "fault"}
