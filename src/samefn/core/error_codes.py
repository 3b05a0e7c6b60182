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
    "SF301": "No runtime reads files of this type. Name the runtime, or the function that builds its net.",
    "SF302": "The model's file is empty or damaged. Make or download it again.",
    "SF303": "A runtime that another package adds cannot be used. Its entry point must name an Adapter.",
    "SF304": "A package that the runtime needs cannot be imported. Install the extra that the error names.",
    "SF305": "The number of worker processes must be at least 1.",
    "SF306": "The runtime does not read this setting, so it would have no effect. Leave it out.",
    "SF307": "The runtime or the model's function has no such option, or the option cannot have this value.",
    "SF310": "Costs cannot be measured with these settings. Give a batch size, a time and inputs for every model.",
    "SF311": "The model must return one row of scores per example, and the same number of classes for every batch.",
    "SF312": "The inputs are empty or have different numbers of examples, or the batch size is below 1.",
    "SF313": "The model has several outputs or no output of this name. Choose one with `output`.",
    "SF314": "The model's output holds no class scores. They must be floats, [examples, classes].",
    "SF315": "The runtime cannot run the model on these inputs. Check their names, types and shapes.",
    "SF316": "The model returns NaN or infinity. Check its weights.",
    "SF317": "Images must be uint8, [examples, channels, height, width].",
    "SF318": "The module or function returns no array and no tensor. Return the scores.",
    "SF319": "The named function does not build a torch.nn.Module. Name one that does.",
    "SF320": "The model has no input, or the data have no array for one. Name arrays as the model does.",
    "SF321": "The model's inputs have different fixed batch sizes. Export it with a free batch size.",
    "SF322": "The examples do not have the shape that the model's input declares. The error shows how to change them.",
    "SF323": "The layout of the images is unknown: nothing shows which axis holds the channels. Set feed.layout.",
    "SF324": "feed.layout does not fit the model's input or the data. It is the model's own layout, NCHW or NHWC.",
    "SF325": "The examples' type does not fit the model's input. Save them in the type that it takes.",
    "SF326": "feed.mean and feed.std need one number, or one per channel.",
    "SF330": "The runtime cannot load the model. It is damaged, or needs another version.",
    "SF331": "The model's inputs or outputs are not declared, or are no plain tensors. Export the model with tensors.",
    "SF332": "The file is not a .keras file of Keras 3. Save the model again in that format.",
    "SF333": "The .keras file would write outside its folder or unpack to far more than its size. Save it again.",
    "SF340": "There is no text, or it is too short for two windows.",
    "SF341": "The model cannot be scored with windows of this length. Change n_ctx.",
    "SF342": "The models do not share a vocabulary and tokenizer, so their predictions cannot be compared.",
    "SF343": "The models have different windows or tokens. Give all of them the same text and the same n_ctx.",
    "SF344": "The tokenizer.json is missing or unreadable, or adds more than one token to a text.",
    "SF345": "The tokenizer, config.json and the weights have different numbers of tokens. Save them together.",
    "SF350": "The file is not a file of logits of llama.cpp. Write one with llama-perplexity --kl-divergence-base.",
    "SF351": "The file of logits is damaged or incomplete. Write it again.",
    "SF360": "The file is not an ONNX file, or is incomplete. Export or download it again.",
    "SF361": "The ONNX file's external data are missing or lie outside its folder. Put them in its folder.",
    "SF362": "An array of the ONNX file cannot be read. Export or download it again.",
    "SF370": "A JSON file in the model's folder is damaged. Save or download the folder again.",
    "SF371": "The folder, or a file of weights in it, is missing. Give a folder that save_pretrained wrote.",
    "SF372": "The folder needs code of its own, which is never run. Use an architecture of transformers.",
    "SF373": "The folder holds an adapter, not a whole model. Merge it into its base model.",
    "SF374": "Some weights are in none of the folder's files and would be random. Save the whole model again.",
    "SF375": "Models of this task cannot be compared. Classifiers into one class and causal language models can.",
    "SF380": "The file is not an archive of torch as torch writes it, or is damaged. Save the model again.",
    "SF381": "The archive could run code on this machine. Load it with --trust only if you trust who made it.",
    "SF382": "The archive's code cannot be checked. Load it with --trust only if you trust who made it.",
    "SF383": "A tensor in the archive reaches beyond its data. Save the model again.",
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
    "SF560": "Layers can be swapped between two ONNX files or two torch modules only. Export one model to ONNX.",
    "SF561": "The layers of base and candidate cannot be matched. Make the candidate from this base.",
    "SF562": "Layers cannot be swapped into this base. It must be a float model with convolutions or dense layers.",
    "SF563": "A quantised layer has a format that cannot be swapped. Quantise the model in the QDQ format.",
    "SF564": "The graph or the external data of the ONNX file are damaged. Export it again.",
    "SF565": "The model with a swapped layer cannot be loaded or run. Check that base and candidate run by themselves.",
    # 6: requirements and reports
    #
    # 7: studies, training and compression
    #
}
