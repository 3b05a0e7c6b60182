"""What `benchmarks/engine.py` measures: the engine's own cost a task, and a study on one and two workers."""
