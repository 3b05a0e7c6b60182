"""Maps of all models and checkpoints, and how far to trust them."""
