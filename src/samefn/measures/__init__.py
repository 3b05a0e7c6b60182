"""Measures of how far a candidate's predictions are from the base's: pure functions of log-probabilities."""
