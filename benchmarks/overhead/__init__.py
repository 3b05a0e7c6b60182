"""What `benchmarks/compare_overhead.py` measures: processes that are asked in turn, and what is made of their times."""
