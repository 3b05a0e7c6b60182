"""Relative distances, verdicts, transfer and the paper's claims."""
