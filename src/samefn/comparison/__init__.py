"""Compare models that exist: ask all of them the same, and say how far each has moved from the base."""
