"""Punishment that adapts: rules that move its probability, windows, and populations coupled to it (model.md 3)."""
