"""Which browser the tests and benchmarks drive."""

import shutil

# The shell draws no window, so that a page is there a third sooner than in the headless mode of the whole browser.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60_000  # milliseconds, for a busy machine; nothing waits that long on an idle one


def chromium() -> str | None:
    """The program of the first of these that is installed."""
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)
