"""When crash reports are in force: diagnostics is on, and was confirmed for this server by name."""

from dataclasses import replace

from ..consent import Choices, ConsentStore
from ..models import CrashServer
from ..settings import needs_confirmation
from .fields import FIELDS, VERSION, CrashField

TIER = "diagnostics"


def diagnostics(choices: Choices) -> bool:
    """Tell whether the user wants diagnostics shared, in a choice that is in force."""
    consent = choices.in_force
    return consent.decided and consent.preferences.get(TIER) is True


def consented_version(store: ConsentStore, server: CrashServer) -> int:
    """Return the version of the table of fields that the user said yes to; 0 without a yes."""
    if not needs_confirmation(server.destination):
        return VERSION
    consent = store.consent(server.destination)
    return min(consent.versions.get(TIER, 1), VERSION) if consent.confirmed else 0


def pending(choices: Choices, store: ConsentStore, server: CrashServer) -> bool:
    """Tell whether a choice waits until the user has confirmed the server by its name."""
    declined = store.consent(server.destination).declined.get(TIER, 0)
    return diagnostics(choices) and consented_version(store, server) == 0 and not declined


def new_fields(choices: Choices, store: ConsentStore, server: CrashServer) -> list[CrashField]:
    """Return the fields that are withheld until the user says yes to them."""
    version = consented_version(store, server)
    declined = store.consent(server.destination).declined.get(TIER, 0)
    if not diagnostics(choices) or not 0 < version < VERSION or declined >= VERSION:
        return []
    return [field for field in FIELDS if field.since > version]


def confirm(store: ConsentStore, server: CrashServer) -> None:
    """Take a yes to this server, and to all that the table has now."""
    known = store.consent(server.destination)
    versions = {**known.versions, TIER: VERSION}
    store.put(server.destination, replace(known, confirmed=True, versions=versions, declined={}))


def decline(store: ConsentStore, server: CrashServer) -> None:
    """Take a no: to the server, or where there was a yes to it, to what was added since."""
    known = store.consent(server.destination)
    declined = {**known.declined, TIER: VERSION}
    store.put(server.destination, replace(known, declined=declined))


def ask_again(store: ConsentStore, server: CrashServer) -> None:
    """Forget a no, for diagnostics was turned on anew."""
    known = store.consent(server.destination)
    if known.declined:
        store.put(server.destination, replace(known, declined={}))
