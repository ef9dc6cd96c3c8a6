"""What several test files share: the built-in claims, verified once."""

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# On a loaded machine drawing a game may take long; that is no failure. (With CI set, Hypothesis' own profile says so.)
if not os.environ.get("CI"):
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


if TYPE_CHECKING:
    from proofs import Verdict


@pytest.fixture(scope="session")
def builtin_verdicts() -> "dict[str, Verdict]":
    """The verdict on each built-in claim, by id."""
    from proofs import builtin_claims, verify_all

    return {verdict.claim.id: verdict for verdict in verify_all(builtin_claims(), budget=30, workers=2)}
