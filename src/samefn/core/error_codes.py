"""Every error code and what it means. A code is never used again for something else."""

ERRORS: dict[str, str] = {
    # 0: files, the store, the engine, the command line
    #
    # 1: specs and options
    #
    # 2: data sets
    "SF200": "The file, folder or data set that you named does not exist. Check the path or the name.",
    "SF201": "The operating system refuses to read the file or folder. Check its permissions.",
    "SF202": "The data file is empty. Copy or download it again.",
    "SF203": "The data file is damaged or incomplete. Copy or download it again.",
    "SF204": "The content is none of the data formats that samefn reads. The message lists them.",
    "SF205": "Pickle files can run code when they are read, so samefn does not read them. Save the arrays as npz.",
    "SF206": "A folder holds several data sets. Name the file you mean, not the folder.",
    "SF207": "A label column is named, but the data has no columns. Remove the name.",
    "SF208": "The label column or label array is missing, or its values cannot be labels. Name the right one.",
    "SF209": "The data does not hold the split that is needed: a study needs train and test. Rename the files or "
    "choose another split.",
    "SF210": "Your own data set needs a path. Name its folder or file with --data-dir.",
    "SF211": "The folder does not hold this reference data set. Name its folder, or leave --data-dir out to "
    "download it.",
    "SF212": "Some files or arrays of the data set are missing. Put all of them into one place.",
    "SF213": "The files are those of another data set. Name the data set that they are, or another folder.",
    "SF214": "The data set cannot be downloaded. Check the network, or name a folder that holds its files.",
    "SF215": "Another process has held the lock of a download for too long. Wait for it, or end it.",
    "SF216": "The folder for downloads cannot be written. Check free space and permissions.",
    "SF220": "A limit of examples is below one or above what the data holds. Set another limit, or none.",
    "SF221": "The data set has the splits of a study where a comparison needs examples, or the other way round.",
    "SF222": "There are no examples, inputs or images. Give at least one.",
    "SF223": "Arrays have different numbers of examples. Inputs, labels and ids need one entry for each example.",
    "SF224": "The ids are not one name or whole number for each example.",
    "SF225": "An id occurs twice. Give each example an id of its own.",
    "SF226": "The labels are not one class for each example. Give whole numbers or names, in the order of the "
    "examples.",
    "SF227": "A label is not the number of a class. Labels number the classes from 0.",
    "SF228": "The examples have no labels, and labels are needed here.",
    "SF229": "The names of the classes are missing or not all different.",
    "SF230": "All training images are of one class. Give images of two classes or more, or raise the limit.",
    "SF231": "An array has a type or a shape that cannot be used. The message names what is expected.",
    "SF232": "Images differ in size, or some are grey and some RGB. Bring all of them to one size and one kind.",
    "SF240": "A file is not an image, or it is damaged. Replace or remove it.",
    "SF241": "An image, or all images together, are too large. Make them smaller.",
    "SF242": "An image has several frames, transparent pixels or an unusual colour mode. Convert it to grey or RGB.",
    "SF243": "A row of a Parquet file has no image or no label. Store every image in the file itself.",
    "SF250": "An archive or folder holds what samefn refuses for safety: links, encrypted files, repeated names "
    "or paths outside it.",
    "SF251": "A file or an archive is larger than samefn reads.",
    "SF252": "An image is not in the folder of a class. Move it to CLASS/IMAGE or remove it.",
    "SF254": "A Parquet file has no column of images. Name the column image or img.",
    "SF255": "Parquet files of one data set differ in their columns or class names. Write them in the same way.",
    "SF256": "An idx file has another number of dimensions than expected. Check that the files of images and "
    "labels have the right names.",
    "SF257": "The file of class names is not text in ASCII. Get the archive again.",
    "SF260": "A stored data set cannot be read. Remove it from the store, and it is made again.",
    # 3: models and runtimes
    #
    # 4: predictions, measures and statistics
    #
    # 5: comparisons and layers
    #
    # 6: requirements and reports
    #
    # 7: studies, training and compression
    "SF720": "PyTorch cannot export this net to ONNX. The message says why; change the net.",
    "SF721": "The net does not return one row of logits for each image. Return [examples, classes] for every "
    "batch size.",
    "SF722": "A weight is too large for float16, which ends at 65504. Use another method.",
    "SF723": "A file is not a valid ONNX model, or it cannot be read. Export it again.",
    "SF724": "An ONNX model stores its weights in other files. Save it as one file.",
    "SF725": "An ONNX file cannot be larger than 2 GiB. Use a smaller model.",
    "SF730": "The fraction of weights to prune is not between 0 and 1.",
    "SF731": "Pruning names a tensor that the net does not have, none at all, or one twice.",
    "SF732": "Weights are NaN, so they cannot be ranked for pruning. Train the net again.",
    "SF735": "Quantisation did not change the model's kernels. Use another method, or leave this one out.",
    "SF736": "The quantised file is not smaller than the original. The model is too small for this method.",
    "SF737": "The calibration images have the wrong type, shape or range. Give float32 images in 0 to 1.",
    "SF738": "The quantised model does not run in the installed ONNX Runtime. Use another version or another method.",
    "SF740": "The factory of your own net is no function or class, or it does not return a torch.nn.Module.",
    "SF741": "The factory of your own net has no source file. Define it in a Python file.",
    "SF742": "There is no net of this name. Use a built-in name, or module:factory for your own.",
    "SF743": "The net does not return logits of shape [examples, classes]. Change its output.",
    "SF744": "The images are too small for this net. Use another net or larger images.",
    "SF750": "The checkpoint cannot be read, or reading it would run code. Save model.state_dict() and nothing else.",
    "SF751": "The checkpoint does not hold a state dict of plain arrays. Save model.state_dict().",
    "SF752": "The weights of the checkpoint do not fit the net. Name the net that they were trained for.",
    "SF753": "The weights of the checkpoint hold NaN or infinite values. Use another checkpoint.",
    "SF754": "The checkpoint's zip archive is damaged or unsafe. Save the weights again with torch.save.",
    "SF755": "The checkpoint changed while the study ran. Start the study again.",
    "SF756": "The training loss became NaN or infinite. Lower the learning rate, or use another seed.",
}
