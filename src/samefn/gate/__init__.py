"""Hold a report's figures against requirements: an exit code for a build."""
