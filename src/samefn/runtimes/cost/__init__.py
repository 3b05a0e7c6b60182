"""Costs of models: latency and memory."""
