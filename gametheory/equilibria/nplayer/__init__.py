"""Nash equilibria of games with three or more players: supports, their polynomial systems, and sets of solutions."""
