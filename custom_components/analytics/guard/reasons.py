"""Why a string must not leave, in a word: asked where somebody looks at what was held back.

A rule only tells whether; what is told here is looked up again for what it said yes to, so that it
can name too little, and never something else than was held back.
"""

import re
from enum import StrEnum
from functools import cache

from ..models import Knowledge
from ..tiers import MAX_TEXT, Content
from . import model_text, shapes
from .last_look import offends
from .own_secrets import is_secret, mentions_secret


class Why(StrEnum):
    """The rules of the guard, as the panel names them; `FORM` where the table has no such value."""

    OWN = "own"
    OWN_NETWORK = "own_network"
    NOT_BUILT_IN = "not_built_in"
    CUSTOM_CODE = "custom_code"
    UUID = "uuid"
    MAC_ADDRESS = "mac_address"
    IP_ADDRESS = "ip_address"
    COORDINATES = "coordinates"
    EMAIL = "email"
    PATH = "path"
    HOST_NAME = "host_name"
    NUMBER = "number"
    SERIAL_NUMBER = "serial_number"
    KEY = "key"
    RANDOM = "random"
    WHOSE = "whose"
    UNPRINTABLE = "unprintable"
    NOT_IN_SOURCE = "not_in_source"
    NOT_PUBLISHED = "not_published"
    NO_SUCH_DEVICE = "no_such_device"
    TOO_LONG = "too_long"
    FORM = "form"
    UNKNOWN_KEY = "unknown_key"


def why(value: str, content: Content, knowledge: Knowledge) -> Why | None:
    """Return by which rule a string of this content is held back, None where it is not."""
    if not offends(value, content, knowledge):
        return None
    if content is Content.DOMAIN:
        return Why.NOT_BUILT_IN
    if content is Content.FILE:
        return _of_file(value, knowledge)
    if content is Content.MODEL:
        return _of_model(value, knowledge)
    if content is Content.VERSION and shapes.is_version(value):
        return Why.OWN_NETWORK
    return _of_text(value, knowledge)


def _of_text(value: str, knowledge: Knowledge) -> Why:
    if is_secret(knowledge)(value):
        return Why.OWN
    read = shapes.normalise(value)
    found = _shape(read.casefold(), (*shapes.IN_SLUG, *shapes.IN_TEXT))
    return found or (Why.RANDOM if shapes.is_random(read) else Why.HOST_NAME)


def _of_model(value: str, knowledge: Knowledge) -> Why:
    if len(value) > MAX_TEXT:
        return Why.TOO_LONG
    if mentions_secret(knowledge)(value):
        return Why.OWN
    return _of_model_text(value) if model_text.reveals(value) else Why.OWN_NETWORK


def _of_model_text(value: str) -> Why:
    read = shapes.normalise(value).strip()
    folded = read.casefold()
    if not read.isprintable():
        return Why.UNPRINTABLE
    if model_text.is_whose(value):
        return Why.WHOSE
    if found := _shape(folded, model_text.REVEALING):
        return found
    if model_text.is_path(folded):
        return Why.PATH
    if model_text.has_host_name(folded):
        return Why.HOST_NAME
    return Why.IP_ADDRESS if model_text.in_text(read) else Why.RANDOM


def _of_file(value: str, knowledge: Knowledge) -> Why:
    parts = value.split("/")
    if parts[0] == "custom_components":
        return Why.CUSTOM_CODE
    of_a_component = parts[:2] == ["homeassistant", "components"] and len(parts) > 3
    if of_a_component and parts[2] not in knowledge.built_in:
        return Why.NOT_BUILT_IN
    names = [name for part in parts for name in part.split(".") if name]
    named = next((name for name in names if offends(name, Content.TEXT, knowledge)), None)
    return _of_text(named, knowledge) if named else Why.PATH


def _shape(text: str, among: shapes.Shapes) -> Why | None:
    """Return what a text has the shape of, the first that is found."""
    return next((Why(name) for name, found in _compiled(among) if found.search(text)), None)


@cache
def _compiled(among: shapes.Shapes) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(expression, re.ASCII)) for name, expression in among)
