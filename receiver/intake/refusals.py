"""Answer what is no HTTP without telling what software this is, and which version.

Such requests never reach an application: aiohttp's own class answers them, with its name and
version, those of Python, and what its parser thinks of the bytes.
"""

from aiohttp import web

# Empty, for aiohttp adds its own where there is none.
_NAMELESS = {"Server": ""}
_log_and_answer = web.RequestHandler.handle_error


def install() -> None:
    """Let every server of this process answer so: there is no other way to tell aiohttp."""
    web.RequestHandler.handle_error = _refuse  # type: ignore[assignment]


def _refuse(
    protocol: web.RequestHandler,
    request: web.BaseRequest,
    status: int = 500,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    # Raises where an answer has begun, which can't become another one.
    status = _log_and_answer(protocol, request, status, exc, message).status
    error = "expected HTTP" if status < 500 else "a fault of this receiver; try again later"
    response = web.json_response({"error": error}, status=status, headers=_NAMELESS)
    response.force_close()
    return response
