"""Run a graph of keyed tasks: what is stored is not run again. Knows keys and callables only."""
