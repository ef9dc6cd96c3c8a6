"""Who may import whom, what loading a package may load, and what no module may do."""

import ast
import importlib
import importlib.util
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

# The installed copy and the checkout are the same lines; where this is not a checkout, there is nothing to read.
ROOT = Path(__file__).parents[1]
MAY_IMPORT: dict[str, set[str]] = {
    "gametheory": set(),
    "dynamics": {"gametheory"},
    "proofs": {"gametheory", "dynamics"},
    "experiments": {"gametheory", "dynamics", "proofs"},
}
HEAVY = ["numpy", "numba", "scipy", "sympy", "matplotlib", "z3", "cvxpy", "flint", "hypothesis", "typer"]
FORBIDDEN_CALLS = {"eval", "exec", "sympify", "parse_expr", "compile", "__import__"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill"}
GLOBAL_RANDOMNESS = {"seed", "random", "rand", "randn", "randint", "choice", "shuffle", "permutation", "normal"}


def modules(package: str) -> Iterator[tuple[Path, ast.Module]]:
    paths = sorted((ROOT / package).rglob("*.py"))
    assert paths, package
    for path in paths:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield node.lineno, alias.name
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module
            case ast.ImportFrom():
                pytest.fail(f"{path}:{node.lineno}: import by absolute name")


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_depend_only_downwards(package: str) -> None:
    for path, tree in modules(package):
        for line, module in imported(path, tree):
            top = module.partition(".")[0]
            assert top != "tests", f"{path}:{line}"
            assert top not in MAY_IMPORT.keys() - MAY_IMPORT[package] - {package}, f"{path}:{line}"


def test_the_checker_uses_the_standard_library_alone() -> None:
    for path, tree in modules("proofs/checker"):
        for line, module in imported(path, tree):
            own = module == "proofs.checker" or module.startswith("proofs.checker.")
            assert own or module.partition(".")[0] in sys.stdlib_module_names, f"{path}:{line}: {module}"


def test_hypothesis_is_imported_for_testing_only() -> None:
    for package in MAY_IMPORT:
        for path, tree in modules(package):
            names = {module.partition(".")[0] for _, module in imported(path, tree)}
            assert path.name == "testing.py" or not names & {"hypothesis", "pytest"}, path


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_importing_a_package_loads_nothing_heavy(package: str) -> None:
    code = f"import sys, {package}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.split() == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_every_public_name_is_there_whatever_was_imported_before(package: str) -> None:
    module = importlib.import_module(package)
    names = list(getattr(module, "__all__", []))
    inner = {entry.name for entry in pkgutil.iter_modules(module.__path__)}

    for name in names:
        assert getattr(module, name) is not None
    for name in set(names) & inner:  # a submodule of the same name hides a public function once it is imported
        code = f"import {package}.{name}; from {package} import {name}; assert callable({name})"
        subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_module_runs_text_or_unpickles(package: str) -> None:
    for path, tree in modules(package):
        for line, module in imported(path, tree):
            assert module.partition(".")[0] not in FORBIDDEN_MODULES, f"{path}:{line}: {module}"
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id=str(name))):
                    assert name not in FORBIDDEN_CALLS, f"{path}:{node.lineno}: {name}"
                case ast.Call(func=ast.Attribute(attr="sympify" | "parse_expr" | "exec" as name)):
                    pytest.fail(f"{path}:{node.lineno}: {name}")
                case ast.Attribute(value=ast.Name(id="builtins")):
                    pytest.fail(f"{path}:{node.lineno}: builtins")
                case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
                    pytest.fail(f"{path}: allow_pickle")


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_module_draws_from_global_randomness(package: str) -> None:
    for path, tree in modules(package):
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="random"), attr=name):
                    assert name not in GLOBAL_RANDOMNESS, f"{path}:{node.lineno}: {name}"
                case ast.Attribute(value=ast.Name(id="random"), attr=name):
                    assert name == "Random", f"{path}:{node.lineno}: {name}"
                case ast.ImportFrom(module="random", names=aliases):
                    assert {alias.name for alias in aliases} == {"Random"}, f"{path}:{node.lineno}"
                case ast.Call(func=ast.Name(id="Random") | ast.Attribute(attr="Random"), args=[], keywords=[]):
                    pytest.fail(f"{path}:{node.lineno}: Random() without a seed")
                case ast.Call(func=ast.Attribute(attr="default_rng"), args=[], keywords=[]):
                    pytest.fail(f"{path}:{node.lineno}: default_rng() without a seed")


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_are_typed_and_nobody_elses(package: str) -> None:
    spec = importlib.util.find_spec(package)

    assert spec is not None
    assert spec.origin is not None
    assert (Path(spec.origin).parent / "py.typed").is_file()
    assert set(metadata.packages_distributions().get(package, ())) <= {"gametheory"}


def test_modules_are_named_by_their_concept() -> None:
    for package in MAY_IMPORT:
        for path in (ROOT / package).rglob("*.py"):
            assert path.stem not in {"utils", "helpers", "common", "misc", "base"}, path
            assert path.stem not in sys.stdlib_module_names, path
