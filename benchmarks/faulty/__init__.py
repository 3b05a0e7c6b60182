"""What `benchmarks/faults.py` breaks, and the study that goes on."""
