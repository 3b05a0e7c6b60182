"""Sets of models trained alike with other seeds: how much their distances to one another vary."""
