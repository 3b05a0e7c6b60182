"""Simulated predictors with known truth, and how often the verdict's intervals hold for them."""
