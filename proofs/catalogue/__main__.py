"""Write what the catalogue stores: ``python -m proofs.catalogue`` in a checkout, after a change of a claim.

Without options it writes `builtin.json`, the claims in canonical form, which `proofs.checking.stored_claims` reads.
``--search`` also searches certificates afresh, of all claims or those named; ``--page`` writes docs/catalogue.md.
"""

import argparse
import json
import sys
from pathlib import Path

from proofs.catalogue import catalogue_claims
from proofs.catalogue.page import page
from proofs.catalogue.stored import store
from proofs.verdicts import Verdict
from proofs.verification import BUDGET, verify_all

HERE = Path(__file__).parent


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(prog="python -m proofs.catalogue", description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="claims to search (all)")
    parser.add_argument("--search", action="store_true", help="search certificates and store them")
    parser.add_argument("--budget", type=float, default=BUDGET, help="seconds for each claim")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", action="store_true", help="write docs/catalogue.md")
    options = parser.parse_args()
    claims = catalogue_claims()
    unknown = set(options.ids) - {claim.id for claim in claims}
    if unknown:
        parser.error(f"no such claim: {', '.join(sorted(unknown))}")
    data = {"schema": "gametheory.claims/1", "claims": [claim.canonical() for claim in claims]}
    (HERE / "builtin.json").write_text(json.dumps(data, indent=1, ensure_ascii=True) + "\n", encoding="ascii")
    if options.search:
        wanted = [claim for claim in claims if not options.ids or claim.id in options.ids]
        store(verify_all(wanted, budget=options.budget, workers=options.workers, progress=_told), HERE / "certificates")
    if options.page:
        (HERE.parents[1] / "docs" / "catalogue.md").write_text(page(), encoding="utf-8")


def _told(verdict: Verdict) -> None:
    mark = "" if verdict.as_expected and verdict.certificate else "   <--"
    print(f"{verdict.seconds:7.2f} s  {verdict.word:9} {verdict.method:30} {verdict.claim.id}{mark}", file=sys.stderr)


if __name__ == "__main__":
    main()
