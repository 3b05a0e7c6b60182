"""Quantisation and pruning: from a trained model to a really smaller one, with its size in bytes."""
