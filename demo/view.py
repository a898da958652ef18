"""View: what the page shows, as one typed value that is also the query string of its address."""

from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qs, urlencode

TABS = ("predict", "explore", "curves", "train")
SCALES = ("step", "channel", "network")  # what one colour scale is shared by
MOST_CHARACTERS = 2_000  # of a query string that is looked at; a real one has under 200


@dataclass(frozen=True)
class View:
    """The chosen model, tab, step, channel and value. Any text from a stranger makes a valid View; see `settle`."""

    model: str = ""
    tab: str = TABS[0]
    step: str = ""
    channel: int = 0
    row: int | None = None  # of the chosen value; None with `column`: no value is chosen
    column: int | None = None
    scale: str = SCALES[0]

    @classmethod
    def parse(cls, query: object) -> "View":
        """The view that a query string such as "?model=cifar10-cnn&step=conv1" asks for.

        Unknown keys are ignored; a value that cannot be one falls back to the default. Whether model, step and
        channel exist is for `settle` to decide.
        """
        # Half characters, which JSON can carry, have no place in an address.
        text = query[:MOST_CHARACTERS].encode(errors="replace").decode() if isinstance(query, str) else ""
        given = {name: values[-1] for name, values in parse_qs(text.lstrip("?")).items()}
        view = cls(model=given.get("model", ""), step=given.get("step", ""))
        if given.get("tab") in TABS:
            view = replace(view, tab=given["tab"])
        if given.get("scale") in SCALES:
            view = replace(view, scale=given["scale"])
        channel, row, column = (_count(given.get(key, "")) for key in ("channel", "row", "column"))
        if row is not None and column is not None:
            view = replace(view, row=row, column=column)
        return view if channel is None else replace(view, channel=channel)

    def query(self) -> str:
        """The query string of this view, "?" included; defaults are left out."""
        changed = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        return f"?{urlencode(changed)}" if changed else "?"

    def settle(self, models: list[str], default: str) -> "View":
        """This view if its model is one of `models`, else with the default model."""
        return self if self.model in models else replace(self, model=default)

    def at(self, step: str, channel: int) -> "View":
        """This view at another step and channel."""
        return replace(self, step=step, channel=channel)

    def on(self, row: int | None, column: int | None) -> "View":
        """This view with another value chosen, or none."""
        return replace(self, row=row, column=column)


def _count(text: str) -> int | None:
    """The whole number from 0 on that a text writes, if it is an everyday one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
