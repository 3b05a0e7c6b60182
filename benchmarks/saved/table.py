"""The results as Markdown, and a profile as parts."""

import pstats
from pathlib import Path
from typing import Any

MIB = 2**20
# Parts of a comparison by the functions that do them: cumulative seconds, none of them within another.
PARTS = {
    "reading and decoding files": ("read_saved",),
    "telling what the scores are": ("detect_output_kind",),
    "checks and softmax": ("to_predictions",),
    "matching ids": ("matched",),
    "measures, one row an example": ("rows",),
    "intervals (bootstrap)": ("estimates",),
    "scales and verdicts": ("judge_all",),
    "distances of the maps": ("distance_matrix",),
    "maps": ("make_map",),
    "writing the report": ("write_report",),
}


def parts(profile: Path) -> dict[str, float]:
    """Seconds of each part, from what cProfile wrote; the rest is `other`."""
    found: dict[str, float] = {}
    stats = pstats.Stats(str(profile)).get_stats_profile()
    for part, names in PARTS.items():
        found[part] = sum(one.cumtime for name, one in stats.func_profiles.items() if name in names)
    return {**found, "other": stats.total_tt - sum(found.values())}


def markdown(results: dict[str, Any]) -> str:
    """One line a run, the sizes of one form and case one under another; then the parts of runs that were profiled."""
    machine = results["machine"]
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']};"
        f" {results['classes']:,} classes, {results['dtype']}; base, candidate and one independent model.",
        "",
        "| form | candidate | examples | file, MiB | anonymous, MiB | seconds | of CPU | changed | counted |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in sorted(results["runs"], key=lambda one: (one["form"], one["case"])):
        changed = round(run["figures"]["disagreement"] * run["figures"]["examples"]) if run["figures"] else "refused"
        cells = (
            run["form"],
            run["case"],
            f"{run['examples']:,}",
            f"{run['file_bytes'] / MIB:,.0f}",
            f"{run['anonymous_bytes'] / MIB:,.0f}",
            f"{run['seconds']:.0f}",
            f"{run['cpu_seconds']:.0f}",
            f"{changed:,}" if isinstance(changed, int) else changed,
            f"{run['counted']:,}" if "counted" in run else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    for run in results["runs"]:
        if "profile" in run:
            lines += ["", f"| {run['form']}, {run['case']}, {run['examples']:,} examples | seconds |", "| --- | ---: |"]
            lines += [f"| {part} | {seconds:.1f} |" for part, seconds in run["profile"].items()]
    return "\n".join(lines)
