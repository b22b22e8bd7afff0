"""Show what Open Analytics does: a real Home Assistant reports to a receiver on this machine.

Run by the shell script of the same name, in the environment of the host to show.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path

import aiohttp

from scripts import (
    demo_cluster,
    demo_crash,
    demo_devices,
    demo_life,
    demo_receiver,
    demo_trust,
)
from scripts.bugsink import Bugsink, BugsinkError
from scripts.demo_cluster import DemoCluster
from scripts.demo_print import Step, heading, say, show_sections
from scripts.demo_state import (
    DemoError,
    DemoState,
    config_dir,
    forget,
    load_or_create,
    receiver_dir,
)
from scripts.home_assistant import (
    OURS,
    ROOT,
    SMALL_CONFIGURATION,
    HomeAssistantError,
    HomeAssistantProcess,
)
from scripts.host_api import ApiError, CommandError, HostApi, WebSocketClient
from scripts.installation import VARIABLES
from scripts.logged_report import LoggedReport, logged_reports
from scripts.onboarding import (
    Person,
    choose,
    confirm_http_settings,
    log_in,
    onboard,
    remaining_steps,
    wait_until_offered,
    wait_until_running,
)
from scripts.ports import port_is_free
from scripts.receiver_process import ReceiverError, ReceiverProcess
from scripts.valkey_binary import ServerMissingError
from scripts.valkey_servers import ServersError

REPORT_TIMEOUT = 60
POLL_INTERVAL = 0.1
LOOK_INTERVAL = 0.5
RESTART_EXIT_CODE = 100  # how Home Assistant asks to be started again
MOST_HOMES = 20_000
PANEL = "/analytics_panel"
INITIAL_DELAY = 2  # seconds from start to the first report, instead of 15 minutes


def main(arguments: Sequence[str]) -> int:
    """Run the demo and return the exit code."""
    try:
        return asyncio.run(demo(parse(arguments)))
    except KeyboardInterrupt:
        return 130
    except asyncio.CancelledError:  # asked to stop by a signal
        return 143


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description=__doc__,
        allow_abbrev=False,  # scripts/demo looks for --host by itself
    )
    parser.add_argument("--once", action="store_true", help="stop after the first report")
    parser.add_argument(
        "--crash", action="store_true", help="show a crash report too, on a Bugsink of its own"
    )
    parser.add_argument(
        "--cluster",
        action="store_true",
        help="show two receivers on a cluster instead, of which a node is killed",
    )
    parser.add_argument(
        "--fleet", type=homes, metavar="N", help="fill the receiver with N made-up homes"
    )
    parser.add_argument("--host", default=Path(sys.prefix).name, help="a host of scripts/setup")
    parser.add_argument("--fresh", action="store_true", help="forget earlier starts")
    parser.add_argument("--port", type=int, help="of Home Assistant (default: 8123 if free)")
    parser.add_argument("--receiver-port", type=int, help="of the receiver (default: any free one)")
    options = parser.parse_args(arguments)
    if options.cluster and (options.crash or options.fleet):
        parser.error("--cluster is shown by itself, without --crash and --fleet")
    return options


def homes(text: str) -> int:
    """Read how many homes to make up."""
    if not text.isdecimal() or int(text) > MOST_HOMES:
        raise argparse.ArgumentTypeError(f"expected a whole number up to {MOST_HOMES}")
    return int(text)


async def demo(options: argparse.Namespace) -> int:
    """Show a report on its way and say how it went."""
    stop_when_asked()
    if options.fresh:
        forget(options.host)
    try:
        state = load_or_create(
            options.host,
            port=options.port,
            receiver_port=options.receiver_port,
            fleet=options.fleet,
        )
        check_ports(state)
        async with AsyncExitStack() as stack:
            if options.cluster:
                await on_a_cluster(stack, options, state)
            else:
                await on_one_machine(stack, options, state)
    except (
        DemoError,
        HomeAssistantError,
        BugsinkError,
        ReceiverError,
        ServerMissingError,
        ServersError,
        ApiError,
        CommandError,
        aiohttp.ClientError,
        OSError,
    ) as error:
        say(f"\nThe demo failed: {str(error) or repr(error)}")
        return 1
    return 0


async def on_one_machine(
    stack: AsyncExitStack, options: argparse.Namespace, state: DemoState
) -> None:
    """Show a home that reports to one receiver, and its crashes to Bugsink where asked for."""
    receiver = ReceiverProcess(
        receiver_dir(options.host), port=state.receiver_port, fleet=state.fleet
    )
    await start_receiver(stack, receiver)
    bugsink = await started_bugsink(stack) if options.crash else None
    folder = config_dir(options.host)
    host = home_assistant(folder, state, receiver.destination, bugsink, receiver.url)
    await show(host, receiver, state, bugsink, once=options.once)


async def on_a_cluster(
    stack: AsyncExitStack, options: argparse.Namespace, state: DemoState
) -> None:
    """Show a home that reports to one of two receivers, and to the other when a node is gone."""
    cluster = DemoCluster(receiver_dir(options.host), port=state.receiver_port)
    with Step("Starting a Valkey cluster of nine nodes, and two receivers on it"):
        await stack.enter_async_context(cluster)
    destination = cluster.balancer.destination
    say(f"A balancer takes reports at {destination} and hands them on to {cluster.first.url}")
    host = home_assistant(config_dir(options.host), state, destination)
    person = Person(username=state.username, password=state.password)
    async with running(host) as api:
        await enter(api, person)
        async with await api.websocket() as client:
            await wait_for_report(host, client)
            await show_sections(demo_cluster.sections(cluster, api, client))
        if not options.once:
            await look_around(host, cluster.first, state)


def stop_when_asked() -> None:
    """Take the signals of a closed terminal and of a service manager as Ctrl-C is taken."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)


def check_ports(state: DemoState) -> None:
    """Raise DemoError where a port is in use, most often by another demo."""
    for port in (state.port, state.receiver_port):
        if not port_is_free(port):
            raise DemoError(
                f"Port {port} is in use. Stop what uses it, another demo perhaps, "
                "or add --fresh to begin anew with free ports."
            )


async def start_receiver(stack: AsyncExitStack, receiver: ReceiverProcess) -> None:
    """Let the fleet report, and start the receiver, which stops with the demo."""
    if receiver.fleet_is_missing:
        with Step(f"Letting {receiver.fleet} made-up homes report, over three months"):
            await receiver.make_fleet()
    with Step("Starting a receiver"):
        await stack.enter_async_context(receiver)
    say(f"It takes reports at {receiver.destination}, and its dashboard is {receiver.url}")


async def started_bugsink(stack: AsyncExitStack) -> Bugsink:
    """Start a server for crash reports, which stops with the demo."""
    with Step("Starting Bugsink, a server for crash reports"):
        return await stack.enter_async_context(Bugsink())


def home_assistant(
    folder: Path,
    state: DemoState,
    url: str,
    bugsink: Bugsink | None = None,
    device_database: str | None = None,
) -> HomeAssistantProcess:
    """Describe a Home Assistant that reports to that address; crashes and devices to the others."""
    destination = {"name": "Demo receiver", "url": url, "extended": True}
    analytics: dict[str, object] = {"destination": destination, "initial_delay": INITIAL_DELAY}
    sections: dict[str, object] = {"analytics": analytics}
    if bugsink:
        demo_crash.install(folder)
        analytics |= demo_crash.settings(bugsink)
        sections[demo_crash.INTEGRATION.name] = {}
    if device_database and demo_devices.known():
        demo_devices.install(folder)
        analytics |= demo_devices.settings(device_database)
        sections[demo_devices.INTEGRATION.name] = {}
    return HomeAssistantProcess(
        folder, configuration={**SMALL_CONFIGURATION, **sections}, port=state.port
    )


async def show(
    host: HomeAssistantProcess,
    receiver: ReceiverProcess,
    state: DemoState,
    bugsink: Bugsink | None,
    *,
    once: bool,
) -> None:
    """Start the host, print the first report, and wait for Ctrl-C unless `once`."""
    async with running(host) as api:
        person = Person(username=state.username, password=state.password)
        await enter(api, person)
        async with await api.websocket() as client:
            await show_first_report(host, client, receiver)
            if bugsink:
                await show_sections(demo_crash.sections(client, bugsink))
            await demo_life.share_more(api, client)
            await wait_until_running(client)
            newest = await demo_life.newest(client)
        with Step("Killing Home Assistant, and starting it again"):
            await demo_life.kill(host)
            await host.start()
        await log_in(api, person)
        async with await api.websocket() as client:
            await confirm_http_settings(client)
            await wait_until_offered(client)
            await show_sections(demo_life.sections(receiver, client, after=newest))
            await show_sections(demo_devices.sections(host, api, client, receiver))
        if not once:
            await look_around(host, receiver, state)


@asynccontextmanager
async def running(host: HomeAssistantProcess) -> AsyncIterator[HostApi]:
    """Start the host, yield what asks it, and stop it in the end."""
    with Step(f"Starting Home Assistant {version('homeassistant')}"):
        await host.start()
    for name in VARIABLES:
        if name in os.environ:
            say(f"{name} is set here. This home does without it: it sends to this machine only.")
    try:
        async with aiohttp.ClientSession() as session:
            yield HostApi(session, host.url)
    finally:
        say("Stopping Home Assistant …")
        await host.stop()


async def show_first_report(
    host: HomeAssistantProcess, client: WebSocketClient, receiver: ReceiverProcess
) -> None:
    """Print the first report as logged and as received; raises DemoError where they differ."""
    logged = await wait_for_report(host, client)
    await show_sections(demo_receiver.sections(receiver, client, logged))
    await show_sections(demo_trust.sections(client, host.config_dir, receiver))


async def wait_for_report(host: HomeAssistantProcess, client: WebSocketClient) -> LoggedReport:
    """Print the first report as it was logged, and return it; raises DemoError without one."""
    await confirm_http_settings(client)
    await check_consent(client)
    with Step("Waiting for the first report"):
        logged = await first_logged(host, client)
    heading("The report, as Home Assistant logged it")
    say(logged.line)
    say(logged.outcome or "")
    return logged


async def enter(api: HostApi, person: Person) -> None:
    """Go through onboarding, or log in where an earlier start did that."""
    steps = await remaining_steps(api)
    if "user" in steps:
        with Step("Going through onboarding, everything opted in"):
            await onboard(api, person)
    elif steps:
        raise DemoError("An earlier start was stopped in the middle of onboarding: add --fresh.")
    else:
        with Step("Onboarded by an earlier start (--fresh begins anew): logging in"):
            await log_in(api, person)


async def check_consent(client: WebSocketClient) -> None:
    """Make a choice where none was made; one that was is left alone, and said."""
    await wait_until_offered(client)
    choice = await client.command("analytics")
    if not choice["onboarded"]:
        await choose(client)
    elif not choice["preferences"].get("base"):
        raise DemoError(
            "Analytics were switched off in this demo, so nothing is reported: "
            "add --fresh to begin anew."
        )


async def first_logged(host: HomeAssistantProcess, client: WebSocketClient) -> LoggedReport:
    """Return the log's first report once its outcome is logged too; raises DemoError without."""
    deadline = time.monotonic() + REPORT_TIMEOUT
    while time.monotonic() < deadline:
        for logged in logged_reports(host.log()):
            if logged.outcome and "event" not in logged.report:
                return logged
        await asyncio.sleep(POLL_INTERVAL)
    raise DemoError("\n".join(["No report was sent.", await status(client), *errors(host)]))


async def status(client: WebSocketClient) -> str:
    """Return what the plugin says about itself."""
    try:
        answer = await client.command("analytics/status")
    except CommandError as error:
        return str(error)
    return f"The plugin says: {json.dumps(answer)}"


def errors(host: HomeAssistantProcess) -> list[str]:
    """Return the last errors of the log, the plugin's own where there are any."""
    found = host.errors()
    ours = [entry for entry in found if OURS.search(entry)]
    return [f"See {host.log_path}", *(ours or found)[-3:]]


async def look_around(
    host: HomeAssistantProcess, receiver: ReceiverProcess, state: DemoState
) -> None:
    """Stay until Ctrl-C, announcing further requests and restarting where the host asks for it."""
    heading("Look around")
    say(f"Panel      {host.url}{PANEL}")
    say(f"Dashboard  {receiver.url}")
    say(f"User       {state.username}")
    say(f"Password   {state.password}")
    say(f"Log        {host.log_path.relative_to(ROOT)}")
    say("The panel shows what leaves, and is where that is chosen. Ctrl-C stops everything.")
    announced = await receiver.requests()
    while True:
        await asyncio.sleep(LOOK_INTERVAL)
        counted = await receiver.requests()
        for outcome, number in counted.items():
            if number != announced.get(outcome, 0):
                say(f"{time.strftime('%H:%M:%S')} The receiver was asked again: {outcome}.")
        announced = counted
        await keep_running(host)


async def keep_running(host: HomeAssistantProcess) -> None:
    """Start the host again where it stopped in order to restart."""
    if host.running:
        return
    if host.returncode != RESTART_EXIT_CODE:
        raise DemoError(f"Home Assistant stopped by itself, code {host.returncode}.")
    with Step("Home Assistant restarts"):
        await host.start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
