"""One training loop for every model; its objectives, seeds and saved state; checkpoints of others."""
