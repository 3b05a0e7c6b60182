"""Compare the models of train_gpt.py with the base, on a text that they were not trained on.

python examples/language/compare_gpt.py MODELS OUT
"""

import sys
from pathlib import Path

import samefn
from samefn.reports.tables.language import language_table
from samefn.reports.tables.render import to_text


def main() -> None:
    """Compare, and print the table."""
    models, out = Path(sys.argv[1]), Path(sys.argv[2])
    base, *candidates = (models / name for name in ("base", "float16", "int8", "int4"))
    result = samefn.compare(
        base, candidates, data=models / "heldout.txt", independents=sorted(models.glob("seed-*")), cost=True
    )
    result.write(out)
    sys.stdout.write(f"{to_text(language_table(result.report))}\n\n{result}\n")


if __name__ == "__main__":
    main()
