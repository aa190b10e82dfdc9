//! Row groups of a Parquet file, encoded while the next rows are gathered and columns side by side: each by
//! one thread and in order, so that the bytes are those that a single thread would write.

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::{
    ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves,
};
use ::parquet::errors::ParquetError;
use ::parquet::file::writer::SerializedFileWriter;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field, SchemaRef};
use rayon::prelude::*;
use std::io::Write;
use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

/// Rows of a row group; readers read and skip these as one.
const GROUP_ROWS: usize = 1 << 17;

/// Encoded bytes after which a row group ends, whatever its rows.
const GROUP_BYTES: usize = 48 << 20;

/// Some rows, as columns.
pub(crate) type Rows = Vec<ArrayRef>;

/// Encodes rows while the next ones are gathered.
pub(crate) enum Encoder<W: Write + Send> {
    Idle(Box<Groups<W>>),
    Busy(JoinHandle<Result<Box<Groups<W>>, ParquetError>>),
    /// An error has ended it.
    Failed,
}

impl<W: Write + Send + 'static> Encoder<W> {
    pub(crate) fn new(out: W, schema: SchemaRef, options: ArrowWriterOptions) -> Result<Self, ParquetError> {
        Ok(Encoder::Idle(Box::new(Groups::new(out, schema, options)?)))
    }

    /// Takes rows, in parts that each are encoded at once. Waits for those that came before.
    pub(crate) fn write(&mut self, rows: Vec<Rows>) -> Result<(), ParquetError> {
        let mut groups = self.idle()?;
        *self = Encoder::Busy(thread::spawn(move || groups.write(&rows).map(|()| groups)));
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<W, ParquetError> {
        self.idle()?.finish()
    }

    fn idle(&mut self) -> Result<Box<Groups<W>>, ParquetError> {
        match std::mem::replace(self, Encoder::Failed) {
            Encoder::Idle(groups) => Ok(groups),
            Encoder::Busy(work) => work.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Encoder::Failed => Err(ParquetError::General("rows after an error".to_owned())),
        }
    }
}

/// A file and its open row group.
pub(crate) struct Groups<W: Write + Send> {
    file: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// A writer for each part of each column; none while no group is open.
    open: Vec<Vec<ArrowColumnWriter>>,
    open_rows: usize,
    ended: usize,
}

impl<W: Write + Send> Groups<W> {
    fn new(out: W, schema: SchemaRef, options: ArrowWriterOptions) -> Result<Self, ParquetError> {
        let writer = ArrowWriter::try_new_with_options(out, SchemaRef::clone(&schema), options)?;
        let (file, factory) = writer.into_serialized_writer()?;
        Ok(Groups { file, factory, schema, open: Vec::new(), open_rows: 0, ended: 0 })
    }

    /// Encodes rows into the open group, and ends it when it is large enough.
    fn write(&mut self, rows: &[Rows]) -> Result<(), ParquetError> {
        if self.open.is_empty() {
            let mut writers = self.factory.create_column_writers(self.ended)?.into_iter();
            let columns = self.schema.fields().iter();
            self.open = columns.map(|field| writers.by_ref().take(parts(field)).collect()).collect();
        }
        let columns = self.open.par_iter_mut().zip(self.schema.fields().par_iter()).enumerate();
        columns.try_for_each(|(place, (writers, field))| {
            rows.iter().try_for_each(|columns| {
                let parts = compute_leaves(field, &columns[place])?;
                writers.iter_mut().zip(&parts).try_for_each(|(writer, part)| writer.write(part))
            })
        })?;
        self.open_rows += rows.iter().map(|columns| columns.first().map_or(0, |column| column.len())).sum::<usize>();
        if self.open_rows >= GROUP_ROWS || self.open_bytes() >= GROUP_BYTES { self.end_group() } else { Ok(()) }
    }

    /// About how many bytes the open group has.
    fn open_bytes(&self) -> usize {
        self.open.iter().flatten().map(ArrowColumnWriter::get_estimated_total_bytes).sum()
    }

    fn end_group(&mut self) -> Result<(), ParquetError> {
        if self.open.is_empty() {
            return Ok(());
        }
        let writers: Vec<ArrowColumnWriter> = std::mem::take(&mut self.open).into_iter().flatten().collect();
        let chunks = writers.into_par_iter().map(ArrowColumnWriter::close).collect::<Result<Vec<_>, _>>()?;
        let mut group = self.file.next_row_group()?;
        chunks.into_iter().try_for_each(|chunk| chunk.append_to_row_group(&mut group))?;
        group.close()?;
        (self.open_rows, self.ended) = (0, self.ended + 1);
        Ok(())
    }

    fn finish(mut self) -> Result<W, ParquetError> {
        self.end_group()?;
        self.file.into_inner()
    }
}

/// How many columns Parquet makes of one.
fn parts(field: &Field) -> usize {
    match field.data_type() {
        DataType::Struct(fields) => fields.len(),
        _ => 1,
    }
}
