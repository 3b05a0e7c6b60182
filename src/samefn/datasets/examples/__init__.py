"""The examples that models are compared on."""
