"""Run any model on images and get its logits. Nothing else predicts."""
