"""A study: a whole experiment from one spec: plan, run, report."""
