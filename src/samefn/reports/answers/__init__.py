"""The answers about each candidate in few lines: for the terminal, the page and Python."""
