"""The seam: what one model at one moment says about a fixed set of examples, checked once at the door."""
