"""The model card in words of a small network that somebody put together in the page."""

from typing import Any

LIMITS = "small pictures of these classes; any other gets the name of one of them all the same"


def readme(card: dict[str, Any]) -> str:
    """The model card in Markdown, every figure taken from the card."""
    found, data, built, environment = card["metrics"]["validation"], card["data"], card["built"], card["environment"]
    right = round(found["accuracy"] * found["pictures"])
    cut = ", when it was stopped or its time was over" if built["is_cut"] else ""
    lines = [
        "---",
        "library_name: pytorch",
        "pipeline_tag: image-classification",
        "license: mit",
        "metrics: [accuracy]",
        "---",
        f"# {card['title']}",
        "",
        f"A row of layers, {built['weights']:,} weights: `{card['net']['arguments']['layers'] or 'none'}`, then one "
        f"linear layer for the {len(card['classes'])} classes: {', '.join(card['classes'])}. What the letters mean "
        "stands in model_zoo/common/layers.py.",
        "",
        "## Figures",
        "",
        f"- **{right:,} of {found['pictures']:,}** pictures held out are right ({found['accuracy']:.1%}), loss "
        f"{found['loss']:.4f} nats; they chose nothing in this training, but whoever tries many networks chooses by "
        "them",
        f"- {card['metrics']['validation_accuracy_before_training']:.1%} before training",
        f"- trained for {built['passes']:.1f} of {card['recipe']['epochs']} passes{cut}, "
        f"{environment['seconds']:.0f} s on {environment['device']}, torch {environment['torch']}, "
        f"{environment['date']}",
        "",
        "## Training",
        "",
        f"Data: {data['name']} ({data['source']}), {data['split']}. {data['citation']}. Licence of the pictures: "
        f"{data['licence']}.",
        "",
        *(f"- {name.replace('_', ' ')}: {value}" for name, value in card["recipe"].items() if name != "name"),
        "",
        "## Limits",
        "",
        f"{data.get('limits', LIMITS)}.",
        "",
    ]
    return "\n".join(lines)
