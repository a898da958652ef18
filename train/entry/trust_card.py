"""What an entry's card says of how far its answers can be trusted, as values and in words."""

import statistics
from collections.abc import Sequence
from typing import Any


def section(report: dict[str, Any]) -> dict[str, Any]:
    """What the card says of a report; without "known" nothing was measured, and it only says what was fitted."""
    score = {name: report["score"][name] for name in ("members", "way")}
    found = {name: report[name] for name in ("command", "date", "temperature", "rule")}
    found |= {"fitted_to": report["calibrated_on"], "score": score}
    return found | (_measured(report) if "known" in report else {})


def _measured(report: dict[str, Any]) -> dict[str, Any]:
    about = report["known"]
    calibration = about["calibration"]
    return {
        "calibration_error": {when: calibration[when]["error"] for when in ("before", "after")},
        "bins": calibration["after"]["bins"],
        "pictures": about["pictures"],
        "false_alarms": about["false_alarms"],
        "sets": [{name: each[name] for name in ("wanted", "found", "mean_size")} for each in about["sets"]],
        "strange": [
            {name: one[name] for name in ("name", "group", "pictures", "auroc", "fpr95", "caught")}
            for one in report["strange"]
        ],
        "means": report["means"],
        **({"left_out": report["left_out"]} if "left_out" in report else {}),
    }


def lines(trust: dict[str, Any]) -> list[str]:
    """The section of the card as Markdown."""
    if "calibration_error" not in trust:
        return ["## Trust", "", *_fitted(trust), ""]
    before, after = trust["calibration_error"]["before"], trust["calibration_error"]["after"]
    alarms = trust["false_alarms"]
    found = [
        "## Trust",
        "",
        f"Fitted to {trust['fitted_to']}; measured on {trust['pictures']:,} test pictures{_when(trust)}. "
        "`trust.json` has all of it.",
        "",
        f"- calibration error {after:.2%} with a temperature of {trust['temperature']:.3f}, {before:.2%} without",
        f"- {alarms['found']:.1%} of the test pictures are called unfamiliar ({alarms['wanted']:.0%} wanted)",
        *(
            f"- prediction sets ({trust['rule'].upper()}) hold the right class in {each['found']:.1%} "
            f"({each['wanted']:.0%} wanted), and {each['mean_size']:.2f} classes in the mean"
            for each in trust["sets"]
        ),
        f"- strangeness is told by: {_told_by(trust)}",
        "",
        "| strange pictures, which chose nothing | group | n | AUROC | FPR at 95 % | called unfamiliar |",
        "|---|---|---|---|---|---|",
    ]
    for one in trust["strange"]:
        found.append(
            f"| {one['name']} | {one['group']} | {one['pictures']:,} | {one['auroc']:.3f} | {one['fpr95']:.1%} | "
            f"{one['caught']:.1%} |"
        )
    if "far" in trust["means"]:
        found += ["", f"Mean AUROC of the far sets: {trust['means']['far']:.3f}."]
    for one in trust.get("left_out", ()):
        found += [
            "",
            f"A network of the same recipe that was trained for {one['epochs']} epochs without "
            f"{' and '.join(one['classes'])} (seed {one['seed']}) tells these classes from known ones with an AUROC of "
            f"{one['auroc']:.3f}{_fpr(one)} and calls {one['caught']:.1%} of them unfamiliar, as it does "
            f"{one['false_alarms']:.1%} of the known ones.",
        ]
    found += _over_seeds(trust.get("left_out", ()))
    return [*found, ""]


def _fitted(trust: dict[str, Any]) -> list[str]:
    """What judges the answers, as long as nobody measured how well it does."""
    return [
        f"Fitted to {trust['fitted_to']} on {trust['date']}; not measured on a test split: `python -m train trust "
        "<this entry> --data DIR` fits it to more pictures, and measures it.",
        "",
        f"- a temperature of {trust['temperature']:.3f}",
        f"- strangeness is told by: {_told_by(trust)}",
        f"- prediction sets: {trust['rule'].upper()}",
    ]


def _told_by(trust: dict[str, Any]) -> str:
    score = trust["score"]
    together = f", together ({score['way']})" if len(score["members"]) > 1 else ""
    return f"{', '.join(score['members'])}{together}"


def _when(trust: dict[str, Any]) -> str:
    """On which day and by which command, where one was typed; older sections do not tell."""
    by = f" by `{trust['command']}`" if trust.get("command") else ""
    return f" on {trust['date']}{by}" if "date" in trust else ""


def _fpr(one: dict[str, Any]) -> str:
    return f" (FPR at 95 %: {one['fpr95']:.1%})" if "fpr95" in one else ""


def _over_seeds(left_out: Sequence[dict[str, Any]]) -> list[str]:
    """Mean and spread of those that differ in nothing but the seed, where there are several."""
    alike: dict[tuple[Any, ...], list[float]] = {}
    for one in left_out:
        alike.setdefault((*one["classes"], one["epochs"]), []).append(one["auroc"])
    return [
        line
        for (*classes, epochs), values in alike.items()
        if len(values) > 1
        for line in (
            "",
            f"Without {' and '.join(classes)}, {epochs} epochs: mean AUROC {statistics.mean(values):.3f}, "
            f"sd {statistics.stdev(values):.3f} (n={len(values)} seeds).",
        )
    ]
