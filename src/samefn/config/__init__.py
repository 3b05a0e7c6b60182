"""Specs of studies and comparisons, read from TOML; and the table of what is in the keys of results."""
