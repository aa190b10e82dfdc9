"""How long pyarrow takes to write the tables that `million_rows` wrote.

    cargo run --release -p dataset --example million_rows FOLDER
    python docs/bench/parquet_speed.py FOLDER

Both write with zstd at level 1 and row groups of 131,072 rows, on one thread. pyarrow is given
columns that are already in memory; `million_rows` makes rows, checks them and turns them into
columns as well. Times are processor time, so that a busy machine does not change them much.
"""

import pathlib
import sys
import time

import pyarrow
import pyarrow.parquet

GROUP_ROWS = 131_072


def main(folder):
    pyarrow.set_cpu_count(1)
    for name in ("clips", "answers"):
        source = folder / f"{name}.parquet"
        table = pyarrow.parquet.read_table(source, use_threads=False)
        target = folder / f"{name}-pyarrow.parquet"
        best = min(write(table, target) for _ in range(3))
        print(
            f"{name}: {table.num_rows} rows in {best:.2f} s by pyarrow {pyarrow.__version__}, "
            f"{target.stat().st_size / 1e6:.1f} MB; ours has {source.stat().st_size / 1e6:.1f} MB"
        )


def write(table, target):
    began = time.process_time()
    pyarrow.parquet.write_table(table, target, compression="zstd", compression_level=1, row_group_size=GROUP_ROWS)
    return time.process_time() - began


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
