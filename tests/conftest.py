"""What several test files share: the built-in claims, verified once."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from proofs import Verdict


@pytest.fixture(scope="session")
def builtin_verdicts() -> "dict[str, Verdict]":
    """The verdict on each built-in claim, by id."""
    from proofs import builtin_claims, verify_all

    return {verdict.claim.id: verdict for verdict in verify_all(builtin_claims(), budget=30, workers=2)}
