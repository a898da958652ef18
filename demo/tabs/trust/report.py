"""How far to trust a network, as HTML: what was measured on pictures that neither taught it nor chose anything."""

from html import escape

import model_zoo
from demo.core.networks import title
from demo.core.samples import Sample, samples
from demo.core.trust_report import FAR, KNOWN, LeftOut, OfClass, Strange, TrustReport, fitted_to, trust_report
from demo.pictures.datasets import PictureSet
from demo.render.html import term
from demo.tabs.trust.charts import corruptions, reliability
from demo.tabs.trust.elsewhere import elsewhere
from demo.tabs.trust.missed import missed
from model_zoo import Model
from model_zoo.aerial.threshold import EVEN, decision

NOTHING = (
    "Nothing has been measured of how far the answers of this network can be trusted. It is unknown which pictures it "
    "does not know, and what its percentages are worth."
)
MEANING = (
    f"{term('roc-auc', 'AUROC')} (area under the ROC curve): how well the score tells strange pictures from known "
    "ones, from 50 % (by chance) to 100 %. Pass: the share of strange pictures that goes unnoticed where 95 % of the "
    "known ones may pass. Called strange: the share that the page's line catches, which is drawn so that {:.3g} % of "
    "known pictures are called so as well."
)


def page(model: Model, found: PictureSet | None) -> str:
    """The whole report of a network; `found` is the set that it was tested on, where that is on this server."""
    report = trust_report(model)
    heading = f"<h3>How far to trust {escape(title(model.name))}</h3>"
    if report is None and model.trust is not None:
        return f'<section class="holdings trust">{heading}{_unmeasured(model)}</section>'
    if report is None:
        known = elsewhere(model) or _measuring(model)
        return f'<section class="holdings trust">{heading}<p>{NOTHING}</p>{known}</section>'
    parts = [
        heading,
        _lead(report),
        f'<div class="two">{reliability(report)}{_strange(model, report)}</div>',
        f'<div class="two">{_classes(model, report)}{_sets(report)}</div>',
        corruptions(report),
        missed(model, report),
        _mistakes(report, found),
        _made(model, report),
    ]
    return f'<section class="holdings trust">{"".join(parts)}</section>'


def _unmeasured(model: Model) -> str:
    """Of a network whose training fitted what judges its answers, and of which nothing was measured."""
    assert model.trust is not None
    return (
        f"<p>What judges its answers was fitted to {escape(fitted_to(model))}: a temperature of "
        f"{model.trust.temperature:.2f} for its percentages, a line beyond which a picture is called strange, as "
        "5 % of those that it knows are as well, and the classes that cannot be excluded.</p><p>None of it was "
        "measured on a test split: how many strange pictures it misses, and what its percentages are worth there, is "
        f"unknown. This measures it, after a fit to more pictures:</p><pre>{_command(model)}</pre>"
    )


def _lead(report: TrustReport) -> str:
    right = sum(each.accuracy * each.pictures for each in report.classes) / max(1, report.pictures)
    far = _caught(report, FAR)
    caught = f" It notices {far:.0%} of pictures of quite other kinds" if far is not None else ""
    return (
        f"<p>It answers {right:.1%} of {report.pictures:,} test pictures rightly.{caught}, and wrongly calls "
        f"{report.false_alarms:.1%} of the known ones strange. The mean gap between its percentages and what they are "
        f"worth is {report.before.error:.1%}, and {report.after.error:.1%} after calibration.</p>"
        if caught
        else f"<p>It answers {right:.1%} of {report.pictures:,} test pictures rightly, and wrongly calls "
        f"{report.false_alarms:.1%} of them strange.</p>"
    )


def _caught(report: TrustReport, group: str) -> float | None:
    """The share of a group's pictures that is called strange, of all its pictures together; None for no picture."""
    kinds = report.of_group(group)
    total = sum(kind.pictures for kind in kinds)
    return sum(kind.caught * kind.pictures for kind in kinds) / total if total else None


# ------------------------------------------------------------------------------------------------- strange pictures


def beside(model: Model, report: TrustReport) -> tuple[str, TrustReport] | None:
    """Title and report of another network of the same classes: the one that notices strange pictures least alike."""
    mine = _caught(report, FAR)
    found: list[tuple[float, str, TrustReport]] = []
    for name in model_zoo.names():
        try:
            other = model_zoo.load(name)
        except (KeyError, model_zoo.BrokenEntry):  # it has gone, or was written over, since it was listed
            continue
        if other.name == model.name or other.classes != model.classes or (its := trust_report(other)) is None:
            continue
        share = _caught(its, FAR)
        if share is not None and mine is not None:
            found.append((abs(share - mine), name, its))
    if not found:
        return None
    _, name, its = max(found, key=lambda each: each[0])
    return title(name), its


def _strange(model: Model, report: TrustReport) -> str:
    other = beside(model, report)
    theirs = {kind.name: kind for kind in other[1].strange} if other else {}
    head = "".join(f"<th>{word}</th>" for word in ("Strange pictures", "number", "AUROC", "pass", "called strange"))
    head += f"<th>called strange by {escape(other[0])}</th>" if other else ""
    rows = "".join(
        _kind(kind, (theirs[kind.name].caught if kind.name in theirs else None) if other else "")
        for kind in report.strange
        if kind.group != KNOWN
    )
    rows += (
        f'<tr><th scope="row">known test pictures<small>{term("false-alarm", "false alarms")}</small></th>'
        f"<td>{report.pictures:,}</td><td></td>"
        f"<td></td><td><b>{report.false_alarms:.1%}</b></td>{_other_cell(other[1].false_alarms) if other else ''}</tr>"
    )
    rows += "".join(
        f'<tr><th scope="row">{escape(kind.name)}<small>known as well: {escape(kind.words)}; false alarms</small></th>'
        f"<td>{kind.pictures:,}</td><td></td><td></td><td><b>{kind.caught:.1%}</b></td>"
        f"{_other_cell(theirs[kind.name].caught if kind.name in theirs else None) if other else ''}</tr>"
        for kind in report.of_group(KNOWN)
    )
    return (
        f"<div><h4>Does it notice what it does not know?</h4>{_lesson(model, report, other)}"
        f'<p class="quiet">{MEANING.format(100 * report.wanted_alarms)}</p>'
        '<div class="numbers scroll" tabindex="0" role="region" '
        f'aria-label="Strange pictures"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{_never_met(report)}</div>"
    )


def _kind(kind: Strange, other: float | str | None) -> str:
    """A row; `other` is the share that the other network notices, "" where there is none."""
    numbers = "".join(f"<td>{share:.1%}</td>" for share in (kind.auroc, kind.fpr95))
    return (
        f'<tr><th scope="row">{escape(kind.name)}<small>{escape(kind.words)}</small></th><td>{kind.pictures:,}</td>'
        f"{numbers}<td><b>{kind.caught:.1%}</b></td>{'' if isinstance(other, str) else _other_cell(other)}</tr>"
    )


def _other_cell(share: float | None) -> str:
    return f"<td>{'' if share is None else f'{share:.1%}'}</td>"


def _lesson(model: Model, report: TrustReport, other: tuple[str, TrustReport] | None) -> str:
    mine = _caught(report, FAR)
    if other is None or mine is None:
        return ""
    theirs = _caught(other[1], FAR) or 0.0
    names = escape(title(model.name)), escape(other[0])
    if mine >= theirs:
        return (
            f"<p>Not every network can: of pictures of other kinds this one notices {mine:.0%}, and {names[1]}, which "
            f"knows the same classes, {theirs:.0%}.</p>"
        )
    return (
        f"<p>Of pictures of other kinds this network notices {mine:.0%}; {names[1]}, which knows the same classes, "
        f"notices {theirs:.0%}. An answer of {names[0]} says less about whether the picture was one for it.</p>"
    )


def _never_met(report: TrustReport) -> str:
    """What networks of the same recipe make of classes that they were trained without."""
    if not report.left_out:
        return ""
    rows = "".join(f"<li>{_left_out(each)}</li>" for each in report.left_out)
    return (
        "<p>Hardest are things of the same kind as those that it knows. Networks of the same recipe were trained "
        f"without some classes, whose test pictures are strange to them:</p><ul>{rows}</ul>"
    )


def _left_out(one: LeftOut) -> str:
    trained = f", {one.epochs} epochs, seed {one.seed}" if one.epochs else ""
    return (
        f"without {escape(' and '.join(one.classes))}{trained}: {one.caught:.1%} of these are called strange (AUROC "
        f"{one.auroc:.1%}), and {one.false_alarms:.1%} of known ones"
    )


# ----------------------------------------------------------------------------------------------------- known pictures


def _classes(model: Model, report: TrustReport) -> str:
    rows = "".join(_of_class(each) for each in report.classes)
    label, threshold = decision(model)
    own = (
        f" The answer is the more probable class here. Decided by its own threshold, {threshold:.1%} for "
        f"{escape(label)}, more of that class are found."
        if label is not None and threshold is not None and len(report.classes) == 2 and threshold < EVEN
        else ""
    )
    return (
        '<div><h4>How often is it right, class by class?</h4><div><table class="bars classes">'
        "<caption>Share of the test pictures of a class that is answered rightly; the line is its 95 % interval "
        f"({term('wilson-interval', 'Wilson')}): with few pictures little is certain.{own}</caption>{rows}</table>"
        "</div></div>"
    )


def _of_class(one: OfClass) -> str:
    interval = f"left:{100 * one.low:.1f}%;width:{100 * (one.high - one.low):.1f}%"
    bar = f'<span style="width:{100 * one.accuracy:.1f}%"></span><i style="{interval}"></i>'
    return (
        f'<tr><th scope="row">{escape(one.label)}</th><td class="bar"><div>{bar}</div></td>'
        f'<td class="number" data-value="{one.accuracy!r}">{one.accuracy:.1%}'
        f"<small>{one.low:.1%} to {one.high:.1%}, of {one.pictures:,}</small></td></tr>"
    )


def _sets(report: TrustReport) -> str:
    rows = "".join(
        f'<tr><th scope="row">{one.wanted:.0%}</th><td><b>{one.found:.1%}</b></td><td>{one.mean_size:.2f}</td></tr>'
        for one in report.sets
    )
    head = "<tr><th>Wanted</th><th>among them in the test</th><th>classes on average</th></tr>"
    return (
        "<div><h4>Which classes cannot be excluded?</h4><p>For each picture it names a set of classes, so that the "
        "right one is among them for a wanted share of pictures. That holds for pictures of the kind that it learned "
        f'from, and for no others.</p><div class="numbers"><table class="sizes"><thead>{head}</thead>'
        f"<tbody>{rows}</tbody></table></div></div>"
    )


def _mistakes(report: TrustReport, found: PictureSet | None) -> str:
    if not report.mistakes:
        return ""
    shown = [
        Sample(one.index, one.label, f"taken for {one.answer}, {one.probability:.1%}") for one in report.mistakes[:12]
    ]
    how = "Choose one to look at it." if found else "Their pictures are shown where the test set is on this server."
    caption = f"True class, and below it the answer with its calibrated probability. {how}"
    return f"<h4>Mistakes it was surest of</h4>{samples(found, 'test', shown, caption)}"


def _made(model: Model, report: TrustReport) -> str:
    when = f", on {escape(report.date)}" if report.date else ""
    return (
        f'<p class="quiet">Strangeness is told by {escape(", ".join(report.members))}; temperature '
        f"{report.temperature:.3f}. Fitted to {escape(report.fitted_to)}. Measured by this command{when}:</p>"
        f"<pre>{escape(report.command) if report.command else _command(model)}</pre>"
    )


def _measuring(model: Model) -> str:
    """The command that would measure it."""
    return f"<p>This measures it:</p><pre>{_command(model)}</pre>"


def _command(model: Model) -> str:
    return escape(f"python -m train trust {model.name} --data DIR")
