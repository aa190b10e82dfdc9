//! Reads back what two releases are compared by: the ids and labels of their clips.

use crate::error::DatasetError;
use crate::release::diff::Labelled;
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ::parquet::file::reader::ChunkReader;
use arrow_array::{Array, RecordBatch, StringArray};

/// The clips of a [`crate::CLIPS_FILE`], in its order.
///
/// # Errors
///
/// [`DatasetError::Encoding`] when `table` is no Parquet file, [`DatasetError::Table`] when it
/// lacks `clip_id` or `label`.
pub fn labels<R: ChunkReader + 'static>(table: R) -> Result<Vec<Labelled>, DatasetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(table)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["clip_id", "label"]);
    let mut clips = Vec::new();
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let (ids, labels) = (texts(&batch, "clip_id")?, texts(&batch, "label")?);
        clips.extend(
            (0..batch.num_rows())
                .map(|row| Labelled { clip_id: ids.value(row).to_owned(), label: labels.value(row).to_owned() }),
        );
    }
    Ok(clips)
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray, DatasetError> {
    let column = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref());
    column.ok_or_else(|| arrow_schema::ArrowError::SchemaError(format!("there is no column {name} of text")).into())
}
