"""What differs between two runs: figures beyond their intervals, answers, models and settings."""
