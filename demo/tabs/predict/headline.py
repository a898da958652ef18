"""How sure a network is of an answer, in the words that stand before it."""

from dataclasses import dataclass

from demo.core.inference import Inference
from model_zoo.trust.judgement import Judgement

SURE, LIKELY = 0.9, 0.5  # calibrated probabilities of the answer
TORN = 0.5  # of the answer's probability, from which the second class is named beside it
AGREE = 0.8  # the share of slightly changed copies that have to get the same answer for it to be called sure
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Headline:
    """What stands before the answer."""

    words: str
    short: str  # where there is little room
    is_sure: bool = False
    is_torn: bool = False  # then the second class is named as well
    is_void: bool = False  # then the answer's percentage says nothing
    is_calibrated: bool = False  # then what the answer's probability is worth stands beside it


def headline(made: Inference) -> Headline:
    """How sure the network is; never sure of a picture that it does not know, or where nobody has measured that."""
    if made.edits:
        return Headline("With these changes it says:", "Changed, it says:")
    return of_judgement(made.judgement, len(made.model.classes))


def of_judgement(judgement: Judgement, classes: int) -> Headline:
    """The words for a judgement of an answer among so many classes."""
    if judgement.is_unfamiliar is None:
        return Headline("It is unknown whether it knows such pictures; it says:", "Unchecked, it says:")
    if judgement.is_unfamiliar:
        best = "better" if classes == 2 else "best"
        count = COUNTS[classes] if classes < len(COUNTS) else f"{classes:,}"
        if judgement.is_borderline:
            words = f"This is just outside what it knows; the {best} of its {count} words would be"
            return Headline(words, "Just outside what it knows; nearest word:", is_void=True)
        words = f"This looks unlike anything it learned from; the {best} of its {count} words would be"
        return Headline(words, "Unlike what it learned from; nearest word:", is_void=True)
    first, second = sorted(judgement.probabilities, reverse=True)[:2]
    if judgement.is_borderline:  # however sure the answer looks
        known, is_torn = "just within what it knows", second >= TORN * first
        says = "it is torn between" if is_torn else "it says:"
        short = f"{known.capitalize()}; {says}"
        return Headline(f"This is {known}; {says}", short, is_torn=is_torn, is_calibrated=not is_torn)
    if first >= SURE:
        return Headline("The network is sure:", "It is sure:", is_sure=True, is_calibrated=True)
    if second >= TORN * first:
        return Headline("The network is torn between", "It is torn between", is_torn=True)
    if first >= LIKELY:
        return Headline("The network thinks:", "It thinks:", is_calibrated=True)
    return Headline("The network is unsure, its best guess:", "Unsure, its best guess:")


def wavering(agreeing: int, copies: int) -> Headline:
    """The words where too few of the slightly changed copies get the same answer."""
    count = f"{agreeing} of {copies}"
    words = f"The network wavers, only {count} slightly changed copies get the same answer:"
    return Headline(words, f"It wavers, {count} agree:")
