"""The judge: reads a claim and its certificate, and shares no code with the search. Standard library only."""
