"""A data set by name or path: images with ids and labels, and a fingerprint."""
