"""What in a set of photos is not as it should be, in sentences."""

from dataclasses import dataclass

from train.data.listing import few


@dataclass(frozen=True)
class Report:
    """What in a set is not as it should be; names are paths below the set's folder."""

    missing: tuple[str, ...] = ()  # labelled, but not there: left out
    unlabelled: tuple[str, ...] = ()  # there, but without a label: left out
    skipped: tuple[tuple[str, str], ...] = ()  # name of a file beside the photos, and why it is no picture: left out
    broken: tuple[tuple[str, str], ...] = ()  # name and reason: left out
    duplicates: tuple[tuple[str, str], ...] = ()  # name, and its exact copy in a split that keeps it: left out
    repeats: tuple[tuple[str, str], ...] = ()  # name, and its exact copy in the same split: kept
    contradictions: tuple[tuple[str, str], ...] = ()  # those of the repeats that have another label: kept
    doubtful: tuple[str, ...] = ()  # tiles whose label and cover contradict each other: kept
    uncertain: int = 0  # labelled -1: left out unless asked for

    def lines(self) -> list[str]:
        """One sentence for each kind of trouble; none when there is none."""
        kinds = (
            (self.missing, "labelled {photos} {are} not there and {are} left out"),
            (self.unlabelled, "{photos} {have} no label and {are} left out"),
            ([f"{name} {reason}" for name, reason in self.broken], "{photos} cannot be decoded and {are} left out"),
            (_pairs(self.duplicates), "{photos} {are} left out because another split has an exact copy"),
            (_pairs(self.repeats), "{photos} {are} an exact copy of another in the same split"),
            (_pairs(self.contradictions), "of these {have} another label than the other"),
            (self.doubtful, "{photos} {have} a label that the covered share contradicts (1 is from 5 % on)"),
        )
        one, more = {"photos": "photo", "are": "is", "have": "has"}, {"photos": "photos", "are": "are", "have": "have"}
        lines = [
            f"{len(names):,} {what.format_map(one if len(names) == 1 else more)}: {few(names)}."
            for names, what in kinds
            if names
        ]
        for reason in dict.fromkeys(reason for _, reason in self.skipped):
            names = [name for name, its in self.skipped if its == reason]
            each = "1 file is left out. It" if len(names) == 1 else f"{len(names):,} files are left out. Each"
            lines.append(f"{each} {reason}: {few(names)}.")
        if self.uncertain:
            lines.append(f"{self.uncertain:,} tiles are neither covered nor free (-1) and are left out.")
        return lines


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{name} = {other}" for name, other in pairs]
