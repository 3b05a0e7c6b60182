"""What `benchmarks/measures.py` measures: tasks in two processes, asked in turn, and what is made of their times.

The contestants' side (`made_up`, `worker`, `torchmetrics_peer`) needs NumPy and torchmetrics alone, because one of them
runs in a virtual environment without samefn.
"""
