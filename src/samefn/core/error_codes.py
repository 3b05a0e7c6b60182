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
    "SF500": "A comparison has no candidate. Give one or more models to compare with the base.",
    "SF501": "A setting does not apply to these models. Leave it out.",
    "SF502": "A model must be run, but no data are given. Name data with `--data`, or give them in Python.",
    "SF503": "Labels or ids are given beside data that has its own. They are only for arrays.",
    "SF504": "Language models and other models are in one comparison. Compare models of one type.",
    "SF505": "Two models have the same name. Give one another name.",
    "SF506": "One file is given as two models. Give another file, or name it to run it in two ways.",
    "SF507": "An independent is a copy of another model. Give a model that was trained independently.",
    "SF508": "The base, or every candidate, cannot be run. The line gives the reason; mend that first.",
    "SF509": "A model is a Python function without a source file. Define it in a file.",
    "SF510": "On every example some model fails, so no example is left to compare.",
    "SF511": "A model fails on every example. Check its input and how it is fed.",
    "SF512": "A model fails on an example. Leave the example out or repair it.",
    "SF513": "The data has a label beyond the classes of the model. Give a model and data with the same classes.",
    "SF514": "A model gave other numbers of classes for different examples. Give a model with fixed classes.",
    "SF520": "Saved predictions and data have different numbers of examples. Give ids in both to match them.",
    "SF521": "Saved predictions have other labels than the data, so their rows are about other examples.",
    "SF522": "The ids of saved predictions and of the data differ. Save predictions of exactly these examples.",
    "SF530": "A file of class names is neither text nor a JSON list.",
    "SF531": "In a file of class names a class has no name, or two have the same. Give each class its own name.",
    "SF532": "A file of class names has more or fewer names than the base has classes.",
    "SF533": "A text cannot be read as UTF-8. Save it as UTF-8 text.",
    "SF540": "Layers can be located only between two ONNX files or two torch modules.",
    "SF541": "Layers cannot be located in predictions. Give the model itself.",
    "SF550": "`assert_same_function` got a result and models. Beside a result give only requirements.",
    "SF551": "`assert_same_function` got no requirement, so it would check nothing.",
    #
    # 6: requirements and reports
    #
    # 7: studies, training and compression
    #
    "SF700": "The base of a study could not be made. The line gives the reason; mend that first.",
    "SF701": "The device is not one of `auto`, `cpu` and `cuda`.",
    "SF702": "torch finds no CUDA device. Use `--device cpu`, or install torch with CUDA.",
    "SF703": "A study asks for more images than the data has. Ask for fewer.",
    "SF704": "Two checkpoints hold the same weights. Give models that were trained separately.",
    "SF705": "A teacher gives NaN or infinite logits on the training images. Give another teacher.",
}
