"""Rows in, the parts of a report out: the path that every job shares; and maps, from predictions."""
