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
    "SF600": "The text of a requirement is too long: split it into several `--require`.",
    "SF601": "The text of a requirement cannot be read at the character that is named: write QUANTITY < NUMBER.",
    "SF602": "A requirement names a quantity that does not exist: see the list in the documentation of `samefn gate`.",
    "SF603": "A quantity of a requirement lacks its distance in brackets, has a wrong one, or takes none.",
    "SF604": "The number of a requirement cannot be a limit: it has a comma, is too large, or decides nothing.",
    "SF605": "The quantity of a requirement does not have that unit: use one of its units, or the number alone.",
    "SF606": "A requirement names a verdict that does not exist: choose among the verdicts that are listed.",
    "SF607": "A requirement names a candidate that is not there: use the name or id of a candidate.",
    "SF608": "The report has no candidate, and requirements are about candidates: compare one with the base.",
    # 7: studies, training and compression
    #
}
