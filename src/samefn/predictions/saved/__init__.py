"""Predictions that somebody has saved."""
