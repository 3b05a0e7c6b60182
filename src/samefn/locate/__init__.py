"""Which layer loses the function: layers are swapped between base and candidate, one at a time."""
