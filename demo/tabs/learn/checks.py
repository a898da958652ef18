"""The checks that cards name, computed from the tensors of the learner's own picture and network.

A right answer and a wrong one both get what is the case: the sum, the value, or the answer of the network.
"""

from demo.tabs.learn import answer_checks, bench_checks, picture_checks
from demo.tabs.learn.check import Check

CHECKS: dict[str, type[Check]] = {**picture_checks.CHECKS, **answer_checks.CHECKS, **bench_checks.CHECKS}
