"""The parts of report.json about changed inputs: some of them in full, and all of them counted by class."""

from typing import Literal

from pydantic import Field

from samefn.schema.base import Count, Part

Direction = Literal["negative flip", "positive flip", "both wrong", "no label"]
# How the values of an input became the bytes of its picture.
PictureScale = Literal["bytes", "unit", "denormalised", "stretched"]


class ClassProbability(Part):
    """A class and the probability that a model gives it.

    Attributes:
        name: of the class.
        probability: 0 to 1.
    """

    name: str
    probability: float


class InputValues(Part):
    """The first values of one array of an input that is no picture.

    Attributes:
        array: its name in the data.
        values: the first of them, row by row; null for one that is no number.
        count: how many there are in all.
    """

    array: str
    values: tuple[int | float | None, ...]
    count: Count


class ChangedExample(Part):
    """An input on which a candidate's top class differs from the base's.

    Attributes:
        candidate: id of the model.
        id: of the input.
        label: name of the true class; null without labels.
        base_top: name of the class that the base chose.
        top: name of the class that the model chose.
        base_confidence: probability of the base's choice, 0 to 1; null where one of the two has only predicted classes.
        confidence: probability of the model's choice, 0 to 1; null where one of the two has only predicted classes.
        base_classes: the classes that the base finds most probable, up to three; empty where only its predicted classes
            are known, and in reports of older versions.
        classes: the same of the model.
        image: the input as a PNG of up to 64 pixels a side, a data URI; null where it is no picture.
        picture_scale: how its values became the picture. `bytes`: as they are. `unit`: 0 is black and 1 is white.
            `denormalised`: each channel has 256 evenly spaced values, which are shown as 0 to 255. `stretched`: no
            scale is known, and each channel is stretched from the smallest to the largest value in up to 256
            examples, so that colours may be wrong. Null without a picture.
        values: the first values of each array of an input that is no picture; empty where no data is given.
        text: the text of its first 64 tokens, by the tokenizer.json beside the base; it ends with ` [...]` where there
            are more. Empty where the inputs are no tokens.
        slices: its slices, by name.
        group: name of its group; null without groups.
    """

    candidate: str
    id: str
    label: str | None
    base_top: str
    top: str
    base_confidence: float | None
    confidence: float | None
    base_classes: tuple[ClassProbability, ...] = ()
    classes: tuple[ClassProbability, ...] = ()
    image: str | None = None
    picture_scale: PictureScale | None = None
    values: tuple[InputValues, ...] = ()
    text: str = ""
    slices: dict[str, str] = Field(default_factory=dict)
    group: str | None = None

    @property
    def direction(self) -> Direction:
        """From right to wrong, from wrong to right, or from one wrong class to another."""
        if self.label is None:
            return "no label"
        if self.base_top == self.label:
            return "negative flip"
        return "positive flip" if self.top == self.label else "both wrong"


class ClassChange(Part):
    """Inputs on which the base chose one class and a candidate another.

    Attributes:
        base_top: name of the class that the base chose.
        top: name of the class that the candidate chose.
        count: how many inputs.
        base_right: on how many of them the base is right; null without labels.
        right: on how many of them the candidate is right; null without labels.
    """

    base_top: str
    top: str
    count: Count
    base_right: Count | None
    right: Count | None


class ChangedCounts(Part):
    """All changed inputs of a candidate, counted.

    Attributes:
        evaluation: the set of examples.
        candidate: id of the model.
        changed: how many inputs changed.
        negative_flips: on how many of them the base is right; null without labels.
        positive_flips: on how many of them the candidate is right; null without labels.
        both_wrong: on how many of them neither is right; null without labels.
        shown: how many of them are in `changed`.
        class_changes: how many inputs changed from which class to which, the most first; at most 200 pairs of classes.
        pairs_left_out: how many further pairs of classes there are.
        inputs_left_out: how many inputs these have.
    """

    evaluation: str
    candidate: str
    changed: Count
    negative_flips: Count | None
    positive_flips: Count | None
    both_wrong: Count | None
    shown: Count
    class_changes: tuple[ClassChange, ...]
    pairs_left_out: Count = 0
    inputs_left_out: Count = 0
