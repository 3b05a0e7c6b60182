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
    "SF400": "Scores have the wrong shape or type; give floats, [examples, classes].",
    "SF401": "Scores are transposed; give [examples, classes].",
    "SF402": "Rows hold values that this kind of scores cannot have, such as NaN; check the model, or set returns.",
    "SF403": "Ids do not fit the examples; give every example one id of its own.",
    "SF404": "Labels do not fit the examples; give one whole number from 0 for each, below the number of classes.",
    "SF405": "The output is not class scores; choose another, or if it is, add --set task=classification.",
    "SF406": "The kind of scores is unclear; set returns to logits, log-probabilities, probabilities or labels.",
    "SF407": "Scores are whole numbers and their step is unknown; set resolution, or give floats.",
    "SF408": "Predicted labels have the wrong shape or type; give one whole number or name for each example.",
    "SF409": "A label or prediction is not one of the classes; correct it, or name the classes.",
    "SF410": "The epochs of a trajectory do not fit its predictions; give one epoch for each, in increasing order.",
    "SF411": "Two models were not run on the same examples, labels or classes; give both the same inputs.",
    "SF412": "A file of predictions over the training is damaged; delete it and run the study again.",
    "SF420": "The file holds no predictions; check that it is the right file, and how its arrays or columns are named.",
    "SF421": "The file cannot hold predictions; give npy, npz, safetensors, Parquet, CSV or JSON lines.",
    "SF422": "The file has no array, column or filter with the name in output; choose one that it has.",
    "SF423": "Several arrays, columns or filters of the file may be the predictions; set output to one of them.",
    "SF424": "The file of predictions cannot be read; write it again in the format that its name says.",
    "SF425": "A JSON line differs from the first one; give every line the same keys and types of values.",
    "SF426": "A line is not a usable sample of lm-evaluation-harness; use --log_samples and a multiple-choice task.",
    "SF427": "The column names cannot be used; give a header with different names, and number classes from 0.",
    "SF428": "A column of a table holds values that cannot be used; give numbers or names, and no empty cells.",
    "SF429": "The table of predictions is too large or has no rows; split it, or give npy or Parquet.",
    "SF430": "The arrays of saved predictions do not fit; give scores [examples, classes] or labels [examples].",
    "SF440": "The log-probabilities are not usable; give two tables [examples, classes] of one shape, all 0 or less.",
    "SF441": "Correctness and confidence have different lengths; give one of both for each example.",
    "SF442": "The tables of top classes do not fit; give class indices [models, examples] on the same examples.",
    "SF443": "There are fewer than two classes; give the number of classes of the models.",
    "SF450": "The predictions cannot be put on a map; give all models probabilities of the same examples and classes.",
    "SF451": "The distances cannot be put on a map; take them from distance_matrix.",
    # 5: comparisons and layers
    #
    # 6: requirements and reports
    #
    # 7: studies, training and compression
    #
}
