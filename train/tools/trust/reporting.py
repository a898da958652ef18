"""The report on an entry's judgements as text for a terminal."""

from typing import Any


def table(title: str, report: dict[str, Any]) -> str:
    """The report of `trusting.trust` as lines."""
    about, score = report["known"], report["score"]
    before, after = about["calibration"]["before"], about["calibration"]["after"]
    lines = [
        title,
        f"fitted to {report['calibrated_on']}",
        f"score: {', '.join(score['members'])} ({score['way']}); criterion {score['criterion']:.4f}",
        f"temperature {report['temperature']:.3f}: calibration error {before['error']:.2%} before, "
        f"{after['error']:.2%} after; loss {before['loss']:.4f} before, {after['loss']:.4f} after",
        f"{about['false_alarms']['found']:.2%} of {about['pictures']:,} test pictures called unfamiliar "
        f"({about['false_alarms']['wanted']:.0%} wanted)",
        *(
            f"sets ({report['rule']}): hold the right class in {each['found']:.2%} ({each['wanted']:.0%} wanted), "
            f"{each['mean_size']:.2f} classes in the mean"
            for each in about["sets"]
        ),
        "",
        f"{'strange pictures':<24} {'group':<8} {'n':>6} {'AUROC':>7} {'FPR95':>7} {'caught':>7}",
    ]
    for one in report["strange"]:
        lines.append(
            f"{one['name']:<24} {one['group']:<8} {one['pictures']:>6,} {one['auroc']:>7.3f} {one['fpr95']:>7.1%} "
            f"{one['caught']:>7.1%}"
        )
    lines += [f"mean of the {group} sets: AUROC {value:.4f}" for group, value in report["means"].items()]
    for one in report.get("left_out", ()):
        lines.append(
            f"a network of this recipe without {' and '.join(one['classes'])}: AUROC {one['auroc']:.4f}, "
            f"{one['caught']:.1%} caught, {one['false_alarms']:.1%} false alarms"
        )
    lines += ["", f"{'class':<14} {'n':>6} accuracy, 95 % interval, called unfamiliar"]
    for one in about["classes"]:
        lines.append(
            f"{one['class']:<14} {one['pictures']:>6,} {one['accuracy']:.1%} ({one['low']:.1%} to {one['high']:.1%}), "
            f"{one['flagged']:.1%}"
        )
    return "\n".join(lines + _corruptions(report.get("corruptions")))


def _corruptions(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    clean = found["untouched"]
    lines = [
        "",
        f"accuracy (called unfamiliar) of {found['pictures']:,} spoiled test pictures; untouched "
        f"{clean['accuracy']:.0%} ({clean['flagged']:.0%})",
    ]
    for way in found["ways"]:
        cells = (f"{a:4.0%} ({f:4.0%})" for a, f in zip(way["accuracy"], way["flagged"], strict=True))
        lines.append(f"{way['name']:<16} {'  '.join(cells)}")
    return lines


def missed(report: dict[str, Any]) -> dict[str, float]:
    """Kind of strange pictures -> the highest typicality of one that passed for known; 0 where none did."""
    kinds = ((one["name"], one["missed"]) for one in report["strange"] if "missed" in one)
    return {name: max((each["typicality"] for each in found), default=0.0) for name, found in kinds}


def summary(entry: str, report: dict[str, Any]) -> dict[str, Any]:
    """The last line of the command."""
    about = report["known"]
    return {
        "entry": entry,
        "temperature": report["temperature"],
        "calibration_error": {when: about["calibration"][when]["error"] for when in ("before", "after")},
        "false_alarms": about["false_alarms"]["found"],
        "coverage": about["sets"][0]["found"],
        "mean_set_size": about["sets"][0]["mean_size"],
        "score": report["score"]["members"],
        "auroc": {one["name"]: one["auroc"] for one in report["strange"]},
        "means": report["means"],
        "missed": missed(report),
    }
