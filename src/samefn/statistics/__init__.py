"""From rows to figures with intervals: sums that add up over shards, means, shares, ratios, multiple testing."""
