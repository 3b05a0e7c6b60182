"""Reports of older versions as today's."""
