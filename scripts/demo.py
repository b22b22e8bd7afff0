"""Show what Open Analytics does: a real Home Assistant reports to a sink on this machine.

Run by the shell script of the same name, in the environment of the host to show.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from importlib.metadata import version
from pathlib import Path

import aiohttp

from scripts import demo_crash, demo_receiver, demo_trust
from scripts.bugsink import Bugsink, BugsinkError
from scripts.demo_state import (
    DemoError,
    DemoState,
    config_dir,
    forget,
    load_or_create,
    receiver_dir,
)
from scripts.fleet import report
from scripts.home_assistant import (
    ROOT,
    SMALL_CONFIGURATION,
    HomeAssistantError,
    HomeAssistantProcess,
    port_is_free,
)
from scripts.host_api import ApiError, CommandError, HostApi, WebSocketClient
from scripts.logged_report import LoggedReport, differences, logged_reports
from scripts.onboarding import (
    Person,
    choose,
    confirm_http_settings,
    log_in,
    onboard,
    remaining_steps,
    wait_until_offered,
)
from scripts.receiver_process import ReceiverError, ReceiverProcess
from scripts.sink import Arrival, Sink

REPORT_TIMEOUT = 60
LOG_TIMEOUT = 10
POLL_INTERVAL = 0.1
RESTART_EXIT_CODE = 100  # how Home Assistant asks to be started again
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
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the first report")
    parser.add_argument(
        "--crash", action="store_true", help="show a crash report too, on a Bugsink of its own"
    )
    parser.add_argument(
        "--fleet", type=int, default=0, metavar="N", help="fill the receiver with N made-up homes"
    )
    parser.add_argument("--host", default=Path(sys.prefix).name, help="2025.4 or 2026.10")
    parser.add_argument("--fresh", action="store_true", help="forget earlier starts")
    parser.add_argument("--port", type=int, help="of Home Assistant (default: 8123 if free)")
    parser.add_argument("--sink-port", type=int, help="of the sink (default: any free one)")
    return parser.parse_args(arguments)


async def demo(options: argparse.Namespace) -> int:
    """Show a report on its way and say how it went."""
    stop_when_asked()
    if options.fresh:
        forget(options.host)
    try:
        state = load_or_create(options.host, port=options.port, sink_port=options.sink_port)
        check_ports(state)
        async with AsyncExitStack() as stack:
            receiver = await started_receiver(stack, options.host, fleet=options.fleet)
            sink = Sink(port=state.sink_port, forward_to=receiver.url)
            bugsink = await started_bugsink(stack) if options.crash else None
            host = home_assistant(config_dir(options.host), state, bugsink)
            await show(host, sink, receiver, state, bugsink, once=options.once)
    except (
        DemoError,
        HomeAssistantError,
        BugsinkError,
        ReceiverError,
        ApiError,
        CommandError,
        aiohttp.ClientError,
        OSError,
    ) as error:
        say(f"\nThe demo failed: {error}")
        return 1
    return 0


def stop_when_asked() -> None:
    """Take the signals of a closed terminal and of a service manager as Ctrl-C is taken."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)


def check_ports(state: DemoState) -> None:
    """Raise DemoError where a port is in use, most often by another demo."""
    for port in (state.port, state.sink_port):
        if not port_is_free(port):
            raise DemoError(
                f"Port {port} is in use. Stop what uses it, another demo perhaps, "
                "or add --fresh to begin anew with free ports."
            )


async def started_receiver(stack: AsyncExitStack, host: str, *, fleet: int) -> ReceiverProcess:
    """Start a receiver, which stops with the demo, and let a fleet report to it."""
    with Step("Starting a receiver"):
        receiver = await stack.enter_async_context(ReceiverProcess(receiver_dir(host)))
    if fleet:
        with Step(f"Letting {fleet} made-up installations report"):
            await report(receiver.url, fleet)
    return receiver


async def started_bugsink(stack: AsyncExitStack) -> Bugsink:
    """Start a server for crash reports, which stops with the demo."""
    with Step("Starting Bugsink, a server for crash reports"):
        return await stack.enter_async_context(Bugsink())


def home_assistant(folder: Path, state: DemoState, bugsink: Bugsink | None) -> HomeAssistantProcess:
    """Describe a Home Assistant that reports to the sink, and its crashes to Bugsink."""
    destination = {"name": "Demo sink", "url": Sink(port=state.sink_port).url}
    analytics = {"destination": destination, "initial_delay": INITIAL_DELAY}
    sections: dict[str, object] = {"analytics": analytics}
    if bugsink:
        demo_crash.install(folder)
        sections = demo_crash.configuration(analytics, bugsink)
    return HomeAssistantProcess(
        folder, configuration={**SMALL_CONFIGURATION, **sections}, port=state.port
    )


async def show(
    host: HomeAssistantProcess,
    sink: Sink,
    receiver: ReceiverProcess,
    state: DemoState,
    bugsink: Bugsink | None,
    *,
    once: bool,
) -> None:
    """Start everything, print the first report, and wait for Ctrl-C unless `once`."""
    async with sink:
        say(f"A sink listens on {sink.url}, and passes on what arrives to the receiver")
        with Step(f"Starting Home Assistant {version('homeassistant')}"):
            await host.start()
        try:
            await show_first_report(host, sink, receiver, state, bugsink)
            if not once:
                say(f"Dashboard  {receiver.url}")
                await look_around(host, sink, state)
        finally:
            say("Stopping Home Assistant …")
            await host.stop()


async def show_first_report(
    host: HomeAssistantProcess,
    sink: Sink,
    receiver: ReceiverProcess,
    state: DemoState,
    bugsink: Bugsink | None,
) -> None:
    """Print the first report as logged and as received; raises DemoError where they differ."""
    async with aiohttp.ClientSession() as session:
        api = HostApi(session, host.url)
        await enter(api, Person(username=state.username, password=state.password))
        async with await api.websocket() as client:
            await confirm_http_settings(client)
            await check_consent(client)
            with Step("Waiting for the first report"):
                arrival = await first_arrival(host, sink, client)
            logged = await logged_arrival(host, arrival)
            print_report(logged, arrival)
            if found := differences(logged.report, arrival.report):
                raise DemoError("\n".join(["The log does not show what was sent:", *found]))
            say("The log and the sink agree.")
            await show_sections(demo_receiver.sections(receiver, arrival.report))
            await show_sections(demo_trust.sections(client, host.config_dir, sink))
            if bugsink:
                await show_sections(demo_crash.sections(client, bugsink))


async def show_sections(sections: AsyncIterator[tuple[str, list[str]]]) -> None:
    """Print a heading and lines for each."""
    async for title, lines in sections:
        heading(title)
        say("\n".join(lines))


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


async def first_arrival(host: HomeAssistantProcess, sink: Sink, client: WebSocketClient) -> Arrival:
    """Return the first report; raises DemoError with what is known where none comes."""
    try:
        return await sink.wait_for_report(timeout=REPORT_TIMEOUT)
    except TimeoutError:
        reasons = [await status(client), *errors(host)]
        raise DemoError("\n".join(["No report arrived.", *filter(None, reasons)])) from None


async def status(client: WebSocketClient) -> str:
    """Return what the plugin says about itself."""
    try:
        answer = await client.command("analytics/status")
    except CommandError as error:
        return str(error)
    return f"The plugin says: {json.dumps(answer)}"


async def logged_arrival(host: HomeAssistantProcess, arrival: Arrival) -> LoggedReport:
    """Return the log's first report once its outcome is logged too."""
    deadline = time.monotonic() + LOG_TIMEOUT
    while time.monotonic() < deadline:
        for logged in logged_reports(host.log()):
            if logged.outcome:
                return logged
        await asyncio.sleep(POLL_INTERVAL)
    what = "A report arrived, but the log does not show it and its outcome:"
    body = arrival.body.decode(errors="replace")
    raise DemoError("\n".join([what, body, *errors(host)]))


def errors(host: HomeAssistantProcess) -> list[str]:
    """Return the last errors of the log, the plugin's own where there are any."""
    found = host.errors()
    ours = [entry for entry in found if "analytics" in entry]
    return [f"See {host.log_path}", *(ours or found)[-3:]]


async def look_around(host: HomeAssistantProcess, sink: Sink, state: DemoState) -> None:
    """Stay until Ctrl-C, announcing further reports and restarting where the host asks for it."""
    heading("Look around")
    say(f"Address    {host.url}")
    say(f"User       {state.username}")
    say(f"Password   {state.password}")
    say(f"Log        {host.log_path.relative_to(ROOT)}")
    say("Settings > System > Analytics is where reporting is switched. Ctrl-C stops everything.")
    announced = len(sink.reports)
    while True:
        for arrival in sink.reports[announced:]:
            say(f"{clock(arrival)} Another report arrived, {len(arrival.body)} bytes.")
        announced = len(sink.reports)
        await keep_running(host)
        await asyncio.sleep(POLL_INTERVAL)


async def keep_running(host: HomeAssistantProcess) -> None:
    """Start the host again where it stopped in order to restart."""
    if host.running:
        return
    if host.returncode != RESTART_EXIT_CODE:
        raise DemoError(f"Home Assistant stopped by itself, code {host.returncode}.")
    with Step("Home Assistant restarts"):
        await host.start()


def print_report(logged: LoggedReport, arrival: Arrival) -> None:
    """Print a report as the host logged it and as the sink received it."""
    heading("The report, as Home Assistant logged it")
    say(logged.line)
    say(logged.outcome or "")
    heading(f"What the sink received at {clock(arrival)}")
    say(f"{arrival.method} {arrival.path}, {len(arrival.body)} bytes")
    say(described(arrival.headers))
    say(json.dumps(arrival.report, indent=2))
    say("")


def described(headers: Mapping[str, str]) -> str:
    """Return the headers, one a line."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def clock(arrival: Arrival) -> str:
    """Return the local time of an arrival."""
    return f"{arrival.received_at.astimezone():%H:%M:%S}"


class Step:
    """Announce what takes a while, and how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = 0.0

    def __enter__(self) -> None:
        """Announce it."""
        self.started = time.monotonic()
        print(f"{self.what} … ", end="", flush=True)

    def __exit__(self, kind: type[BaseException] | None, *_exc_info: object) -> None:
        """Say how long it took."""
        if kind:
            say("stopped" if issubclass(kind, asyncio.CancelledError) else "failed")
        else:
            say(f"{time.monotonic() - self.started:.1f} s")


def heading(text: str) -> None:
    """Print a heading."""
    say(f"\n{text}\n{'-' * len(text)}")


def say(text: str) -> None:
    """Print what the user is to see at once; a reader that went away is no reason to fail."""
    with suppress(BrokenPipeError):
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
