"""What to do, as frozen models read from TOML; unknown keys are refused."""
