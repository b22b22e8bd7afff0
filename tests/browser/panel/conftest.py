"""What tests of the page have in common: time enough on a busy machine."""

from playwright.async_api import expect

from ..browser import TIMEOUT

expect.set_options(timeout=TIMEOUT)
