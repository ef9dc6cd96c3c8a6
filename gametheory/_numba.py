"""The one place that says how this project compiles a kernel."""

import os
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

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


def leaf_kernel(function: Callable[P, R]) -> Kernel[P, R]:
    """`kernel`, for a small function that allocates nothing: compiled into its callers, counting no references.

    A call that hands over three arrays, and counts them, costs more than many a small kernel does (5 to 20 ns).
    """
    return _compile(function, parallel=False, _nrt=False, forceinline=True)


def _compile(function: Callable[P, R], *, parallel: bool, **more: bool) -> Kernel[P, R]:
    options: dict[str, Any] = {"cache": CACHE, "parallel": parallel, **more}
    compiled: Any = numba.njit(**options)(function)
    if not hasattr(compiled, "py_func"):  # NUMBA_DISABLE_JIT=1: the source is the kernel
        compiled.py_func = function
    return cast("Kernel[P, R]", compiled)
