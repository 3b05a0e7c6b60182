"""Compare existing models with their base: run all on the same inputs, and show how far each has moved."""
