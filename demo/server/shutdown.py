"""How a server ends that is asked to (SIGTERM): at once, or after those who use it have had time to finish.

Where CONVSCOPE_DRAIN says a number of seconds it first says at /healthz that it takes no new visitors, so that a proxy
sends them elsewhere, and goes on answering those that it has: until nobody has asked for `QUIET` seconds, and at most
for as long as the variable says. A second SIGTERM ends it at once.
"""

import os
import signal
import threading
import time
from types import FrameType

VARIABLE = "CONVSCOPE_DRAIN"
MOST = 3600
QUIET = 20.0  # seconds
STEP = 0.25


def drain_seconds() -> float:
    """What CONVSCOPE_DRAIN says; 0 where it says nothing.

    Raises:
        ValueError: it holds no number of seconds.
    """
    text = os.environ.get(VARIABLE, "").strip() or "0"
    if not text.isascii() or not text.isdecimal() or int(text) > MOST:
        raise ValueError(
            f"{VARIABLE} says for how many seconds a server that ends goes on, 0 to {MOST}; it is {text!r}."
        )
    return float(text)


class Shutdown:
    """Whether this server still takes new visitors, and when somebody asked it last."""

    def __init__(self) -> None:
        self.is_draining = False
        self._last = time.monotonic()

    def asked(self) -> None:
        """Somebody has asked for something."""
        self._last = time.monotonic()

    def install(self, seconds: float) -> None:
        """End by Ctrl-C's way when SIGTERM comes, so that what has to be tidied up is; to be called in the main thread.

        Without this the signal ends a process of Python on the spot, with its temporary files left behind.
        """

        def ask(number: int, frame: FrameType | None) -> None:
            if self.is_draining or not seconds:
                raise KeyboardInterrupt
            self.is_draining = True
            threading.Thread(target=self._drain, args=(seconds,), daemon=True).start()

        signal.signal(signal.SIGTERM, ask)

    def _drain(self, seconds: float) -> None:
        began = time.monotonic()
        while (now := time.monotonic()) - began < seconds and now - max(self._last, began) < QUIET:
            time.sleep(STEP)
        os.kill(os.getpid(), signal.SIGTERM)


SHUTDOWN = Shutdown()
