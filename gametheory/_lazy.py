"""Public names that are imported only when somebody asks for them."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def exporter(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The module-level `__getattr__` of `package`: `modules` says where each public name lives."""

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return get


def answer_as_function(module: str, function: str) -> None:
    """Let `module` be called as its own `function`, the public one with the module's name.

    Importing a submodule sets it as an attribute of its package, so that after `import gametheory.conditions`
    the name `gametheory.conditions` is the module and no longer the lazily exported function.
    """

    def call(self: ModuleType, *args: Any, **options: Any) -> Any:
        return getattr(self, function)(*args, **options)

    sys.modules[module].__class__ = type("CallableModule", (ModuleType,), {"__call__": call})
