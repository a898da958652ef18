"""The Trust tab's reliability diagram, and the table of what spoils answers."""

from html import escape

from demo.core.trust_report import Bin, Corrupted, Corruption, TrustReport
from demo.render.svg_chart import COLOURS, Axis, Frame, Line, chart, sample

FRAME = Frame(width=440, height=330, left=52, right=26, top=12, bottom=48)
BEFORE, AFTER = COLOURS[1], COLOURS[0]
TICKS = [(each / 5, f"{each / 5:.0%}") for each in range(6)]


def reliability(report: TrustReport) -> str:
    """Accuracy by confidence before and after calibration, with the gap in numbers."""
    marks = [
        Line([(0, 0), (1, 1)], css="line even"),
        _line(report.before.bins, BEFORE, "line dashed"),
        _line(report.after.bins, AFTER, "line"),
    ]
    spoken = (
        "Reliability diagram: share of right answers by confidence. Expected calibration error "
        f"{report.before.error:.1%} before calibration, {report.after.error:.1%} after."
    )
    svg = chart(FRAME, Axis(0, 1, TICKS, "confidence"), Axis(0, 1, TICKS), marks, spoken)
    return (
        "<div><h4>Do its percentages mean what they say?</h4><p>Where they do, the line follows the diagonal: of the "
        "answers given with 80 %, 80 % are right. Below it the network is surer than it should be, above it too "
        "modest. The calibration error is the mean gap to the diagonal; a temperature, one number that all class "
        "scores are divided by, makes it smaller."
        f'</p><figure class="curves">{svg}<figcaption><span class="key">{sample(BEFORE, dashed=True)} softmax alone, '
        f"expected calibration error {report.before.error:.2%}</span> "
        f'<span class="key">{sample(AFTER)} with a temperature of {report.temperature:.2f}, '
        f"{report.after.error:.2%}</span>"
        f" Share of right answers, upwards, among {report.pictures:,} test pictures.</figcaption></figure></div>"
    )


def _line(bins: tuple[Bin, ...], colour: str, css: str) -> Line:
    spots = [
        (
            each.confidence,
            each.accuracy,
            f"{each.pictures:,} answers with {each.confidence:.1%}: {each.accuracy:.1%} right",
        )
        for each in bins
    ]
    return Line([(x, y) for x, y, _ in spots], colour, css, spots)


def corruptions(report: TrustReport) -> str:
    """Accuracy at every kind and strength of spoiling beside that of the same pictures untouched."""
    found = report.corrupted
    if found is None or not found.ways:
        return ""
    most = max(len(way.strengths) for way in found.ways)
    head = "".join(f"<th>{number}</th>" for number in range(1, most + 1))
    rows = "".join(_row(way, most) for way in found.ways)
    return (
        '<h4>What spoils its answers?</h4><p class="quiet">Share of right '
        f"answers for {found.pictures:,} test pictures, spoiled in {len(found.ways)} ways at {most} strengths, and "
        f"below it the share that is called strange. Untouched: {_words(found)}.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Spoiled pictures"><table class="confusion spoiled">'
        f"<thead><tr><th>Strength</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _words(found: Corrupted) -> str:
    return f"{found.accuracy:.0%} right, {found.flagged:.0%} called strange"


def _plain(strength: float) -> str:
    return f"{strength:g}".replace("-", "−")


def _row(way: Corruption, most: int) -> str:
    cells = "".join(
        f'<td style="--part:{60 * right:.0f}%" title="{escape(way.name)} {_plain(strength)}"><span>{right:.0%}'
        f"<small>{flagged:.0%}</small></span></td>"
        for strength, right, flagged in zip(way.strengths, way.accuracy, way.flagged, strict=True)
    )
    cells += "<td></td>" * (most - len(way.strengths))
    strengths = ", ".join(map(_plain, way.strengths))
    return f'<tr><th scope="row">{escape(way.name)}<small>{escape(way.unit)}: {strengths}</small></th>{cells}</tr>'
