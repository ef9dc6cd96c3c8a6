"""Compile the foundations with `coqc`: the theorems, and that the program's payoffs are the ones they speak of."""

import re
import subprocess
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final

from proofs.coq.kernel import ALLOWED_AXIOMS, TIMEOUT, available

FILES: Final = ("payoffs", "repetition", "population")
THEOREMS: Final = {
    "deterrence": "2.1: contributing is a weak best reply, whatever the others give, iff the fines reach L",
    "deterrence_strict": "2.1: it is the unique best reply iff they exceed L",
    "deterrence_levels": "2.1: giving all is best among all levels iff no level saves more than it is fined",
    "punishing_costs": "2.4: whatever was given, punishing less is strictly better in the last stage",
    "one_shot": "2.4: unpunished, with r < N, contributing is strictly worse",
    "one_shot_deviation": "no sequence of actions beats a plan, from any state, iff no single deviation does",
    "grim_trigger": "2.6: subgame perfect iff omega >= (N - r) / (r (N - 1))",
    "punishment_stage": "2.5: subgame perfect iff (N-1) fine >= L and cost <= omega / (1 - omega) c (r - 1)",
    "frequency_dependence": "2.7: f_D - f_C and f_C - f_P over groups drawn at random",
    "invasion": "2.7: contributors resist defectors iff z > L / ((N-1) p s fine)",
}
KINDS: Final = {"C": "Contributor", "D": "Defector", "P": "Punisher"}
FORBIDDEN: Final = re.compile(r"\b(Admitted|admit|Axiom|Axioms|Parameter|Parameters|Conjecture|give_up|bypass_check)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundations:
    """What Coq said of the foundations.

    Attributes
    ----------
    status : str
        "accepted", "rejected" or "not run".
    reason : str
        Why not accepted; empty otherwise.
    theorems : tuple of str
        The names of those accepted.
    seconds : float
    """

    status: str
    reason: str
    theorems: tuple[str, ...]
    seconds: float


def program_file(game_type: Any = None) -> str:
    """The Coq file saying that the program's payoff of each strategy is the sum over co-players.

    Parameters
    ----------
    game_type : type, optional
        In place of `PublicGoodsGame`, to see that another payoff is refused.

    Examples
    --------
    >>> "earns N v_r v_c v_fine v_gamma v_p v_s v_h v_e Contributor l =" in program_file()
    True
    """
    import sympy as sp

    from gametheory.public_goods import PublicGoodsGame

    names = ("N", "r", "c", "fine", "gamma", "p", "s", "h", "e", "n_C", "n_D", "n_P")
    N, r, c, fine, gamma, p, s, h, e, n_C, n_D, n_P = sp.symbols(" ".join(names), real=True)
    game = (game_type or PublicGoodsGame)(
        group_size=N,
        multiplication_factor=r,
        contribution_cost=c,
        fine=fine,
        punishment_cost=gamma,
        punishment_probability=p,
        severity=s,
        detection_rate=h,
        false_alarm_rate=e,
    )
    lines = ["Require Import Reals Lra Lia List.", "Require Import payoffs population.", "Open Scope R_scope."]
    for strategy, kind in KINDS.items():
        text = re.sub(r"[A-Za-z_]\w*", r"v_\g<0>", str(game.payoff(strategy, (n_C, n_D, n_P))))
        lines += [
            f"Theorem program_{strategy} N v_r v_c v_fine v_gamma v_p v_s v_h v_e l :",
            "  (2 <= N)%nat -> length l = (N - 1)%nat -> let v_N := INR N in",
            "  let v_n_C := count Contributor l in let v_n_D := count Defector l in let v_n_P := count Punisher l in",
            f"  earns N v_r v_c v_fine v_gamma v_p v_s v_h v_e {kind} l = {text}.",
            "Proof.",
            "  intros two L v_N v_n_C v_n_D v_n_P.",
            "  rewrite earns_additive, sum_over_counts by assumption. unfold from_one.",
            "  destruct (seen_kinds v_p v_s v_h v_e) as [-> [-> ->]].",
            "  unfold gives, punishes, v_N, v_n_C, v_n_D, v_n_P.",
            "  pose proof (N_pos N two). field. lra.",
            "Qed.",
        ]
    return "\n".join(lines) + "\n"


def judge_foundations(*, game_type: Any = None) -> Foundations:
    """Compile everything in a new folder and ask what each theorem assumes.

    Parameters
    ----------
    game_type : type, optional
        As in `program_file`.

    Returns
    -------
    Foundations
        Accepted if all compiles, nothing is left out, and `Print Assumptions` lists for each theorem nothing beyond
        the standard library's axioms of the real numbers.
    """
    start = monotonic()
    if not available():
        return Foundations(status="not run", reason="coqc is not installed", theorems=(), seconds=0.0)
    folder = resources.files("proofs.foundations")
    sources = {name: folder.joinpath(f"{name}.v").read_text(encoding="ascii") for name in FILES}
    sources["program"] = program_file(game_type)
    names = (*THEOREMS, *(f"program_{strategy}" for strategy in KINDS))
    asked = "\n".join(f"Print Assumptions {name}." for name in names)
    sources["assumptions"] = f"Require Import {' '.join(sources)}.\n{asked}\n"
    with TemporaryDirectory() as where:
        for name, source in sources.items():
            if found := FORBIDDEN.search(source):
                return _rejected(f"{name}.v contains {found.group()!r}", start)
            Path(where, f"{name}.v").write_text(source, encoding="ascii")
            try:
                done = subprocess.run(
                    ["coqc", "-q", "-R", ".", "", f"{name}.v"],
                    cwd=where,
                    capture_output=True,
                    text=True,
                    timeout=TIMEOUT,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                reason = f"coqc: no answer in {TIMEOUT:g} s"
                return Foundations(status="not run", reason=reason, theorems=(), seconds=monotonic() - start)
            if done.returncode != 0:
                return _rejected(f"{name}.v: {' '.join(done.stderr.split())[:300]}", start)
    used = set(re.findall(r"^([A-Za-z_][\w.']*)\s*:", done.stdout, flags=re.MULTILINE)) - {"Axioms"}
    answers = done.stdout.count("Axioms:") + done.stdout.count("Closed under the global context")
    if answers != len(names) or not used <= ALLOWED_AXIOMS:
        return _rejected(f"it assumes {sorted(used - ALLOWED_AXIOMS)}", start)
    return Foundations(status="accepted", reason="", theorems=names, seconds=monotonic() - start)


def _rejected(reason: str, start: float) -> Foundations:
    return Foundations(status="rejected", reason=reason, theorems=(), seconds=monotonic() - start)
