"""Claims about games instead of formulas: is a best reply, an equilibrium, stable; and the condition for it."""
