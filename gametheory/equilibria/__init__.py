"""Equilibria of symmetric games."""
