"""Every measure as data, for checks, documentation and reports."""

import math

from samefn.measures.accuracy import accuracy_deviation
from samefn.measures.agreement import agreement_base_right, agreement_base_wrong, error_agreement
from samefn.measures.calibration import brier_change, calibration_change
from samefn.measures.disagreement import disagreement, negative_flips, positive_flips
from samefn.measures.distances import activation_distance, cosine_similarity, total_variation
from samefn.measures.divergences import jensen_shannon, kl_divergence, kl_divergence_reverse
from samefn.measures.kendall import kendall_tau
from samefn.measures.measure import Measure, of_examples
from samefn.measures.normalised import normalised_disagreement
from samefn.measures.ranks import rank_disagreement, top_k_overlap

MASON_WILLIAMS_2025 = (
    "Mason-Williams et al. 2025, A Functional Perspective on Knowledge Distillation in Neural Networks"
    " (arXiv:2510.12615)"
)

_FLIPS = (
    "Yan et al. 2021, Positive-Congruent Training (arXiv:2011.09161); "
    "Dutta et al. 2024, Accuracy is Not All You Need (arXiv:2407.09141)"
)

_ALL = (
    Measure(
        name="accuracy_deviation",
        title="Accuracy deviation",
        meaning="How much accuracy changed, relative to the base's; negative if the candidate is worse.",
        formula="100 · (acc_q - acc_p) / acc_p",
        unit="percent of the base's accuracy",
        low=-100.0,
        high=math.inf,
        direction="signed",
        symmetric=False,
        family="accuracy",
        source="Mason-Williams, Bro changed :( Compression: A Functional Perspective",
        needs_labels=True,
        binary=False,
        per_example=None,
        columns=("base_right", "right"),
        of_means=accuracy_deviation,
        undefined="the base has nothing right",
        needs_probabilities=False,
    ),
    of_examples(
        disagreement,
        title="Prediction disagreement",
        meaning="How often the two predict different classes (churn); agreement is 1 minus it.",
        formula="mean [argmax p ≠ argmax q]",
        unit="share of examples",
        high=1.0,
        source="Milani Fard et al. 2016 (Launch and Iterate: Reducing Prediction Churn); "
        "Fort et al. 2019 (arXiv:1912.02757); Stanton et al. 2021 (arXiv:2106.05945)",
        binary=True,
        needs_probabilities=False,
    ),
    Measure(
        name="normalised_disagreement",
        title="Normalised disagreement",
        meaning="How many predictions differ for each error of the candidate; infinite if it differs without errors.",
        formula="disagreement / (1 - acc_q)",
        unit="changed predictions an error",
        low=0.0,
        high=math.inf,
        direction="distance",
        symmetric=False,
        family="normalised",
        source="Fort et al. 2019 (arXiv:1912.02757)",
        needs_labels=True,
        binary=False,
        per_example=None,
        columns=("disagreement", "right"),
        of_means=normalised_disagreement,
        among=lambda _, right: 1 - right,
        undefined="the candidate neither errs nor differs",
        needs_probabilities=False,
    ),
    of_examples(
        negative_flips,
        title="Negative flips",
        meaning="How often the base is right and the candidate wrong (right to wrong).",
        formula="mean [argmax p = label, argmax q ≠ label]",
        unit="share of examples",
        high=1.0,
        source=_FLIPS,
        symmetric=False,
        needs_labels=True,
        binary=True,
        needs_probabilities=False,
    ),
    of_examples(
        positive_flips,
        title="Positive flips",
        meaning="How often the base is wrong and the candidate right (wrong to right).",
        formula="mean [argmax p ≠ label, argmax q = label]",
        unit="share of examples",
        high=1.0,
        source=_FLIPS,
        symmetric=False,
        needs_labels=True,
        binary=True,
        needs_probabilities=False,
    ),
    Measure(
        name="error_agreement",
        title="Error agreement",
        meaning="Whether the two err on the same examples, beyond what their accuracies explain: "
        "1 always, 0 as if independent (Cohen's kappa of right and wrong; error consistency).",
        formula="(c_obs - c_exp) / (1 - c_exp), c_obs = mean [both right or both wrong], "
        "c_exp = acc_p acc_q + (1 - acc_p)(1 - acc_q)",
        unit="kappa",
        low=-1.0,
        high=1.0,
        direction="similarity",
        symmetric=True,
        family="agreement",
        source="Cohen 1960, A Coefficient of Agreement for Nominal Scales; "
        "Geirhos et al. 2020, Beyond Accuracy: Error Consistency (arXiv:2006.16736)",
        needs_labels=True,
        binary=False,
        per_example=None,
        columns=("base_right", "right", "negative_flips", "positive_flips"),
        of_means=error_agreement,
        undefined="both have everything right, or both everything wrong",
        needs_probabilities=False,
    ),
    Measure(
        name="agreement_base_right",
        title="Agreement where the base is right",
        meaning="How often the candidate predicts the base's class where that is right.",
        formula="mean [argmax p = argmax q = label] / acc_p",
        unit="share of the examples that the base has right",
        low=0.0,
        high=1.0,
        direction="similarity",
        symmetric=False,
        family="agreement",
        source=MASON_WILLIAMS_2025,
        needs_labels=True,
        binary=True,
        per_example=None,
        columns=("base_right", "negative_flips"),
        of_means=agreement_base_right,
        among=lambda base_right, _: base_right,
        undefined="the base has nothing right",
        needs_probabilities=False,
    ),
    Measure(
        name="agreement_base_wrong",
        title="Agreement where the base is wrong",
        meaning="How often the candidate predicts the base's class where that is wrong: shared mistakes.",
        formula="mean [argmax p = argmax q ≠ label] / (1 - acc_p)",
        unit="share of the examples that the base has wrong",
        low=0.0,
        high=1.0,
        direction="similarity",
        symmetric=False,
        family="agreement",
        source=MASON_WILLIAMS_2025,
        needs_labels=True,
        binary=True,
        per_example=None,
        columns=("base_right", "disagreement", "negative_flips"),
        of_means=agreement_base_wrong,
        among=lambda base_right, *_: 1 - base_right,
        undefined="the base has nothing wrong",
        needs_probabilities=False,
    ),
    of_examples(
        activation_distance,
        title="Activation distance",
        meaning="How far apart the two rows of probabilities are, as vectors.",
        formula="mean √Σ (p - q)²",
        unit="probability (L2 norm)",
        high=math.sqrt(2),
        source="Chundawat et al. 2023, Can Bad Teaching Induce Forgetting? (arXiv:2205.08096)",
    ),
    of_examples(
        total_variation,
        title="Total variation",
        meaning="How much probability moved to other classes; 1 minus it is the expected acceptance rate of "
        "speculative decoding.",
        formula="mean ½ Σ |p - q|",
        unit="probability",
        high=1.0,
        source="Levin and Peres 2017, Markov Chains and Mixing Times, ch. 4; Leviathan et al. 2023 (arXiv:2211.17192)",
    ),
    of_examples(
        cosine_similarity,
        title="Cosine similarity",
        meaning="How closely the two rows of probabilities point in the same direction.",
        formula="mean Σ p q / (√Σ p² √Σ q²)",
        unit="cosine",
        high=1.0,
        source="Salton and McGill 1983, Introduction to Modern Information Retrieval",
        direction="similarity",
    ),
    of_examples(
        kl_divergence,
        title="KL divergence, base to candidate",
        meaning="What is lost when the candidate's probabilities stand for the base's; infinite where the "
        "candidate excludes a class that the base does not.",
        formula="mean Σ p ln(p / q)",
        unit="nats",
        high=math.inf,
        source="Kullback and Leibler 1951, On Information and Sufficiency; Stanton et al. 2021 (arXiv:2106.05945)",
        symmetric=False,
    ),
    of_examples(
        kl_divergence_reverse,
        title="KL divergence, candidate to base",
        meaning="What is lost when the base's probabilities stand for the candidate's; infinite where the "
        "base excludes a class that the candidate does not.",
        formula="mean Σ q ln(q / p)",
        unit="nats",
        high=math.inf,
        source="Kullback and Leibler 1951, On Information and Sufficiency; Stanton et al. 2021 (arXiv:2106.05945)",
        symmetric=False,
    ),
    of_examples(
        jensen_shannon,
        title="Jensen-Shannon divergence",
        meaning="How much a class drawn from one of the two tells about which of them it came from.",
        formula="mean ½ Σ p ln(p / m) + ½ Σ q ln(q / m), m = (p + q) / 2",
        unit="nats",
        high=math.log(2),
        source="Lin 1991, Divergence Measures Based on the Shannon Entropy",
    ),
    of_examples(
        rank_disagreement,
        title="Rank disagreement",
        meaning="How many places differ when each model puts the classes in its order of preference.",
        formula="mean over examples and positions k of [class ranked k-th by p ≠ class ranked k-th by q]",
        unit="share of class positions",
        high=1.0,
        source="Mason-Williams 2024",
    ),
    of_examples(
        top_k_overlap,
        title="Top-k overlap",
        meaning="How many of the base's 5 most probable classes are among the candidate's 5, in any order; with 5 "
        "classes or fewer, of one less than there are.",
        formula="mean |top_k(p) ∩ top_k(q)| / k, k = min(5, K - 1)",
        unit="share of the base's top classes",
        high=1.0,
        source="Fagin, Kumar and Sivakumar 2003, Comparing Top k Lists",
        direction="similarity",
    ),
    of_examples(
        kendall_tau,
        title="Kendall's tau",
        meaning="How many more pairs of classes the two put in the same order than in opposite ones (tau-b); 1 where "
        "in both all classes tie, 0 where in one.",
        formula="mean (C - D) / √((n - t_p)(n - t_q)), C and D the pairs in the same and in opposite orders, "
        "n = K(K - 1)/2, t_p and t_q the pairs that tie",
        unit="rank correlation",
        low=-1.0,
        high=1.0,
        source="Kendall 1945, The Treatment of Ties in Ranking Problems",
        direction="similarity",
    ),
    Measure(
        name="calibration_change",
        title="Change of calibration error",
        meaning="How much further confidence is from accuracy than the base's is, in 15 bins of equal width.",
        formula="ECE_q - ECE_p, ECE = Σ over bins of share of examples · |accuracy - mean confidence|",
        unit="probability",
        low=-1.0,
        high=1.0,
        direction="signed",
        symmetric=False,
        family="calibration",
        source="Naeini et al. 2015, Obtaining Well Calibrated Probabilities Using Bayesian Binning; "
        "Guo et al. 2017 (arXiv:1706.04599)",
        needs_labels=True,
        binary=False,
        per_example=None,
        columns=("base_right", "right", "base_confidence", "confidence"),
        of_columns=calibration_change,
    ),
    Measure(
        name="brier_change",
        title="Change of Brier score",
        meaning="How much further the probabilities are from the truth than the base's are, calibration and "
        "sharpness together.",
        formula="mean Σ (q - [class = label])² - mean Σ (p - [class = label])²",
        unit="squared probability",
        low=-2.0,
        high=2.0,
        direction="signed",
        symmetric=False,
        family="calibration",
        source="Brier 1950, Verification of Forecasts Expressed in Terms of Probability",
        needs_labels=True,
        binary=False,
        per_example=None,
        columns=("base_brier", "brier"),
        of_means=brier_change,
    ),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
