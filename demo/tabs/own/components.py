"""Components of the Own classes tab."""

from typing import Any

from demo.core.components import JsonHTML, widget


class OwnClasses(JsonHTML):
    """Classes with their pictures, the answer of the network so far, and the networks that were made of them.

    Value: `token`: of this page, by which route.py knows it, `was`: the one that came with the question, and `serial`,
    another one each time; or {}. Its event `ask` comes, with the `token` that it has, when it is in sight and the
    page's picture is another one; `lists` when a network was made, brought back, deleted or replaced, with its `name`
    and that of the one that it `was`; and `use` when the whole page is to show that one.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/own/own", "ask", "lists", "use", with_maps=False), **kwargs)
