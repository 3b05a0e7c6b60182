"""Measures as compiled loops."""
