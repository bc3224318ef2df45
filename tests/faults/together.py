"""Processes that start at the same time: each takes a second of its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

P = TypeVar("P")


@contextmanager
def together(*processes: AbstractContextManager[P]) -> Iterator[list[P]]:
    """`with together(Server(), Server()) as (one, two):`"""
    with ExitStack() as stack, ThreadPoolExecutor(len(processes)) as pool:
        yield list(pool.map(stack.enter_context, processes))
