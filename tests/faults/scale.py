"""How long and how random: bounded in `make test`, at length in `make faults`; a seed that can be given again."""

import os
import random

TIMES = int(os.environ.get("FAULTS_TIMES", "1"))
LONG = TIMES > 1
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))
"""FAULTS_SEED: moments, gaps and orders are drawn from it, so that a run can be repeated."""


def scaled(bounded: int, at_length: int) -> int:
    """`bounded` in `make test`, `at_length` in `make faults`; whoever uses it says in the report which it was."""
    return at_length if LONG else bounded
