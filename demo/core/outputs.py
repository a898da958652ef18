"""What handlers return: a frozen dataclass whose fields are named after the components that they are for.

One mechanism for the whole page: `outputs(Shape, name=component, ...)` gives the outputs of an event, and
`named(handler)` is the handler of that event, of one that returns a `Shape`. Both go through the fields in their order,
so that no value can come to another component's place. A field whose type is such a dataclass itself stands for all of
its components; a handler that changes nothing returns `gr.skip()`, and one that leaves some as they are, gives those
fields `gr.skip()`.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Protocol, TypeVar

import gradio as gr


class Shape(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=Shape)


def outputs(shape: type[Shape], **components: Any) -> list[Any]:
    """The components of an event's outputs, in the order of a dataclass's fields.

    Args:
        shape: the dataclass.
        components: by field; of a field that is a dataclass itself, what this function returned for that one.

    Raises:
        TypeError: they are not those of the dataclass.
    """
    names = [field.name for field in fields(shape)]
    if set(names) != set(components):
        raise TypeError(f"{shape.__name__} has the fields {names}, not {list(components)}.")
    return [part for name in names for part in _listed(components[name])]


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def values(found: Any) -> Any:
    """What Gradio takes for a handler's answer: of a dataclass the values of its fields as a list, else the same."""
    if not is_dataclass(found) or isinstance(found, type):
        return found
    return [part for field in fields(found) for part in _listed(values(getattr(found, field.name)))]


def skipped(shape: type[T]) -> T:
    """A dataclass that changes none of its components; its fields are no dataclasses themselves."""
    return shape(**{field.name: gr.skip() for field in fields(shape)})


def named(handler: Callable) -> Callable:
    """A handler as Gradio takes it, of one that returns, or yields, dataclasses."""

    @functools.wraps(handler)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return values(handler(*args, **kwargs))

    @functools.wraps(handler)
    def wrapped_steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for found in handler(*args, **kwargs):
            yield values(found)

    return wrapped_steps if inspect.isgeneratorfunction(handler) else wrapped
