"""What a comparison or a study gives in Python: one type of result, whose parts have a frame, a chart and a view."""
