"""Export to ONNX, quantisation and pruning of trained models, and their size in bytes."""
