"""The plan of a study: from a spec, a data set and a machine to its models and tasks."""
