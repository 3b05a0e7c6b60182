"""Swapping layers between two ONNX files."""
