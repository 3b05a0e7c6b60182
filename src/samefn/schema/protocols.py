"""The two protocols of a study, and the switches that lie between them."""

from typing import Literal

Switch = Literal[
    "double-softmax", "student-adamax", "softmax-as-logits", "prune-everything", "dynamic-range", "repeated-points"
]
Protocol = Literal["corrected", "published"]
Variant = Protocol | Switch
