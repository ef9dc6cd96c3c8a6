"""What the built-in claims rest on, proved in Coq once, from the definition of the payoff as sums over co-players.

- `payoffs.v`: the game for every number of players; deterrence for two actions and for levels (model.md 2.1), and that
  punishing in the last stage only costs (2.4).
- `repetition.v`: the one-shot-deviation principle, grim trigger (2.6) and the punishment stage (2.5).
- `population.v`: mean payoffs over groups drawn at random, and the condition for resisting invasion (2.7).
- a file written from what `PublicGoodsGame.payoff` returns for symbols: that it is the payoff of `payoffs.v`.
"""
