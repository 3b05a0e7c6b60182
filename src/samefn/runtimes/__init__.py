"""Load and run models of any runtime, and measure what they cost. Nothing else runs models."""
