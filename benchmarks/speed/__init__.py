"""What `benchmarks/training.py` measures: the contestants, each a process of its own, and what is made of their times.

The contestants' side (`stopwatch`, `made_up`, `options`) needs the standard library and NumPy alone, because one of
them runs in a virtual environment without samefn.
"""
