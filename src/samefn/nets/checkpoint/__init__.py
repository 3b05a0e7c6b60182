"""Weights from checkpoint files that others wrote, read without running code."""
