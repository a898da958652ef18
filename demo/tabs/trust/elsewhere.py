"""What is known of a network that was trained elsewhere and that nothing here judges, and what is not, as HTML.

Its card may come from a stranger: what is not of the expected kind is left out.
"""

from html import escape
from typing import Any

from demo.render.html import bars
from model_zoo import Model

TEACHES = (
    "To fill this page, pictures of its own kind are needed, of known classes, that taught it nothing: they show what "
    "its percentages are worth, how strange a picture has to look to be one that it does not know, and which classes "
    "cannot be excluded."
)


def elsewhere(model: Model) -> str:
    """What is unknown and why, what others published, what was measured here, and the command; "" for another one."""
    if not isinstance(model.card.get("origin"), dict):
        return ""
    command = _text(model.card["environment"].get("command"))
    return (
        f"<h4>What is unknown, and why</h4><p>{TEACHES} {_pictures(model)}</p>"
        f"{_published(_of(model, 'published'))}{_cifar10(_of(model, 'cifar10'), command)}"
        f"<h4>What would fill this page</h4><p>This command, once it can read such pictures in a folder DIR:</p>"
        f"<pre>{escape(f'python -m train trust {model.name} --data DIR')}</pre>"
    )


def _pictures(model: Model) -> str:
    name = _text(model.card["data"].get("name"))
    learned = f"It learned from {escape(name)}, elsewhere" if name else "It learned elsewhere"
    return f"{learned}; those pictures are not part of this program, and no command here reads them."


def _published(found: dict[str, Any]) -> str:
    share = _share(found.get("accuracy"))
    if share is None:
        return ""
    told = {name: escape(_text(found.get(name))) for name in ("by", "pictures", "source", "conditions")}
    on = f" of {told['pictures']}" if told["pictures"] else ""
    how = f" ({told['conditions']})" if told["conditions"] else ""
    by = f" by {told['by']}" if told["by"] else ""
    source = f" Source: {told['source']}." if told["source"] else ""
    return f"<h4>Published{by}, not measured here</h4><p>{share:.1%} right{on}{how}.{source}</p>"


def _cifar10(found: dict[str, Any], command: str) -> str:
    share, within, pictures = _share(found.get("accuracy")), _share(found.get("in_the_ten")), found.get("pictures")
    each = found.get("accuracy_per_class")
    if share is None or type(pictures) is not int:
        return ""
    rest = (
        f" In the mean {within:.1%} of the probability is on classes that belong to one of the ten kinds, the rest on "
        "others."
        if within is not None
        else ""
    )
    shares = {name: part for name, part in each.items() if _share(part) is not None} if isinstance(each, dict) else {}
    table = bars("Share of each kind that is answered rightly, bars from 0 to 100 %", shares) if shares else ""
    how = f'<p class="quiet">Measured by this command:</p><pre>{escape(command)}</pre>' if command else ""
    return (
        f"<h4>Measured here</h4><p>It is right on {share:.2%} of {pictures:,} test pictures of CIFAR-10, tiny pictures "
        "of ten kinds of things, from which it never learned and which were enlarged for it: of its classes those that "
        f"are airplanes, automobiles and so on are added up, and the largest of the ten sums is its answer.{rest}</p>"
        f"{table}{how}"
    )


def _of(model: Model, name: str) -> dict[str, Any]:
    found = model.card["metrics"].get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _share(value: Any) -> float | None:
    return value if type(value) is float and 0 <= value <= 1 else None
