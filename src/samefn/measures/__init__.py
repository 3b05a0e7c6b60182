"""Measures of how far a candidate's function is from its base's: pure functions of log-probabilities."""
