"""The paper's architectures, one a file, and the way to the user's own."""
