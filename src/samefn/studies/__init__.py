"""The whole experiment from one spec: plan, run, report."""
