"""Trains a keyword model of at most 16 KB from the features of a release.

    train.py RELEASE [--keyword PHRASE] [--out MODEL.npz]

Tells the phrases of the release apart, prints accuracy on the speakers of the split `test`, and,
for the keyword, how often it is heard when it was said (true positives) and when it was not (false
positives). The weights are stored in 8 bits.
"""

import argparse
import io
import pathlib

import numpy
import pyarrow.parquet
from sklearn.linear_model import LogisticRegression

COEFFICIENTS = 13
STRETCHES = 12
FRAME_MS = 10
MODEL_MAX_BYTES = 16 * 1024


def load(release):
    """One vector per clip, with its label and split."""
    clips = pyarrow.parquet.read_table(
        release / "clips.parquet", columns=["clip_id", "label", "split", "speech_start_ms", "speech_end_ms"]
    ).to_pylist()
    table = pyarrow.parquet.read_table(release / "features.parquet", filters=[("spec", "==", "mfcc-v1")])
    features = {row["clip_id"]: row for row in table.to_pylist()}
    clips = [clip for clip in clips if clip["clip_id"] in features]
    vectors = numpy.array([vector(features[clip["clip_id"]], clip) for clip in clips], dtype=numpy.float32)
    return vectors, numpy.array([c["label"] for c in clips]), numpy.array([c["split"] for c in clips])


def vector(row, clip):
    """Means of the first coefficients over equal stretches of the speech, so that slow and fast
    speakers look alike."""
    matrix = numpy.array(row["values"], dtype=numpy.float32).reshape(row["bands"], row["frames"])[:COEFFICIENTS]
    first = min(clip["speech_start_ms"] // FRAME_MS, row["frames"] - 1)
    last = max(min(clip["speech_end_ms"] // FRAME_MS, row["frames"]), first + 1)
    edges = numpy.linspace(first, last, STRETCHES + 1).astype(int)
    parts = [matrix[:, a : max(b, a + 1)].mean(axis=1) for a, b in zip(edges[:-1], edges[1:])]
    return numpy.concatenate(parts)


class Model:
    """A linear classifier with weights of 8 bits."""

    def __init__(self, vectors, labels):
        # In the precision in which they are stored, so that what is measured is what is stored.
        self.mean = vectors.mean(axis=0).astype(numpy.float16)
        self.scale = (vectors.std(axis=0) + 1e-3).astype(numpy.float16)
        fitted = LogisticRegression(C=0.1, max_iter=2000).fit((vectors - self.mean) / self.scale, labels)
        weights, self.bias, self.labels = fitted.coef_, fitted.intercept_.astype(numpy.float32), fitted.classes_
        if len(self.labels) == 2:  # scikit-learn keeps one row for two labels
            weights, self.bias = numpy.vstack([-weights, weights]) / 2, numpy.concatenate([-self.bias, self.bias]) / 2
        self.step = numpy.float32(numpy.abs(weights).max() / 127)
        self.weights = numpy.round(weights / self.step).astype(numpy.int8)

    def probabilities(self, vectors):
        """One row per clip, one column per label."""
        scores = (vectors - self.mean) / self.scale @ (self.weights * self.step).T + self.bias
        scores = numpy.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def bytes(self):
        """The model as a file."""
        file = io.BytesIO()
        numpy.savez(
            file,
            weights=self.weights,
            step=self.step,
            bias=self.bias,
            mean=self.mean,
            scale=self.scale,
            labels=self.labels.astype("U"),
        )
        return file.getvalue()


def rates(heard, said):
    """Shares of true and of false positives."""
    return heard[said].mean() if said.any() else float("nan"), heard[~said].mean() if (~said).any() else float("nan")


def threshold_on(probabilities, said):
    """The threshold with the best difference between true and false positives; in the middle of
    those that are equally good."""
    candidates = numpy.linspace(0.05, 0.95, 91)
    gains = [numpy.subtract(*rates(probabilities >= threshold, said)) for threshold in candidates]
    return float(candidates[numpy.isclose(gains, numpy.max(gains))].mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("release", type=pathlib.Path, help="folder of the release")
    parser.add_argument("--keyword", help="the phrase to listen for; default: the first in the alphabet")
    parser.add_argument("--out", type=pathlib.Path, help="where to store the model")
    arguments = parser.parse_args()

    vectors, labels, splits = load(arguments.release)
    train, dev, test = (splits == split for split in ("train", "dev", "test"))
    if len(set(labels[train])) < 2 or not test.any():
        parser.exit(1, "This release is too small: train needs two labels, and test needs clips.\n")
    keyword = arguments.keyword or min(labels.tolist())
    if keyword not in set(labels[train]):
        parser.exit(1, f"No clip of train is labelled {keyword!r}; choose one of {sorted(set(labels[train]))}.\n")

    model = Model(vectors[train], labels[train])
    column = list(model.labels).index(keyword)
    tuned = dev if dev.any() else train
    threshold = threshold_on(model.probabilities(vectors[tuned])[:, column], labels[tuned] == keyword)

    probabilities = model.probabilities(vectors[test])
    accuracy = (model.labels[probabilities.argmax(axis=1)] == labels[test]).mean()
    true_rate, false_rate = rates(probabilities[:, column] >= threshold, labels[test] == keyword)
    stored = model.bytes()
    print(f"clips: {train.sum()} train, {dev.sum()} dev, {test.sum()} test")
    print(f"accuracy: {accuracy:.4f} over {len(model.labels)} labels")
    print(f"keyword {keyword!r}: true positive rate {true_rate:.4f}, false positive rate {false_rate:.4f}, threshold {threshold:.2f}")
    print(f"model size: {len(stored)} bytes")
    if len(stored) > MODEL_MAX_BYTES:
        parser.exit(1, f"The model is larger than {MODEL_MAX_BYTES} bytes; use fewer stretches.\n")
    if arguments.out:
        arguments.out.write_bytes(stored)


if __name__ == "__main__":
    main()
