"""Predictions in, everything a person reads out: the path that every job shares."""
