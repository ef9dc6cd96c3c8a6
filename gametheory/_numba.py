"""The one place that says how this project compiles a kernel."""

import os
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

CACHE = os.environ.get("GAMETHEORY_NUMBA_CACHE", "1") == "1"


class Kernel(Protocol[P, R_co]):
    """A compiled function that keeps its Python source as `py_func`."""

    @property
    def py_func(self) -> Callable[P, R_co]:
        """The function as written."""
        ...

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


def kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """Compile `function` in nopython mode, keeping its signature for type checkers."""
    return _compile(function, parallel=False)


def parallel_kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """`kernel`, for a function that loops over independent replicates with `prange`."""
    return _compile(function, parallel=True)


def _compile(function: Callable[P, R], *, parallel: bool) -> Kernel[P, R]:
    compiled = numba.njit(cache=CACHE, parallel=parallel)(function)
    if compiled is function:  # NUMBA_DISABLE_JIT=1: the source is the kernel
        compiled.py_func = function
    return cast("Kernel[P, R]", compiled)
