"""Loads a release in pandas, DuckDB and pyarrow, checks that they agree, prints what they saw."""

import json
import pathlib
import sys

import duckdb
import pandas
import pyarrow.parquet


def read(path):
    """The table at `path` as pandas reads it, after the three readers agreed on it."""
    frame = pandas.read_parquet(path)
    table = pyarrow.parquet.read_table(path)
    relation = duckdb.read_parquet(str(path))
    seen = {
        "pandas": (len(frame), list(frame.columns)),
        "pyarrow": (table.num_rows, table.column_names),
        "duckdb": (len(relation), relation.columns),
    }
    if len({json.dumps(one) for one in seen.values()}) != 1:
        sys.exit(f"{path.name}: the readers disagree: {seen}")
    ours = sorted(map(str, frame["clip_id"]))
    theirs = sorted(str(row[0]) for row in relation.project("clip_id").fetchall())
    if ours != theirs:
        sys.exit(f"{path.name}: pandas and DuckDB read other values")
    return frame


def main(folder):
    clips = read(folder / "clips.parquet")
    answers = read(folder / "answers.parquet")
    strangers = set(answers["clip_id"]) - set(clips["clip_id"])
    if strangers:
        sys.exit(f"answers on clips that are not there: {sorted(strangers)}")
    print(
        json.dumps(
            {
                "clips": len(clips),
                "answers": len(answers),
                "labels": dict(zip(clips["clip_id"], clips["label"])),
            }
        )
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
