"""From the arrays of examples to the inputs of a model."""
