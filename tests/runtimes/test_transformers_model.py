import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from samefn.config.comparison import ModelSource
from samefn.core.errors import InputError
from samefn.runtimes.adapters import find_adapter, open_model
from samefn.runtimes.model import TensorSpec

pytest.importorskip("samefn.runtimes.transformers.model", reason="the extra hf is not installed", exc_type=ImportError)
import transformers

SMALL = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}


def opened(path, **settings):
    source = ModelSource(path=str(path), **settings)
    return open_model(source, find_adapter(source))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A tiny ViT and a tiny BERT as they are in memory, saved in folders `vit` and `bert`."""
    folder = tmp_path_factory.mktemp("made")
    torch.manual_seed(0)
    vit = transformers.ViTConfig(**SMALL, image_size=8, patch_size=4, num_channels=1, num_labels=3)
    bert = transformers.BertConfig(**SMALL, vocab_size=20, max_position_embeddings=16, num_labels=4)
    models = {
        "vit": transformers.ViTForImageClassification(vit).eval(),
        "bert": transformers.BertForSequenceClassification(bert).eval(),
    }
    for name, model in models.items():
        model.save_pretrained(folder / name)
    return folder, models


@pytest.fixture
def bert(made, tmp_path):
    """A folder of the tiny BERT that a test may damage."""
    made[1]["bert"].save_pretrained(tmp_path / "bert")
    return tmp_path / "bert"


def changed(folder, **config):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | config))


TOKENS = {
    "input_ids": np.array([[1, 5, 7, 2], [1, 9, 2, 0]]),
    "attention_mask": np.array([[1, 1, 1, 1], [1, 1, 1, 0]]),
    "token_type_ids": np.array([[0, 0, 1, 1], [0, 0, 0, 0]]),
}


def test_images_are_answered_as_by_the_model_in_memory(made):
    model = opened(made[0] / "vit")
    assert model.inputs == (TensorSpec("pixel_values", "float32", (None, 1, 8, 8)),)
    assert model.outputs == (TensorSpec("logits", "float32", (None, 3)),)
    pixels = np.random.default_rng(0).standard_normal((5, 1, 8, 8)).astype(np.float32)
    with torch.inference_mode():
        wanted = made[1]["vit"](pixel_values=torch.from_numpy(pixels)).logits.numpy()
    np.testing.assert_allclose(model.run({"pixel_values": pixels})["logits"], wanted, atol=1e-6)


def test_sequences_are_answered_as_by_the_model_in_memory(made):
    model = opened(made[0] / "bert")
    assert model.inputs == tuple(TensorSpec(name, "int64", (None, None)) for name in TOKENS)
    with torch.inference_mode():
        wanted = made[1]["bert"](**{name: torch.from_numpy(values) for name, values in TOKENS.items()}).logits.numpy()
    np.testing.assert_allclose(model.run(TOKENS)["logits"], wanted, atol=1e-6)


def test_padding_that_the_mask_hides_changes_nothing(made):
    model = opened(made[0] / "bert")
    other = TOKENS | {"input_ids": np.array([[1, 5, 7, 2], [1, 9, 2, 13]])}
    np.testing.assert_allclose(model.run(other)["logits"], model.run(TOKENS)["logits"], atol=1e-6)


def test_models_without_segments_do_not_ask_for_them(tmp_path):
    config = transformers.DistilBertConfig(vocab_size=20, dim=8, n_layers=1, n_heads=2, hidden_dim=8, num_labels=2)
    transformers.DistilBertForSequenceClassification(config).save_pretrained(tmp_path)
    assert [spec.name for spec in opened(tmp_path).inputs] == ["input_ids", "attention_mask"]


def test_float16_weights_are_computed_in_float32_and_said(made, tmp_path):
    config = made[1]["bert"].config
    half = transformers.BertForSequenceClassification(config).eval().half()
    half.save_pretrained(tmp_path)
    model = opened(tmp_path)
    answer = model.run(TOKENS)["logits"]
    assert answer.dtype == np.float32
    with torch.inference_mode():
        wanted = half.float()(**{name: torch.from_numpy(values) for name, values in TOKENS.items()}).logits.numpy()
    np.testing.assert_allclose(answer, wanted, atol=1e-6)
    assert (model.facts()["stored"], model.facts()["computed"]) == (["F16"], "float32")


def test_weights_are_counted(made):
    parameters = [one.detach().numpy() for one in made[1]["vit"].parameters()]
    weights = opened(made[0] / "vit").weights()
    assert weights.bytes == (made[0] / "vit" / "model.safetensors").stat().st_size
    assert weights.parameters == sum(one.size for one in parameters)
    assert weights.nonzero == sum(int((one != 0).sum()) for one in parameters)


def test_no_path_is_in_the_facts(made):
    assert str(made[0]) not in json.dumps(opened(made[0] / "vit").facts())


def test_a_token_that_it_does_not_know_is_one_line(made):
    with pytest.raises(InputError, match=r"\[2, 4\].*index out of range.*SF315"):
        opened(made[0] / "bert").run(TOKENS | {"input_ids": np.full((2, 4), 99)})


def test_code_of_the_folder_is_refused(bert):
    changed(bert, auto_map={"AutoModelForSequenceClassification": "mine.Model"})
    (bert / "mine.py").write_text("raise SystemExit('was run')")
    with pytest.raises(InputError, match="SF372"):
        opened(bert)


def test_pickled_weights_are_refused(bert):
    (bert / "model.safetensors").unlink()
    torch.save({"classifier.weight": torch.zeros(4, 8)}, bert / "pytorch_model.bin")
    with pytest.raises(InputError, match=r"model\.safetensors.*SF371"):
        opened(bert)


def test_weights_that_would_be_random_are_refused(bert):
    tensors = load_file(bert / "model.safetensors")
    save_file(
        {k: v for k, v in tensors.items() if k != "classifier.weight"}, bert / "model.safetensors", {"format": "pt"}
    )
    with pytest.raises(InputError, match=r"1 weights.*classifier\.weight.*SF374"):
        opened(bert)


def test_weights_of_another_shape_are_refused(bert):
    changed(bert, hidden_size=16)
    with pytest.raises(InputError, match="SF330"):
        opened(bert)


def test_an_index_that_leaves_the_folder_is_refused(bert):
    (bert / "model.safetensors").rename(bert.parent / "model.safetensors")
    index = {"weight_map": {"classifier.weight": "../model.safetensors"}}
    (bert / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(InputError, match=r"\.\./model\.safetensors.*SF371"):
        opened(bert)


def test_damaged_weights_are_one_line(bert):
    path = bert / "model.safetensors"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError, match="SF302"):
        opened(bert)


def test_adapters_are_refused(bert):
    (bert / "adapter_config.json").write_text('{"base_model_name_or_path": "somebody/base"}')
    with pytest.raises(InputError, match="SF373"):
        opened(bert)


def test_other_architectures_are_refused_by_name(bert):
    changed(bert, architectures=["BertForTokenClassification"])
    with pytest.raises(InputError, match=r"BertForTokenClassification.*SF375"):
        opened(bert)


def test_several_labels_at_once_are_refused(bert):
    changed(bert, problem_type="multi_label_classification")
    with pytest.raises(InputError, match="SF375"):
        opened(bert)


def test_a_name_on_the_hub_is_refused(tmp_path):
    with pytest.raises(InputError, match="SF371"):
        opened("somebody/model", runtime="transformers")
