"""Run code that is not trusted in a process of its own that can reach next to nothing."""
