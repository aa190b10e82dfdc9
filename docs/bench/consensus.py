"""Sayso's consensus beside crowd-kit: accuracy, processor seconds, ratios, in one run.

    python3 -m venv venv
    venv/bin/pip install crowd-kit==1.4.2 numpy==2.2.6 pandas==2.2.3 scipy==1.14.1 scikit-learn==1.5.2
    venv/bin/python docs/bench/consensus.py FOLDER [--slow]

FOLDER holds one folder per set with answers.csv (task,worker,label) and truth.csv (task,label);
sets of transcripts have names that begin with "crowdspeech". --slow adds GLAD, MACE and zero-based
skill of crowd-kit, which take minutes. Times are processor seconds of the fit alone, all threads.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import pandas as pd  # noqa: E402
from crowdkit.aggregation import (  # noqa: E402
    GLAD, MACE, ROVER, DawidSkene, MajorityVote, OneCoinDawidSkene, Wawa, ZeroBasedSkill,
)

TOP = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "target" / "release" / "examples"
# crowd-kit's method, ours with the same model, and whether crowd-kit's takes long.
SAME = [
    ("majority", MajorityVote, False),
    ("wawa", Wawa, False),
    ("dawid_skene_ml", lambda: DawidSkene(n_iter=100), False),
    ("one_coin", lambda: OneCoinDawidSkene(n_iter=100), False),
    ("zero_based_skill", lambda: ZeroBasedSkill(n_iter=100), True),
    ("glad", lambda: GLAD(n_iter=100), True),
    ("mace", lambda: MACE(n_restarts=10, n_iter=50), True),
]


def example(name, *arguments):
    """Runs one of our examples and returns what it printed."""
    command = [str(EXAMPLES / name), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def renamed(answers, truth):
    """Workers and labels named in order of appearance: crowd-kit's MACE mixes them up otherwise."""
    codes, names = pd.factorize(answers["label"])
    label = {name: f"l{code:06}" for code, name in enumerate(names)}
    worker = [f"w{code:06}" for code in pd.factorize(answers["worker"])[0]]
    answers = answers.assign(worker=worker, label=[f"l{code:06}" for code in codes])
    return answers, truth.set_index("task")["label"].map(lambda name: label.get(name, "?"))


def timed(make, answers):
    model = make()
    start = time.process_time()
    labels = model.fit_predict(answers)
    return model, labels, time.process_time() - start


def accuracies(folder, slow):
    ours = {(row["set"], row["method"]): row for row in map(json.loads, example("accuracy", folder).splitlines())}
    print("set\tmethod\tcrowd-kit %\tours %\tcrowd-kit s\tours s\tratio")
    for path in sorted(folder.iterdir()):
        if not (path / "truth.csv").exists() or path.name.startswith("crowdspeech"):
            continue
        answers, truth = renamed(read(path / "answers.csv").drop_duplicates(), read(path / "truth.csv"))
        for method, make, is_slow in SAME:
            if is_slow and not slow:
                continue
            try:
                _, labels, seconds = timed(make, answers)
            except Exception as error:  # crowd-kit has faults of its own; the comparison goes on.
                print(f"{path.name}\t{method}\t{type(error).__name__}")
                continue
            common = truth.index.intersection(labels.index)
            accuracy = 100 * (labels[common] == truth[common]).mean()
            row = ours[path.name, method]
            ratio = seconds / max(row["cpu_s"], 1e-4)
            print(f"{path.name}\t{method}\t{accuracy:.2f}\t{row['accuracy']:.2f}\t{seconds:.3f}\t{row['cpu_s']:.4f}\t{ratio:.0f}")
        best = ours[path.name, "pool"]
        print(f"{path.name}\tpool\t\t{best['accuracy']:.2f}\t\t{best['cpu_s']:.4f}")


def speed(items, workers, classes, redundancy):
    with tempfile.TemporaryDirectory() as folder:
        answers_path, truth_path = pathlib.Path(folder, "answers.csv"), pathlib.Path(folder, "truth.csv")
        example("synthetic", items, workers, classes, redundancy, 20240607, answers_path, truth_path)
        model, _, seconds = timed(lambda: DawidSkene(n_iter=100), read(answers_path))
        iterations = len(model.loss_history_)
        same = json.loads(example("fit", answers_path, "dawid_skene_ml", iterations))
        pool = json.loads(example("fit", answers_path, "pool"))
        print(
            f"{items} items, {items * redundancy} answers: crowd-kit Dawid-Skene {seconds:.2f} s for {iterations} iterations, "
            f"ours {same['fit_s']:.4f} s, ratio {seconds / same['fit_s']:.0f}; our default {pool['fit_s']:.2f} s"
        )


def transcripts(path):
    ours = example("transcripts", path).strip()
    answers = read(path / "answers.csv").rename(columns={"label": "text"})
    model = ROVER(tokenizer=lambda text: text.lower().split(), detokenizer=" ".join)
    _, _, seconds = timed(lambda: model, answers)
    print(f"{path.name}: crowd-kit ROVER {seconds:.1f} s; ours:\n{ours}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--slow", action="store_true")
    arguments = parser.parse_args()
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "consensus", "--examples"], cwd=TOP, check=True)
    accuracies(arguments.folder, arguments.slow)
    speed(100_000, 2_000, 4, 5)
    speed(8_315, 176, 2, 3)
    for path in sorted(arguments.folder.glob("crowdspeech*")):
        transcripts(path)


if __name__ == "__main__":
    main()
