"""The model card in words of a network for somebody's own classes: a head on another network's body."""

from typing import Any


def readme(card: dict[str, Any]) -> str:
    """The model card in Markdown, every figure taken from the card."""
    own, environment = card["own"], card["environment"]
    body = own["body"]
    return "\n".join(
        [
            "---",
            "library_name: pytorch",
            "pipeline_tag: image-classification",
            "metrics: [accuracy]",
            "---",
            f"# {card['title']}",
            "",
            f"{card['net']['file']} with {len(card['classes'])} classes: {', '.join(card['classes'])}.",
            "",
            "## Figures",
            "",
            *figures(card),
            f"- {environment['seconds']:.0f} s on {environment['device']}, torch {environment['torch']}, "
            f"{environment['date']}",
            "",
            *(["```", environment["command"], "```", ""] if environment["command"] else []),
            "## How it learned",
            "",
            *_learned(card),
            "",
            *_pictures(own),
            "",
            *(
                ["Of the pictures was said:", "", *(f"- {line}" for line in own["remarks"]), ""]
                if own["remarks"]
                else []
            ),
            *(_bodies(own["compared"], own.get("chosen_anew")) if own["compared"] else []),
            "## Licence",
            "",
            f"Of the pictures: {card['data']['licence']}. {_licence(body)}",
            "",
            "## Limits",
            "",
            f"It is made for {card['data']['limits']}. {_judged(card)}",
            "",
        ]
    )


def figures(card: dict[str, Any]) -> list[str]:
    """How often it was right, as lines of a list."""
    metrics = card["metrics"]
    lines = []
    if "test" in metrics:
        test = metrics["test"]
        left_out = test.get("left_out", 0)
        less = f"; {left_out:,} others, unreadable or of scenes that taught, were left out" if left_out else ""
        lines.append(
            f"- test accuracy **{test['accuracy']:.1%}** ({test['pictures']:,} pictures, which taught nothing{less})"
        )
    found = metrics.get("cross_validation")
    if not found:
        return [*lines, "- nothing could be held out of the pictures, so it is unknown how often it is right"]
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found["accuracy_per_class"].items())
    return [
        *lines,
        f"- cross-validated accuracy **{found['accuracy']:.1%}** (95 % interval {found['low']:.1%} to "
        f"{found['high']:.1%}): {found['pictures']:,} pictures of {found['scenes']:,} scenes, each answered by a head "
        f"that saw no picture of its scene, in {found['folds']} parts ({shares})",
    ]


def _learned(card: dict[str, Any]) -> list[str]:
    body, recipe = card["own"]["body"], card["recipe"]
    first = (
        f"The body is that of {body['title']} ({body['name']}, SHA-256 of its weights {body['sha256'][:12]}), for "
        f"pictures of {body['size']} x {body['size']} pixels"
    )
    if recipe["name"] != "own":
        return [
            f"{first}. Head and body were then trained further on the same pictures (recipe {recipe['name']}, "
            f"{recipe['epochs']} epochs); what stands under cross-validation is of the head before that."
        ]
    return [
        f"{first}; it was left as it is. On its {body['features']:,} features a logistic regression was fitted, with "
        f"an L2 penalty of {recipe['strength']:g} that the cross-validation chose, and folded into the last layer."
    ]


def _pictures(own: dict[str, Any]) -> list[str]:
    return [
        "| class | pictures | scenes |",
        "|---|---|---|",
        *(f"| {name} | {count:,} | {own['scenes'][name]:,} |" for name, count in own["pictures"].items()),
    ]


def _bodies(compared: list[dict[str, Any]], anew: list[int] | None) -> list[str]:
    shares = ["unknown" if one["accuracy"] is None else f"{one['accuracy']:.1%}" for one in compared]
    rows = [f"| {one['body']} | {one['size']} | {share} |" for one, share in zip(compared, shares, strict=True)]
    return [
        "Bodies that were compared, by a cross-validation on some of the pictures; the least loss decided:",
        "",
        "| body | pixels | accuracy |",
        "|---|---|---|",
        *rows,
        "",
        *(
            [
                "The best of several looks better than it is. With the body chosen anew for each part by the others, "
                f"{anew[0]} of {anew[1]} pictures were right ({anew[0] / anew[1]:.1%}).",
                "",
            ]
            if anew
            else []
        ),
    ]


def _licence(body: dict[str, Any]) -> str:
    origin = body.get("origin")
    if not origin:
        return "Of the body: that of ConvScope (MIT)."
    told = [origin[key] for key in ("weights", "file", "architecture", "package_source") if origin.get(key)]
    return f"Of the body: {origin.get('licence', 'not stated')} ({'; '.join(map(str, told))})."


def _judged(card: dict[str, Any]) -> str:
    if "trust" in card:
        return "Whether it knows pictures like a given one is told by what was fitted to the cross-validated pictures."
    return "Nothing was fitted that tells whether it knows pictures like a given one."
