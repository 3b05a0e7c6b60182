"""Language models over a text: one window is the unit, and a shard is some consecutive windows."""
