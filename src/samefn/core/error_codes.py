"""Every error code and what it means. A code is never used again for something else."""

ERRORS: dict[str, str] = {
    # 0: files, the store, the engine, the command line
    #
    # 1: specs and options
    #
    # 2: data sets
    #
    # 3: models and runtimes
    #
    # 4: predictions, measures and statistics
    #
    # 5: comparisons and layers
    #
    # 6: requirements and reports
    #
    # 7: studies, training and compression
    #
}
