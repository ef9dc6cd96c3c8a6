"""Write the built-in claims in canonical form: ``python -m proofs.catalogue > proofs/catalogue/builtin.json``."""

import json

from proofs.catalogue import builtin_claims


def main() -> None:
    """Print the file that `proofs.checking.stored_claims` reads."""
    claims = [claim.canonical() for claim in builtin_claims()]
    print(json.dumps({"schema": "gametheory.claims/1", "claims": claims}, indent=1, ensure_ascii=True))


if __name__ == "__main__":
    main()
