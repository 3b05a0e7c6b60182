"""Every error code and what it means. A code is never used again for something else."""

ERRORS: dict[str, str] = {
    # 0: files, the store, the engine, the command line
    "SF001": "There is no file or folder at this path; check the spelling and the working folder.",
    "SF002": "The system refuses to open this path; check its permissions and its name.",
    "SF003": "The path is a folder, a pipe, a device or a system file; give a plain file.",
    "SF004": "The content is larger than samefn reads here; the line says how much is allowed.",
    "SF005": "The system refuses to write or remove this path; free space or choose another folder.",
    "SF006": "There is no room for a temporary file; free space, or set TMPDIR to a folder with more.",
    "SF010": "A file of arrays is damaged, cut short or of another format; download or export it again.",
    "SF011": "An array has a type or a version that cannot be read; store numbers or text in NumPy's own formats.",
    "SF012": "An array holds Python objects, and reading them could run code; store numbers or text.",
    "SF013": "An npz archive is empty, encrypted, or has a name twice; write it again with numpy.savez.",
    "SF020": "A name of Python code must have the form module:attribute.",
    "SF021": "The module or the attribute does not exist; check the name, and that its folder is on PYTHONPATH.",
    "SF022": "Your own code raised an error; the line shows its type and text.",
    "SF023": "There is nothing of this name; the line suggests names that exist.",
    "SF030": "The gate was given no requirement; add one or more with --require.",
    "SF031": "The command line has an unknown command or option, or a value of the wrong type.",
    "SF032": "There is not enough memory; use fewer --workers or smaller batches.",
    "SF040": "The option --address is for Ray only; add --engine ray, or leave the address out.",
    "SF041": "Ray is not installed; run pip install 'samefn[ray]'.",
    "SF042": "No Ray cluster can be reached at this address; check it, or start one with ray start --head.",
    "SF043": "The connection to the Ray cluster was lost; run the same command again, finished results are kept.",
    "SF044": "A task needs a result that is not stored and that no task makes; please report it.",
    "SF045": "A worker's machine has other versions or another processor; give all machines the same.",
    "SF060": "A stored result is damaged; it is made again when a run needs it.",
    "SF061": "A stored result was removed while it was needed; run the same command again.",
    "SF062": "The place is not a samefn store; name a store, or an empty place to make one.",
    "SF063": "The store was written by another version of samefn; name another store.",
    "SF064": "A store cannot be opened at this URL; check the address, the keys and fsspec's package for it.",
    "SF065": "The object storage fails or does not respond; run the same command again, finished results are kept.",
    "SF066": "Several results have keys that start like this; give more characters of the key.",
    "SF067": "No result has a key that starts like this; samefn ls lists the keys.",
    # 1: specs and options
    "SF100": "The spec is not a TOML file in UTF-8.",
    "SF101": "A value of the spec is not allowed; the line says which, where, and what is allowed.",
    "SF102": "The spec has no such key; the line suggests keys that exist.",
    "SF103": "A setting must have the form key=value, and the key must not lie inside a value.",
    "SF104": "The spec is a suite of studies where one study is expected; read it with read_spec.",
    "SF105": "Two keys of the spec exclude each other; leave one of them out.",
    "SF106": "A comparison needs a base and at least one candidate, or one TOML file.",
    "SF107": "A setting names a model by a number that does not exist; models count from 1.",
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
