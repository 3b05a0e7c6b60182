"""Classifiers of Hugging Face transformers."""
