"""Ways to find evidence. Each may use any library, compute in floats, and be wrong: `proofs.checker` disposes."""
