"""The two components: the form as a dialog, and the visitor's own networks in the list of networks."""

from typing import Any

from demo.core.components import JsonHTML, widget


class AddNetwork(JsonHTML):
    """The form that takes a network in.

    Value: what `handlers.open_form` returns first, later `handlers.Progress` by name; or {}. Its events: `begin`, when
    it wants the architectures; `take` with an `order`, see `order.Form`; `use` with the `name` of what was added.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/adding/form", "begin", "take", "use", with_maps=False), **kwargs)


class OwnNetworks(JsonHTML):
    """Below the list of networks: the button that opens the form, and a way to delete each network of one's own.

    Value: `adding`: whether the button is there, else `why` it is not; `said`: what was done; `gone`: the name of what
    was deleted. Its event is `remove` with a `name`.
    """

    def __init__(self, value: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(value, **widget("tabs/adding/own", "remove", with_maps=False), **kwargs)
