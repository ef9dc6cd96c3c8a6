"""Any quantity of the project over any grid of parameters: kept in a store, resumed, spread over workers, refined."""
