"""Loads a release, in every format that it has, with the tools that people use.

    load_formats.py FOLDER [FORMAT ...]

FOLDER holds the release; the formats named must be there, others are loaded if they are. Every
reader must see the same clips with the same labels and splits as pyarrow does. Prints as JSON what
was read by what; exits with 1 and a sentence at the first disagreement.
"""

import csv
import hashlib
import io
import json
import os
import pathlib
import re
import sys
import tarfile
import tempfile

# Before the libraries are imported: nothing is looked up elsewhere, nothing is left behind.
CACHE = tempfile.TemporaryDirectory()
os.environ |= {"HF_HOME": CACHE.name, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}

import datasets
import duckdb
import mlcroissant
import pandas
import pyarrow.parquet
import soundfile
import webdataset

RATE_HZ = 16000
SPLITS = {"train": "train", "dev": "validation", "test": "test"}


def fail(sentence):
    sys.exit(f"load_formats: {sentence}")


def check(what, seen, expected):
    """Stops unless both are equal; names one difference, not thousands."""
    if seen == expected:
        return
    if isinstance(seen, dict) and isinstance(expected, dict):
        for key in sorted(seen.keys() | expected.keys(), key=str):
            if seen.get(key) != expected.get(key):
                fail(f"{what}: {key} is {seen.get(key)!r}, expected {expected.get(key)!r}")
    fail(f"{what}: {str(seen)[:300]} is not {str(expected)[:300]}")


def which_set(path, validation_percentage=10.0, testing_percentage=10.0):
    """The split of a file, by the rule of Speech Commands, written anew from its description."""
    speaker = re.sub(r"_nohash_.*$", "", os.path.basename(path))
    largest = 2**27 - 1
    digest = hashlib.sha1(speaker.encode()).hexdigest()
    percentage = (int(digest, 16) % (largest + 1)) * (100.0 / largest)
    if percentage < validation_percentage:
        return "dev"
    return "test" if percentage < validation_percentage + testing_percentage else "train"


def sound(data, length_ms, what):
    """Decodes a WAV file; it must be 16 kHz mono 16 bit and as long as its row says."""
    with soundfile.SoundFile(data) as file:
        check(f"form of {what}", (file.samplerate, file.channels, file.subtype), (RATE_HZ, 1, "PCM_16"))
        samples = file.read()
    if abs(len(samples) * 1000 / RATE_HZ - length_ms) > 1:
        fail(f"{what} has {len(samples)} samples, its row says {length_ms} ms")
    return samples


class Release:
    """What pyarrow reads of a release: what all others must see too."""

    def __init__(self, folder):
        self.folder = folder
        self.clips = pyarrow.parquet.read_table(folder / "clips.parquet").to_pylist()
        self.answers = pyarrow.parquet.read_table(folder / "answers.parquet").to_pylist()
        self.manifest = json.loads((folder / "manifest.json").read_text()) if (folder / "manifest.json").exists() else None
        self.rows = {clip["clip_id"]: clip for clip in self.clips}
        check("ids of clips", len(self.rows), len(self.clips))
        check("clips of answers", {a["clip_id"] for a in self.answers} - self.rows.keys(), set())

    def labels(self):
        return {clip["clip_id"]: (clip["label"], clip["split"]) for clip in self.clips}


def checksums(release):
    """SHA256SUMS and the manifest, against the files."""
    digests = {}
    for line in (release.folder / "SHA256SUMS").read_text().splitlines():
        digest, path = line.split("  ", 1)
        digests[path] = digest
        check(f"digest of {path}", hashlib.sha256((release.folder / path).read_bytes()).hexdigest(), digest)
    if release.manifest:
        for file in release.manifest["files"]:
            check(f"digest in the manifest of {file['path']}", file["sha256"], digests[file["path"]])
            check(f"size of {file['path']}", (release.folder / file["path"]).stat().st_size, file["size_bytes"])
        check("clips in the manifest", release.manifest["rows"]["clips"], len(release.clips))
        check("answers in the manifest", release.manifest["rows"]["answers"], len(release.answers))
    return len(digests)


def tables(release):
    """pandas and DuckDB, on both tables."""
    for name, rows in (("clips", release.clips), ("answers", release.answers)):
        path = release.folder / f"{name}.parquet"
        frame = pandas.read_parquet(path)
        relation = duckdb.read_parquet(str(path))
        check(f"{name} in pandas", (len(frame), list(frame.columns)), (len(rows), list(rows[0])))
        check(f"{name} in DuckDB", (len(relation), relation.columns), (len(rows), list(rows[0])))
        check(f"ids of {name} in pandas", list(frame["clip_id"]), [row["clip_id"] for row in rows])
        labels = sorted(relation.project("clip_id, label").fetchall())
        check(f"labels of {name} in DuckDB", labels, sorted((row["clip_id"], row["label"]) for row in rows))
    return len(release.clips)


def recordings(release):
    """soundfile, on the loose WAV files; the split rule, on their names."""
    for clip in release.clips:
        data = (release.folder / clip["file"]).read_bytes()
        check(f"digest of {clip['file']}", hashlib.sha256(data).hexdigest(), clip["sha256"])
        sound(io.BytesIO(data), clip["length_ms"], clip["file"])
        check(f"split of {clip['file']}", which_set(clip["file"]), clip["split"])
    return len(release.clips)


def croissant(release):
    """mlcroissant: no errors, no warnings, and every record set as large as the manifest says."""
    dataset = mlcroissant.Dataset(jsonld=release.folder / "croissant.json")
    issues = dataset.metadata.ctx.issues
    check("errors of mlcroissant", sorted(issues.errors), [])
    check("warnings of mlcroissant", sorted(issues.warnings), [])
    seen = {}
    for record_set in dataset.metadata.record_sets:
        ids = set()
        for record in dataset.records(record_set.uuid):
            seen[record_set.uuid] = seen.get(record_set.uuid, 0) + 1
            ids.add(record.get(f"{record_set.uuid}/clip_id", b"").decode())
        if record_set.uuid == "clips":
            check("clips in mlcroissant", ids, set(release.rows))
    check("rows in mlcroissant", seen, release.manifest["rows"])
    return seen


def partitions(release):
    """The folders split=…/language=…, read as one table by three readers."""
    folder = release.folder / "tables" / "clips"
    table = pyarrow.parquet.read_table(folder).to_pylist()
    check("partitions in pyarrow", {row["clip_id"]: (row["label"], row["split"]) for row in table}, release.labels())
    frame = pandas.read_parquet(folder)
    check("partitions in pandas", dict(zip(frame["clip_id"], zip(frame["label"], frame["split"]))), release.labels())
    found = duckdb.sql(f"select clip_id, label, split from read_parquet('{folder}/**/*.parquet', hive_partitioning=true)")
    check("partitions in DuckDB", {row[0]: row[1:] for row in found.fetchall()}, release.labels())
    return len(table)


def audio_parquet(release):
    """Hugging Face datasets, from the folder in one line; the audio decoded by soundfile."""
    loaded = datasets.load_dataset(str(release.folder))
    seen = {}
    for split, name in SPLITS.items():
        if name not in loaded:
            continue
        check("type of the column audio", loaded[name].features["audio"], datasets.Audio(sampling_rate=RATE_HZ))
        for row in loaded[name].cast_column("audio", datasets.Audio(sampling_rate=RATE_HZ, decode=False)):
            sound(io.BytesIO(row["audio"]["bytes"]), row["length_ms"], row["clip_id"])
            check(f"path in {row['clip_id']}", row["audio"]["path"].split("/")[-1], row["file"].split("/")[-1])
            seen[row["clip_id"]] = (row["label"], split)
    check("clips in datasets", seen, release.labels())
    answers = datasets.load_dataset(str(release.folder), "answers", split="train")
    check("answers in datasets", len(answers), len(release.answers))
    return len(seen)


def web_dataset(release):
    """webdataset, over all shards."""
    shards = sorted(map(str, (release.folder / "webdataset").glob("*.tar")))
    seen = {}
    for sample in webdataset.WebDataset(shards, shardshuffle=False, empty_check=False):
        row = json.loads(sample["json"])
        check("key of a sample", sample["__key__"], row["clip_id"])
        check(f"digest of {row['clip_id']}", hashlib.sha256(sample["wav"]).hexdigest(), release.rows[row["clip_id"]]["sha256"])
        sound(io.BytesIO(sample["wav"]), row["length_ms"], row["clip_id"])
        seen[row["clip_id"]] = (row["label"], pathlib.Path(sample["__url__"]).name.rsplit("-", 1)[0])
    check("clips in webdataset", seen, release.labels())
    return len(seen)


def speech_commands(release):
    """Speech Commands: folders are labels, and the lists say what the hash says."""
    files, lists = {}, {"dev": set(), "test": set()}
    for path in sorted((release.folder / "speech_commands").glob("*.tar")):
        with tarfile.open(path) as archive:
            for member in archive:
                data = archive.extractfile(member).read()
                if member.name.endswith("validation_list.txt"):
                    lists["dev"] |= set(data.decode().split())
                elif member.name.endswith("testing_list.txt"):
                    lists["test"] |= set(data.decode().split())
                elif member.name.startswith("_background_noise_/"):
                    if member.name.endswith(".wav"):
                        noise(data, member.name)
                elif member.name.endswith(".wav"):
                    files[member.name] = hashlib.sha256(data).hexdigest()
    keywords = json.loads((release.manifest or {}).get("policies", {}).get("keywords", "[]"))
    by_name = {os.path.basename(clip["file"]): clip for clip in release.clips}
    seen = {os.path.basename(name): digest for name, digest in files.items()}
    check("clips in Speech Commands", seen, {name: clip["sha256"] for name, clip in by_name.items()})
    for name in files:
        clip = by_name[os.path.basename(name)]
        split = "dev" if name in lists["dev"] else "test" if name in lists["test"] else "train"
        check(f"split of {name}", (split, which_set(name)), (clip["split"], clip["split"]))
        label = "unknown" if keywords and clip["label"] not in keywords else clip["label"].lower()
        check(f"folder of {name}", re.sub(r"[^a-z0-9]", "", name.split("/")[0]), re.sub(r"[^a-z0-9]", "", label))
    return len(files)


def noise(data, what):
    """Background noise can be cut into seconds, as training scripts do."""
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        check(f"form of {what}", (file.samplerate, file.channels, file.subtype), (RATE_HZ, 1, "PCM_16"))
        if len(file) < RATE_HZ:
            fail(f"{what} is shorter than a second")


def common_voice(release):
    """Common Voice: the lists, the lengths, and the clips in the archives."""
    folder = next((release.folder / "common_voice").glob("*/*"))

    def read(name):
        return list(csv.DictReader((folder / name).open(newline=""), delimiter="\t", quoting=csv.QUOTE_NONE))

    seen = {}
    for split in SPLITS:
        for row in read(f"{split}.tsv"):
            seen[row["path"]] = (row["client_id"], split, int(row["up_votes"]), int(row["down_votes"]))
    name = "common_voice_{language}_{clip_id}.wav"
    expected = {name.format(**c): (c["speaker"], c["split"], c["yes_answers"], c["no_answers"]) for c in release.clips}
    check("clips in Common Voice", seen, expected)
    check("validated clips in Common Voice", {row["path"] for row in read("validated.tsv")}, set(expected))
    check("refused clips in Common Voice", read("invalidated.tsv") + read("other.tsv"), [])
    lengths = {row["clip"]: int(row["duration[ms]"]) for row in read("clip_durations.tsv")}
    check("lengths in Common Voice", lengths, {name.format(**c): c["length_ms"] for c in release.clips})
    clips = set()
    for path in folder.glob("*.tar"):
        with tarfile.open(path) as archive:
            clips |= {member.name for member in archive}
    check("recordings in Common Voice", clips, {f"clips/{path}" for path in expected})
    return len(seen)


def mswc(release):
    """MSWC: all splits together, and each by itself."""
    [path] = (release.folder / "mswc").glob("*_splits.csv")
    rows = list(csv.DictReader(path.open(newline="")))
    check("columns of MSWC", list(rows[0]), ["SET", "LINK", "WORD", "VALID", "SPEAKER", "GENDER"])
    seen = sorted((row["LINK"].split("/")[-1], row["WORD"], row["SET"].lower(), row["SPEAKER"]) for row in rows)
    expected = sorted((c["file"].split("/")[-1], c["phrase"], c["split"], c["speaker"]) for c in release.clips)
    check("clips in MSWC", seen, expected)
    for split in SPLITS:
        part = list(csv.DictReader(path.with_name(path.name.replace("_splits", f"_{split}")).open(newline="")))
        check(f"clips in MSWC {split}", len(part), sum(c["split"] == split for c in release.clips))
    return len(rows)


def label_studio(release):
    """Label Studio: a task per clip, an annotation per answer."""
    tasks = json.loads((release.folder / "label_studio" / "tasks.json").read_text())
    seen = {task["data"]["clip_id"]: (task["data"]["label"], task["data"]["split"]) for task in tasks}
    check("tasks of Label Studio", seen, release.labels())
    given = [
        (task["data"]["clip_id"], annotation["annotator"], annotation["result"][0]["value"]["choices"][0])
        for task in tasks
        for annotation in task["annotations"]
    ]
    check("answers in Label Studio", given, [(a["clip_id"], a["annotator"], a["label"]) for a in release.answers])
    return len(tasks)


def edge_impulse(release):
    """Edge Impulse: each file is there, with its label and part."""
    info = json.loads((release.folder / "info.labels").read_text())
    seen = {f["name"]: (f["label"]["label"], f["metadata"]["split"]) for f in info["files"]}
    check("files of Edge Impulse", seen, release.labels())
    for file in info["files"]:
        if not (release.folder / file["path"]).exists():
            fail(f"info.labels names {file['path']}, which is not there")
        check(f"part of {file['path']}", file["category"] == "testing", file["metadata"]["split"] == "test")
    return len(seen)


def features(release):
    """Both definitions of each clip, each as large as its clip is long."""
    rows = pyarrow.parquet.read_table(release.folder / "features.parquet").to_pylist()
    for row in rows:
        samples = release.rows[row["clip_id"]]["length_ms"] * RATE_HZ / 1000
        check(f"features of {row['clip_id']}", len(row["values"]), row["bands"] * row["frames"])
        if abs(row["frames"] - (1 + (samples - 512) // 160)) > 1:
            fail(f"{row['clip_id']} has {row['frames']} frames for {samples} samples")
    seen = {spec: {row["clip_id"] for row in rows if row["spec"] == spec} for spec in {row["spec"] for row in rows}}
    for spec, clips in seen.items():
        check(f"clips with {spec}", clips, set(release.rows))
    return len(rows)


# Format: where it lies, and what loads it.
FORMATS = {
    "checksums": ("SHA256SUMS", checksums),
    "tables": ("clips.parquet", tables),
    "recordings": ("clips", recordings),
    "croissant": ("croissant.json", croissant),
    "partitions": ("tables/clips", partitions),
    "audio_parquet": ("audio-parquet", audio_parquet),
    "webdataset": ("webdataset", web_dataset),
    "speech_commands": ("speech_commands", speech_commands),
    "common_voice": ("common_voice", common_voice),
    "mswc": ("mswc", mswc),
    "label_studio": ("label_studio", label_studio),
    "edge_impulse": ("info.labels", edge_impulse),
    "features": ("features.parquet", features),
}


def main(folder, *wanted):
    release = Release(pathlib.Path(folder))
    loaded = {}
    for name, (place, load) in FORMATS.items():
        if (release.folder / place).exists():
            loaded[name] = load(release)
        elif name in wanted:
            fail(f"{name} is missing: there is no {place}")
    labels = {clip["clip_id"]: clip["label"] for clip in release.clips}
    print(json.dumps({"clips": len(release.clips), "answers": len(release.answers), "loaded": loaded, "labels": labels}))


if __name__ == "__main__":
    main(*sys.argv[1:])
