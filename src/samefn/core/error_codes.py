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
    "SF460": "The confidence is not between 0 and 1.",
    "SF461": "The limits of the relative distance are not in order: 0 < limit < independent.",
    "SF462": "A relative distance has a value but no interval, so nothing can be decided by it.",
    "SF463": "There is no candidate to give a verdict on.",
    "SF464": "The rows are about no examples.",
    "SF465": "The rows lack a column, or values of it. Make them with `samefn.rows`.",
    "SF466": "The rows of two models are about other examples, or in another order.",
    "SF467": "Distances have shapes that do not fit together.",
    "SF468": "Distances are NaN, infinite or negative.",
    "SF469": "Parts to be merged do not fit together: other numbers of shards or of independents.",
    "SF470": "One path was given where a list of paths is wanted.",
    "SF471": "The same shard was given twice.",
    "SF472": "A Parquet file of rows cannot be read.",
    "SF473": "A column holds values that no measure gives. Make the rows again.",
    "SF474": "Fewer than two blocks of text: no interval can be made.",
    "SF475": "One list of shards holds the rows of several comparisons. Give each comparison its own shards.",
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
    "SF660": "There is no report at this path. Name the folder of a run or its report.json.",
    "SF661": "The file is not a report: it is not JSON, or a field is missing or wrong. Make the report again.",
    "SF662": "The report's schema version cannot be read. Use a newer samefn, or make the report again with this one.",
    "SF663": "The rows of a report are not a Parquet file. Make the report again, or remove rows.parquet.",
    #
    # 7: studies, training and compression
    #
}
