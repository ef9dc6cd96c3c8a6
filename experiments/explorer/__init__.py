"""A local page that shows what a game's conditions, equilibria and dynamics become as its parameters move."""
