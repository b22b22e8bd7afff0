"""Whatever a receiver of several has answered with 200 is there, however it ends."""

from receiver.intake.ids import key_of
from scripts.valkey_servers import Servers
from tests.receiver import child
from tests.receiver.killing import load_and_kill, own_name, own_names
from tests.receiver.stores.engines import Valkey

# The kill comes after so many answers.
ANSWERS = (25, 70, 130)


async def test_a_killed_receiver_leaves_all_that_it_answered_and_no_code_without_a_name(
    servers: Servers, valkey: Valkey
) -> None:
    taken: set[str] = set()
    with child.receiver(servers.url) as other:
        for enough in ANSWERS:
            with child.receiver(servers.url) as killed:
                taken |= set(await load_and_kill(killed, enough))
            found = {key: own_names(row) for key, row in (await valkey.rows()).items()}
            # Also of rows whose answer nobody got.
            assert {len(names) for names in found.values()} == {1}
            assert all(found[key_of(uuid)] == {own_name(uuid)} for uuid in taken)
        assert other.stop()[0] == 0
    assert len(taken) >= sum(ANSWERS)
