"""The page over several reports."""
