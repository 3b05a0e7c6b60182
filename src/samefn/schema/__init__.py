"""The types of report.json: outcomes, figures with their intervals, entries. What computes a part returns them."""
