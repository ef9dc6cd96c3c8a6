"""Exact algebra that several packages need."""
