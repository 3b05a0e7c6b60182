"""What is lost where: layers of a candidate swapped into its base and back, one at a time."""
