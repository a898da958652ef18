"""The components that show how one value came about."""

from typing import Any

from demo.widgets import Told, template


class Inspector(Told):
    """The calculation of the chosen value, and of those it was made of; its event is `explain` with a place.

    Value: what `demo.inspector.inspect` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**template("inspector", "field", "numbers", "terms", "softmax"), **kwargs)


class Player(Told):
    """The window of a step on its way over the maps before it; its event is `film` with a step and a channel.

    Value: what `demo.inspector.film` returns; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**template("player", "numbers"), **kwargs)
