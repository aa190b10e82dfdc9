"""How long pyarrow takes to write the tables that `million_rows` wrote.

    cargo run --release -p dataset --example million_rows FOLDER
    python docs/bench/parquet_speed.py FOLDER

Both write with zstd at level 1 and row groups of 131,072 rows, on one thread. pyarrow is timed
twice: given columns that are already in memory, and given rows a few thousand at a time, as
`million_rows` is, which checks them as well. Times are processor time, so that a busy machine does
not change them much.
"""

import pathlib
import sys
import time

import pyarrow
import pyarrow.parquet

GROUP_ROWS = 131_072
BATCH_ROWS = 4_096


def main(folder):
    pyarrow.set_cpu_count(1)
    for name in ("clips", "answers"):
        source = folder / f"{name}.parquet"
        table = pyarrow.parquet.read_table(source, use_threads=False)
        target = folder / f"{name}-pyarrow.parquet"
        best = min(write(table, target) for _ in range(3))
        print(
            f"{name}: {table.num_rows} rows in {best:.2f} s from columns by pyarrow {pyarrow.__version__}, "
            f"{target.stat().st_size / 1e6:.1f} MB; ours has {source.stat().st_size / 1e6:.1f} MB"
        )
        some = table.slice(0, GROUP_ROWS)
        print(f"{name}: {some.num_rows} rows in {write_rows(some, target):.2f} s from rows")


def write(table, target):
    began = time.process_time()
    pyarrow.parquet.write_table(table, target, compression="zstd", compression_level=1, row_group_size=GROUP_ROWS)
    return time.process_time() - began


def write_rows(table, target):
    batches = [batch.to_pylist() for batch in table.to_batches(max_chunksize=BATCH_ROWS)]
    began = time.process_time()
    columns = [pyarrow.RecordBatch.from_pylist(rows, schema=table.schema) for rows in batches]
    made = time.process_time() - began
    return made + write(pyarrow.Table.from_batches(columns), target)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
