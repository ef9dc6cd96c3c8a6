"""Proofs as trees over facts that are objects; in the end they are written as certificates, facts by their numbers.

So that a step can be built before its place is known, and left out where nothing uses what it adds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from proofs.language import Comparison, Formula, Quantifier, Term, render
from proofs.search.closing import Proof, renumbered
from proofs.search.lemmas import Lemma


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A fact of a branch: a comparison or what holds for all, with its truth."""

    formula: Comparison | Quantifier
    wanted: bool = True

    @property
    def item(self) -> tuple[Comparison | Quantifier, bool]:
        """The formula with its truth."""
        return self.formula, self.wanted


@dataclass(frozen=True, slots=True)
class Context:
    """Facts in the order in which a branch has them, and the sorts of the names in use."""

    facts: tuple[Known, ...]
    sorts: Mapping[str, str]

    def extended(self, facts: Sequence[Known], sorts: Mapping[str, str] | None = None) -> "Context":
        """With more facts at the end."""
        return Context((*self.facts, *facts), self.sorts if sorts is None else sorts)


@dataclass(frozen=True, slots=True)
class Closed:
    """A list of facts shown to be contradictory by polynomials alone: `proof` counts the facts of `about`."""

    about: tuple[Known, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Way:
    """One branch of a step, with the facts that it adds."""

    added: tuple[Known, ...]
    then: "Step"


@dataclass(frozen=True, slots=True)
class ByLemma:
    """A theorem's facts, its terms defined and its conditions proved."""

    lemma: Lemma
    conditions: tuple[tuple[Way, ...], ...]
    way: Way


@dataclass(frozen=True, slots=True)
class ByCases:
    """A formula is true or false."""

    formula: Formula
    true: tuple[Way, ...]
    false: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class ByInstance:
    """What holds for all holds for a term."""

    fact: Known
    term: Term
    defined: tuple[tuple[Way, ...], ...]
    then: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class ByInteger:
    """p > 0 of integers gives p >= 1."""

    fact: Known
    way: Way


@dataclass(frozen=True, slots=True)
class BySplit:
    """A polynomial is > 0, or its opposite >= 0."""

    polynomial: str
    positive: Way
    otherwise: Way


Step = Closed | ByLemma | ByCases | ByInstance | ByInteger | BySplit


def by_lemma(lemma: Lemma, conditions: Sequence[Sequence[Way]], added: Sequence[Known], then: Step) -> Step:
    """The step, or what follows where it does not use the lemma."""
    if not used(then) & set(added):
        return then
    return ByLemma(lemma, tuple(tuple(ways) for ways in conditions), Way(tuple(added), then))


def used(step: Step) -> set[Known]:
    """The facts that a proof uses, its own among them."""
    match step:
        case Closed(about=about, proof=proof):
            return {about[k] for k in facts_used(proof) if k < len(about)}
        case ByLemma(conditions=conditions, way=way):
            return _of_ways([way, *(w for ways in conditions for w in ways)])
        case ByCases(true=true, false=false):
            return _of_ways([*true, *false])
        case ByInstance(fact=fact, defined=defined, then=then):
            return {fact} | _of_ways([*then, *(w for ways in defined for w in ways)])
        case ByInteger(fact=fact, way=way):
            return {fact} | _of_ways([way])
        case BySplit(positive=positive, otherwise=otherwise):
            return _of_ways([positive, otherwise])
    raise AssertionError(step)


def _of_ways(ways: Sequence[Way]) -> set[Known]:
    return set().union(*(used(way.then) for way in ways))


def written(step: Step, facts: Sequence[Known]) -> Proof:
    """A proof as certificates spell it, in a branch with these facts."""

    def ways(given: Sequence[Way]) -> list[Proof]:
        return [written(way.then, [*facts, *way.added]) for way in given]

    match step:
        case Closed(about=about, proof=proof):
            places = {fact: i for i, fact in enumerate(facts)}
            # a fact that is not there is not used either
            return renumbered(proof, [places.get(fact, 0) for fact in about], len(facts))
        case ByLemma(lemma=lemma, conditions=conditions, way=way):
            return {
                "lemma": lemma.name,
                "terms": [render(term) for term in lemma.terms],
                "conditions": [ways(given) for given in conditions],
                "then": ways([way])[0],
            }
        case ByCases(formula=formula, true=true, false=false):
            return {"cases": render(formula), "true": ways(true), "false": ways(false)}
        case ByInstance(fact=fact, term=term, defined=defined, then=then):
            return {
                "instance": str(list(facts).index(fact)),
                "term": render(term),
                "defined": [ways(given) for given in defined],
                "then": ways(then),
            }
        case ByInteger(fact=fact, way=way):
            return {"integer": str(list(facts).index(fact)), "then": ways([way])[0]}
        case BySplit(polynomial=text, positive=positive, otherwise=otherwise):
            return {"split": text, "positive": ways([positive])[0], "otherwise": ways([otherwise])[0]}
    raise AssertionError(step)


def facts_used(proof: Proof) -> set[int]:
    """The facts, by number, that a proof uses."""
    found: set[int] = set()
    if "sum" in proof:
        return {int(k) for _, product, *_ in proof["sum"] for k in product} | {int(k) for k in proof["zero"]}
    for key in ("integer", "instance"):
        if key in proof:
            found.add(int(proof[key]))
    return found.union(*(facts_used(inner) for inner in _inner(proof)))


def _inner(proof: Any) -> list[Proof]:
    """The proofs inside of one."""
    found: list[Proof] = []
    for entry in proof.values() if isinstance(proof, dict) else proof:
        if isinstance(entry, dict):
            found.append(entry)
        elif isinstance(entry, list):
            found += [e for e in entry if isinstance(e, dict)]
            found += [e for part in entry if isinstance(part, list) for e in part if isinstance(e, dict)]
    return found


def lemmas_used(proof: Proof) -> set[str]:
    """The names of the lemmas in a proof, and of its other steps that need more than polynomials."""
    own = {str(proof["lemma"])} if "lemma" in proof else {key for key in ("instance", "induction") if key in proof}
    return own.union(*(lemmas_used(inner) for inner in _inner(proof) if "sum" not in inner))
