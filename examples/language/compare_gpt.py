"""Compare what train_gpt.py made: rounded copies and other seeds against the base, on the text that was held out.

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
    sys.stdout.write(to_text(language_table(result.report)) + "\n\n")
    sys.stdout.writelines(f"{sentence}\n" for sentence in result.sentences)


if __name__ == "__main__":
    main()
