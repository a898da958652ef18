"""The components of the Explore tab: the strip, the grid and the large channel."""

from typing import Any

from demo.core.components import JsonHTML, widget


class StepStrip(JsonHTML):
    """The whole network as a strip of small pictures in blocks; its event is `pick` with a step's name.

    Value: what `demo.tabs.explore.step_view.show` returns; `model` and `step` alone change only the chosen step; or {}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/overview/strip", "pick"), **kwargs)


class MapGrid(JsonHTML):
    """The channels of one step as a grid; its events are `detail`, with its name and a channel, and `pick` of any.

    Value: what `demo.api.feature_maps` returns, with `channel`; or {"message": text}.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/overview/grid", "pick", "detail"), **kwargs)


class WholeNetwork(JsonHTML):
    """All channels of all steps at once, with lines from a channel to those that it reads.

    Value: what `demo.tabs.explore.whole_network.whole_network.network` returns, with the `ticket` of the question; {}
    at first. It asks for its value with `want` when it comes into sight.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/explore/whole_network/whole_network", "want", with_maps=False), **kwargs)


class ChannelView(JsonHTML):
    """One channel large, to choose a value on, beside the picture with what that value sees; its way and its kernels.

    Value: what `demo.tabs.explore.step_view.show_channel` returns; or {}. Its events: `pick` with a step and a channel;
    `effective` with the place of a value, whose effective field an `EffectiveField` then hands to it.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**widget("tabs/explore/channel/channel", "pick", "effective"), **kwargs)
