"""From rows to figures with intervals."""
