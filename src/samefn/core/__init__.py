"""What every room shares: errors, canonical hashing, loading by name, events. Needs no torch."""
