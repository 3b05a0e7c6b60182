"""One training loop for every model; objectives, optimisers, seeds."""
