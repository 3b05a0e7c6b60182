"""Data sets that everyone knows, and the built-in one."""
