"""The model card in words: README.md of an entry, every figure taken from its card.json."""

from typing import Any

from model_zoo.adopting.entries import readme as adopted_readme
from model_zoo.aerial.threshold import PRESENT
from train.entry import built_card, origin_card, own_card, trust_card
from train.entry.card import is_cifar10

MEASURED = (("pointing", "pointing"), ("agreement", "survey"), ("cover", "area"))  # command, name among the metrics
# Of figures over several seeds: name, words, format, and the spread's factor, digits and unit.
SPREADS = (
    ("test_roc_auc_with_views", "test ROC AUC, views averaged,", ".4f", 1, 4, ""),
    ("test_average_precision", "average precision", ".4f", 1, 4, ""),
    ("test_accuracy", "accuracy", ".2%", 100, 2, " points"),
    ("test_calibration_error", "calibration error", ".2%", 100, 2, " points"),
)


def readme(card: dict[str, Any]) -> str:
    """The model card in Markdown, every figure taken from the card."""
    if "origin" in card:  # its weights were trained elsewhere
        return origin_card.readme(card) if "package" in card["origin"] else adopted_readme(card)
    if "own" in card:  # somebody's own classes, on the body of another network
        return own_card.readme(card)
    if "built" in card:  # put together in the page
        return built_card.readme(card)
    recipe, environment, photos = card["recipe"], card["environment"], not is_cifar10(card)
    shared = " No block of ground is in two splits." if "(block " in card["data"]["split"] else ""
    lines = [
        "---",
        "library_name: pytorch",
        "pipeline_tag: image-classification",
        "license: mit",
        *([] if photos else ["datasets: [cifar10]"]),
        f"metrics: [{'roc_auc, accuracy' if photos else 'accuracy'}]",
        "---",
        f"# {card['title']}",
        "",
        f"{card['net']['file']} with {len(card['classes'])} classes: {', '.join(card['classes'])}.",
        "",
        "## Figures",
        "",
        *(_photo_figures(card) if photos else _figures(card)),
        *([_probes(card["probes"])] if "probes" in card else []),
        f"- {environment['seconds']:.0f} s on {environment['device']}, torch {environment['torch']}, "
        f"{environment['date']}",
        *([f"- {environment['note']}"] if "note" in environment else []),
        "",
        "```",
        environment["command"],
        *(f"python -m train {words}" for words in _measured_by(card)),
        "```",
        "",
        *(["## Area", "", *_area(card["metrics"]["area"]), ""] if "area" in card["metrics"] else []),
        "## Training",
        "",
        f"Data: {card['data']['name']} ({card['data']['source']}), {card['data']['split']}, split seed "
        f"{card['data']['split_seed']}.{shared} {card['data']['citation']}.",
        *(["", f"Licence of the pictures: {card['data']['licence']}."] if photos else []),
        *(["", _started(card["start"])] if "start" in card else []),
        *(["", _taught(card)] if "teachers" in card else []),
        "",
        *(f"- {name.replace('_', ' ')}: {value}" for name, value in recipe.items() if name not in ("name", "title")),
        "",
        *(trust_card.lines(card["trust"]) if "trust" in card else []),
        "## Limits",
        "",
        _photo_limits(card) if photos else _limits(card),
        "",
    ]
    return "\n".join(lines)


def claim(card: dict[str, Any]) -> str:
    """What a published network for CIFAR-10 reaches, in a sentence: accuracy, n, time, hardware, versions."""
    metrics, environment = card["metrics"], card["environment"]
    seeds, about = metrics["seeds"], f"{metrics['test']['pictures']:,} test pictures"
    means, spreads = [f"{seeds['test_accuracy_mean']:.2%} of CIFAR-10's {about}"], [seeds["test_accuracy_sd"]]
    if "test_with_views_mean" in seeds:
        views = metrics["test_with_views"]["views"]
        means.append(f"{seeds['test_with_views_mean']:.2%} with the mean over {views} views of each")
        spreads.append(seeds["test_with_views_sd"])
    if seeds["n"] > 1:
        spread = f"means over n={seeds['n']} seeds, sd {' and '.join(f'{each * 100:.2f}' for each in spreads)} points"
    else:
        spread = "n=1 seed"
    seconds = seeds.get("seconds_mean", environment["seconds"])
    note = f" ({environment['note']})" if "note" in environment else ""
    versions = [
        f"{name} {environment[key]}" for name, key in (("torch", "torch"), ("Python", "python")) if key in environment
    ]
    return (
        f"{', '.join(means)} ({spread}), after {seconds:,.0f} s of training on {environment['device']}{note}, "
        f"{', '.join(versions)}."
    )


def _figures(card: dict[str, Any]) -> list[str]:
    metrics, lines = card["metrics"], []
    if "test" in metrics:
        test = metrics["test"]
        lines.append(f"- test accuracy **{test['accuracy']:.2%}** ({test['pictures']:,} pictures, these weights)")
        if "roc_auc" in test:
            lines.append(
                f"- ROC AUC {test['roc_auc']:.4f} (mean over the classes), calibration error "
                f"{test['calibration_error']:.2%}, loss {test['loss']:.4f} nats"
            )
    if "test_with_views" in metrics:
        views = metrics["test_with_views"]
        lines.append(
            f"- with test-time augmentation ({views['views']} views of each picture averaged; the page shows one): "
            f"**{views['accuracy']:.2%}**"
        )
    if metrics.get("seeds", {}).get("n", 0) > 1:
        seeds = metrics["seeds"]
        lines.append(
            f"- over {seeds['n']} seeds ({', '.join(map(str, seeds['seeds']))}): test accuracy "
            f"{seeds['test_accuracy_mean']:.2%}, standard deviation {seeds['test_accuracy_sd'] * 100:.2f} points; "
            f"these weights are seed {card['recipe']['seed']}, {seeds['choice']}"
        )
        if "test_with_views_mean" in seeds:
            lines.append(
                f"- over the same seeds with test-time augmentation: {seeds['test_with_views_mean']:.2%}, standard "
                f"deviation {seeds['test_with_views_sd'] * 100:.2f} points"
            )
    if metrics.get("seeds", {}).get("seconds_sd"):
        seeds = metrics["seeds"]
        lines.append(
            f"- training them took {seeds['seconds_mean']:,.0f} s in the mean, standard deviation "
            f"{seeds['seconds_sd']:,.0f} s"
        )
    if "test_accuracy_before_storage" in metrics:
        change = metrics["test"]["accuracy"] - metrics["test_accuracy_before_storage"]
        lines.append(f"- storage (half precision, large matrices in 8-bit blocks) changed it by {change:+.2%}")
    lines.append(
        "- trained on all training pictures for a fixed number of epochs: no validation"
        if "validation_accuracy" not in metrics
        else f"- validation accuracy {metrics['validation_accuracy']:.2%} after epoch {metrics['best_epoch']} of "
        f"{metrics['epochs_finished']}, the best; {metrics['validation_accuracy_before_training']:.2%} before training"
    )
    return lines


def _photo_figures(card: dict[str, Any]) -> list[str]:
    metrics, classes, lines = card["metrics"], card["classes"], []
    for split, what in (("test", "test"), ("test_with_views", "test"), ("validation", "validation")):
        if split not in metrics:
            continue
        found = metrics[split]
        views = f", {found['views']} views of each averaged" if "views" in found else ""
        shares = ", ".join(f"{name} {share:.1%}" for name, share in found["accuracy_per_class"].items())
        lines.append(
            f"- {what} ROC AUC **{found['roc_auc']:.4f}** ({found['pictures']:,} photos{views}), average precision "
            f"{found['average_precision']:.4f}, accuracy {found['accuracy']:.2%} ({shares}), calibration error "
            f"{found['calibration_error']:.2%}, loss {found['loss']:.4f} nats"
        )
    if "test_roc_auc_before_storage" in metrics:
        change = metrics["test"]["roc_auc"] - metrics["test_roc_auc_before_storage"]
        lines.append(f"- storage (half precision) changed the test ROC AUC by {change:+.4f}")
    decision = card.get("decision", {})
    label, threshold = decision.get("class", classes[1]), decision.get("threshold", card.get("threshold"))
    if threshold is not None:
        lines.append(
            f'- the accuracies are those of deciding for "{label}" from a probability of {threshold:.3f} '
            f"on, {'as its training was told' if card['recipe'].get('threshold') else 'the highest F1 on validation'}"
        )
    if metrics.get("seeds", {}).get("n", 0) > 1:
        seeds = metrics["seeds"]
        lines.append(
            f"- over {seeds['n']} seeds ({', '.join(map(str, seeds['seeds']))}): test ROC AUC "
            f"{seeds['test_roc_auc_mean']:.4f}, standard deviation {seeds['test_roc_auc_sd']:.4f}; these weights are "
            f"seed {card['recipe']['seed']}, {seeds['choice']}"
        )
        lines += [
            f"- over the same seeds: {what} {seeds[f'{name}_mean']:{form}}, standard deviation "
            f"{seeds[f'{name}_sd'] * scale:.{digits}f}{unit}"
            for name, what, form, scale, digits, unit in SPREADS
            if f"{name}_mean" in seeds
        ]
    lines.append(
        "- trained on all training photos for a fixed number of epochs: no validation"
        if "validation_auc" not in metrics
        else f"- validation ROC AUC {metrics['validation_auc']:.4f} after epoch {metrics['best_epoch']} of "
        f"{metrics['epochs_finished']}, the best; {metrics['validation_auc_before_training']:.4f} before training"
    )
    lines += [_pointing(metrics["pointing"])] if "pointing" in metrics else []
    lines += [_surveys(metrics["survey"])] if "survey" in metrics else []
    return lines


def _pointing(found: dict[str, Any]) -> str:
    """How often a map's peak lay on the plant, and what that means; see train/commands/pointing.py."""
    share, chance = found["peak_on_plant"], max(found["chance"], found["shuffled_weights"])
    means = (
        "so the map leads to the plant far more often than chance does, but is no outline of it"
        if share > 1.5 * chance and share > chance + 0.1
        else "so the map is not to be taken for where the plant is"
    )
    return (
        f"- the peak of the {found['method']} map lies on the plant in {share:.1%} of {found['windows']:,} windows "
        f"that show it (at random {found['chance']:.1%}, with shuffled weights {found['shuffled_weights']:.1%}), "
        f"{means}"
    )


def _surveys(found: dict[str, Any]) -> str:
    """How well surveys agree with masks; see train/commands/agreement.py."""
    # Cards of before call the share of windows "estimated".
    reached = [one.get("reached", one.get("estimated", 0.0)) for one in found["photos"]]
    photos = "; ".join(
        f"{one['photo']} {share:.1%} ({one['covered']:.1%})"
        for one, share in zip(found["photos"], reached, strict=True)
    )
    correlation = "none" if found["correlation"] is None else f"{found['correlation']:.3f}"
    auc = "none" if found["roc_auc"] is None else f"{found['roc_auc']:.3f}"
    return (
        f"- surveys of {len(found['photos'])} whole photos against their masks, {found['windows']:,} windows of "
        f"{found['window']} pixels: correlation of probability and cover {correlation}, ROC AUC of covered against "
        f"free windows {auc}; share of windows from the threshold on (of windows that the plant covers by at least "
        f"{PRESENT:.0%}), which is no share of ground: {photos}"
    )


def _area(found: dict[str, Any]) -> list[str]:
    """How far areas are off, as a table; see train/commands/cover.py."""
    whose = {"block": "photos of other blocks of ground", "photo": "the other photos"}[found["left_out"]]
    lines = [
        f"The share of the ground that the plant covers in {len(found['photos'])} photos, each estimated by a "
        f"calibration on {whose}: mean error {100 * found['mean_error']:.1f} points; {found['held']:.0%} of the "
        f"intervals of {found['level']:.0%} hold the truth. The share of windows from the threshold on is off by "
        f"{100 * found['mean_error_of_windows']:.1f} points when taken for an area. The intervals hold the errors of "
        "photos like these; other sites, seasons, heights and cameras may add to them.",
        "",
        "| photo | block | true | estimated | interval | share of windows |",
        "|---|---|---|---|---|---|",
    ]
    return lines + [
        f"| {one['photo']} | {one['block']} | {one['plant']:.1%} | {one['estimated']:.1%} | {one['low']:.1%} to "
        f"{one['high']:.1%} | {one['windows']:.1%} |"
        for one in found["photos"]
    ]


def _probes(found: dict[str, Any]) -> str:
    """What single steps tell of the classes; see train/commands/probe.py."""
    pictures, steps = found["pictures"], list(found["steps"].items())
    (first, begin), (last, end) = steps[0], steps[-1]
    learned = "" if found["validation_is_unseen"] else ", which the network had learned"
    return (
        f"- linear probes of {len(steps)} steps, fitted on {pictures['training']:,} training pictures, their L2 "
        f"penalty chosen on {pictures['validation']:,} validation pictures{learned}: right on {begin['test']:.1%} of "
        f"{pictures['test']:,} test pictures at the first step, {first}, and on {end['test']:.1%} at the last, {last}; "
        f"the most frequent class alone is on {found['most_frequent_class']:.1%}"
    )


def _measured_by(card: dict[str, Any]) -> list[str]:
    """The commands behind the figures that are measured after a training, without `python -m train`."""
    metrics, more = card["metrics"], ["evaluate <this entry> --data DIR"]
    if "test_with_views" in metrics:
        more.append(f"evaluate <this entry> --data DIR --views {metrics['test_with_views']['views']}")
    more += [f"{name} <this entry> --data DIR" for name, key in MEASURED if key in metrics]
    more += ["probe <this entry> --data DIR"] if "probes" in card else []
    more += ["trust <this entry> --data DIR"] if "calibration_error" in card.get("trust", {}) else []
    return more


def _limits(card: dict[str, Any]) -> str:
    return (
        "It knows ten kinds of things in 32 x 32 pixels and names one of them for any picture, also for pictures of "
        "something else. The test pictures chose nothing"
        + (", the validation pictures the epoch." if "validation_accuracy" in card["metrics"] else ".")
    )


def _photo_limits(card: dict[str, Any]) -> str:
    where = card["data"].get("limits", "photos of other places, seasons, heights and cameras were not tested")
    chosen = " The test photos chose nothing" + (" but the calibration of areas" if "cover" in card else "")
    chosen += ", the validation photos the epoch and the threshold." if "validation_auc" in card["metrics"] else "."
    return (
        f"{where[0].upper()}{where[1:]}. It gives a probability for any picture, also for pictures of something else."
        f"{chosen}"
    )


def _taught(card: dict[str, Any]) -> str:
    names = ", ".join(f"{one['name']} (SHA-256 {one['sha256'][:12]})" for one in card["teachers"])
    share = card["recipe"]["teaching"]
    return (
        f"What it learned were the mean answers of trained networks to the same changed photos ({names}), counting "
        f"{share:.0%}; the labels counted {1 - share:.0%}."
    )


def _started(start: dict[str, Any]) -> str:
    return (
        f"Started from {start['from']}, which gave {start['share_of_values']:.0%} of the start weights; the rest began "
        "at random."
    )
