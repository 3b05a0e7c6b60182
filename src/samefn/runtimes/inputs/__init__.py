"""What a model is fed."""
