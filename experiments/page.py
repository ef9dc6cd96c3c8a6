"""The report as one HTML page that stands alone: pictures inside, no script, no network."""

from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.report import TWIN, ClaimResult, Report

if TYPE_CHECKING:
    from experiments.predictions import Observation

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #1b1b1b; background: #fff; margin: 0 auto;
       max-width: 62rem; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; }
p.summary { background: #f4f4f0; border-left: 4px solid #0072B2; padding: .7rem 1rem; }
figure { margin: 1.2rem 0; } figure img { width: 100%; max-width: 46rem; height: auto; }
figcaption { color: #444; font-size: .92rem; max-width: 46rem; }
table { border-collapse: collapse; width: 100%; font: 14px/1.4 system-ui, sans-serif; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #888; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { white-space: pre-wrap; font-size: .85em; margin: .3rem 0; } summary { color: #555; cursor: pointer; }
td small { color: #555; } .bad { color: #A33000; font-weight: bold; } code { font-size: .92em; }
"""


def write_page(report: Report, path: Path, *, built_in: bool, game: Any = None) -> None:
    """Write the report as HTML.

    Parameters
    ----------
    report : Report
    path : Path
    built_in : bool
        Whether it is the built-in study, whose pictures are those of the published example.
    game : PublicGoodsGame, optional
        The game that the observations are about, for the pictures.
    """
    if built_in:
        from experiments.cases import published_game

        game = published_game()
    parts = [f"<p class='summary'>{escape(report.summary())}</p>"]
    if game is not None:
        parts += _figures(report, game)
    if report.claims:
        parts += ["<h2>Claims</h2>", _claims(report.claims)]
    if report.observations:
        parts += ["<h2>Observations</h2>", _observations(report)]
    title = "Built-in study" if built_in else "Report"
    head = f"<meta charset='utf-8'><title>gametheory: {title}</title><style>{STYLE}</style>"
    head += "<meta name='viewport' content='width=device-width, initial-scale=1'>"
    body = f"<h1>gametheory: {title}</h1>" + "\n".join(parts)
    page = f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>\n"
    path.write_text(page, encoding="utf-8")


def _figures(report: Report, game: Any) -> list[str]:
    import matplotlib

    matplotlib.use("Agg")
    from dynamics.pictures import plot_simplex
    from experiments.pictures import PREFIX, plot_condition_curve

    found = []
    if any(seen.id.startswith(PREFIX) for seen in report.observations):
        axes = plot_condition_curve(game, report.observations)
        caption = (
            "Share of contributions over the punishment probability: the logit curve of the theory, the learners' "
            "shares with simultaneous intervals, and the threshold p*."
        )
        found.append(_figure(axes, caption, "condition curve with learners' points"))
    if len(game.strategies) == 3:
        axes = plot_simplex(game)
        caption = "Replicator dynamics: trajectories, rest points by type, and the continuum with its end point z*."
        found.append(_figure(axes, caption, "simplex with trajectories and rest points"))
    return found


def _figure(axes: Any, caption: str, alternative: str) -> str:
    from matplotlib import pyplot

    buffer = BytesIO()
    axes.figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(axes.figure)
    data = b64encode(buffer.getvalue()).decode("ascii")
    image = f"<img alt='{escape(alternative, quote=True)}' src='data:image/svg+xml;base64,{data}'>"
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def _claims(claims: tuple[ClaimResult, ...]) -> str:
    twins = {claim.id.removesuffix(TWIN): claim for claim in claims if claim.id.endswith(TWIN)}
    rows = ["<tr><th>claim</th><th>verdict</th><th>how</th><th>kernel</th><th>wrong twin</th><th>s</th></tr>"]
    for claim in claims:
        if claim.id.endswith(TWIN) and claim.id.removesuffix(TWIN) in {c.id for c in claims}:
            continue
        twin = twins.get(claim.id)
        needed = (
            ""
            if claim.needed is None
            else "<br><small>uses " + escape(", ".join(claim.needed) or "nothing") + "</small>"
        )
        reason = "" if claim.reason is None else f"<br><small>{escape(claim.reason)}</small>"
        rows.append(
            f"<tr><td><b>{escape(claim.id)}</b><br>{escape(claim.statement)}{_formulas(claim)}{needed}{reason}</td>"
            f"<td>{_verdict(claim)}{_at(claim)}</td><td>{escape(claim.method)}</td><td>{escape(claim.kernel)}</td>"
            f"<td>{'' if twin is None else escape(twin.statement) + '<br>' + _verdict(twin) + _at(twin)}</td>"
            f"<td class='n'>{claim.seconds:.2f}</td></tr>"
        )
    return f"<table>{''.join(rows)}</table>"


def _formulas(claim: ClaimResult) -> str:
    """The claim's formulas, folded away."""
    if claim.texts is None:
        return ""
    lines = [f"{name} := {text}" for name, text in claim.texts["definitions"].items()]
    lines += [f"if {text}" for text in claim.texts["assumptions"]]
    lines.append(f"then {claim.texts['conclusion']}")
    return f"<details><summary>formulas</summary><pre>{escape(chr(10).join(lines))}</pre></details>"


def _verdict(claim: ClaimResult) -> str:
    word = escape(claim.verdict)
    return word if claim.as_expected else f"<span class='bad'>{word} (expected {escape(claim.expected)})</span>"


def _at(claim: ClaimResult) -> str:
    if not claim.counterexample:
        return ""
    point = ", ".join(f"{name} = {value}" for name, value in claim.counterexample.items())
    return f"<br><small>at {escape(point)}</small>"


def _observations(report: Report) -> str:
    heads = ("observation", "prediction", "estimate", "interval", "tolerance", "seeds", "agrees")
    rows = ["<tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"]
    rows += [_observation(seen) for seen in report.observations]
    level = report.observations[-1].level
    text = f"<p>Intervals hold together at level {level:g}; seed {report.seed}.</p>"
    return text + f"<table>{''.join(rows)}</table>"


def _observation(seen: "Observation") -> str:
    low, high = seen.interval
    mark = escape(seen.agrees) if seen.agrees == "yes" else f"<span class='bad'>{escape(seen.agrees)}</span>"
    note = f"<br><small>{escape(seen.note)}</small>" if seen.note else ""
    return (
        f"<tr><td><b>{escape(seen.id)}</b><br>{escape(seen.statement)}{note}</td>"
        f"<td class='n'>{seen.prediction:.5g}</td><td class='n'>{seen.estimate:.5g}</td>"
        f"<td class='n'>[{low:.5g}, {high:.5g}]</td><td class='n'>{seen.tolerance:.2g}</td>"
        f"<td class='n'>{seen.seeds}</td><td>{mark}</td></tr>"
    )
