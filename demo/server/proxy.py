"""The start behind a proxy: what goes to this machine goes past it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

LOCAL = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
PROXIES = ("no_proxy", "NO_PROXY")


@contextmanager
def past_the_proxy() -> Iterator[None]:
    """While Gradio launches it asks itself for a page, which a proxy of the environment must not see.

    So must the client inside it while it is imported, which refuses a SOCKS proxy without a package of its own: that is
    why no proxy at all is known meanwhile. Afterwards only this machine stays without one, since what is downloaded for
    a training may need it.
    """
    known = [name for key in PROXIES for name in os.environ.get(key, "").split(",") if name.strip()]
    try:
        os.environ |= dict.fromkeys(PROXIES, "*")
        yield
    finally:
        os.environ |= dict.fromkeys(PROXIES, ",".join(dict.fromkeys([*known, *LOCAL])))
