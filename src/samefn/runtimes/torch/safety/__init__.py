"""Checks of torch's archives before torch reads them: a file that could run code is refused."""
