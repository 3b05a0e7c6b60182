"""Leave out the doctests of modules whose extra is not installed, by name: no other import may fail."""

from importlib.util import find_spec

RUNTIMES = "src/samefn/runtimes"
NEEDS = {
    "ai_edge_litert": ("litert_file", "litert_model"),
    "keras": ("keras_model",),
    "tokenizers": ("causal_lm", "tokenizer_file"),
    "transformers": ("causal_lm", "transformers_folder", "transformers_model"),
}

collect_ignore = [
    f"{RUNTIMES}/{module}.py" for package, modules in NEEDS.items() if find_spec(package) is None for module in modules
]
