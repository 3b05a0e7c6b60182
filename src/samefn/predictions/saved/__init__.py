"""Predictions that somebody saved in files, read and checked."""
