"""Everything a person or a program reads of a run: report.json, tables, figures, one HTML file."""
