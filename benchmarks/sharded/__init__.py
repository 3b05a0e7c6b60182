"""Rows in shards: one process writes them, a fresh one sums them up."""
