"""All models and checkpoints on a map, and how far to trust the map."""
