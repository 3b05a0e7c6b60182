"""Compare what train_gpt.py made: rounded copies and other seeds against the base, on the text that was held out.

python examples/language/compare_gpt.py MODELS OUT
"""

import sys
from pathlib import Path

from samefn.comparison.language import compare_language
from samefn.reports.language_table import language_table
from samefn.reports.render import to_text
from samefn.spec.comparison import ModelSource


def main() -> None:
    """Compare, and print the table."""
    models, out = Path(sys.argv[1]), Path(sys.argv[2])
    base, *candidates = (ModelSource(path=str(models / name)) for name in ("base", "float16", "int8", "int4"))
    seeds = [ModelSource(path=str(path)) for path in sorted(models.glob("seed-*"))]
    result = compare_language(base, candidates, models / "heldout.txt", out, independents=seeds)
    sys.stdout.write(to_text(language_table(result.report)) + "\n\n")
    sys.stdout.writelines(f"{one.sentence}\n" for one in (*result.report.verdicts, *result.report.overall))


if __name__ == "__main__":
    main()
