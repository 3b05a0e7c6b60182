"""One module a reference page, each with a function that gives the page; `docs/generate.py` writes them."""
