"""TFLite files, run by LiteRT."""
