"""Predictions of one model on a fixed set of examples, checked once when they come in."""
