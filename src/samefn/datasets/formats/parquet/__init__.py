"""Parquet files with an image column, as on the Hugging Face Hub: one file for each split, or several shards."""
