"""Language models over a text: a window is the unit, a shard some consecutive windows."""
