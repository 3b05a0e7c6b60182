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
    "SF660": "There is no report at this path. Name the folder of a run or its report.json.",
    "SF661": "The file is not a report: it is not JSON, or a field is missing or wrong. Make the report again.",
    "SF662": "The report's schema version cannot be read. Use a newer samefn, or make the report again with this one.",
    "SF663": "The rows of a report are not a Parquet file. Make the report again, or remove rows.parquet.",
    #
    # 7: studies, training and compression
    #
}
