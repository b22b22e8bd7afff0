"""The receiver of this project takes what the extended tiers have, field by field."""

from collections.abc import Iterator, Mapping

import pytest

from custom_components.analytics.models import EVENTS, Message
from custom_components.analytics.tiers.extended import EXTENDED
from custom_components.analytics.tiers.standard import TIERS
from custom_components.analytics.tiers.table import Field
from receiver.schema import FIELDS, validate, validate_event
from receiver.schema import extended as extended_schema
from tests.receiver import reports

FULL = {
    Message.REPORT: reports.valid_report,
    Message.START: reports.start_event,
    Message.STOP: reports.stop_event,
    Message.FAULT: reports.fault_event,
}


def fields(message: Message) -> Iterator[Field]:
    for tier in TIERS.values():
        yield from (field for field in tier.fields if message in field.messages)


def keys(schema: object) -> set[str]:
    """Return the keys that a field's object has, or the objects of its list."""
    inner = schema[0] if isinstance(schema, list) else schema
    return {str(key) for key in inner} if isinstance(inner, Mapping) else set()


@pytest.mark.parametrize("message", FULL)
def test_the_receiver_takes_the_fields_that_are_sent(message: Message) -> None:
    sent = [field.name for field in fields(message)]
    taken = FIELDS if message is Message.REPORT else extended_schema.EVENTS[message]
    assert sorted(sent) == sorted(taken)


@pytest.mark.parametrize("message", FULL)
def test_nothing_of_a_full_message_is_dropped(message: Message) -> None:
    full = FULL[message]()
    check = validate if message is Message.REPORT else validate_event
    assert full.keys() == {field.name for field in fields(message)}
    assert check(full).dropped == ()
    extended = {name for tier in EXTENDED for field in tier.fields for name in (field.name,)}
    for field in fields(message):
        value = full[field.name]
        one = value[0] if isinstance(value, list) and keys(field.schema) else value
        if field.name in extended and keys(field.schema):
            assert set(one) <= keys(field.schema)
            assert field.name == "custom_setup_failures" or set(one) == keys(field.schema)


def test_the_receiver_takes_all_events() -> None:
    assert set(extended_schema.EVENTS) == set(EVENTS)
