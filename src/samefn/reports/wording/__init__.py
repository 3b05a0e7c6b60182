"""Every sentence that a reader sees: codes and figures in, words out."""
