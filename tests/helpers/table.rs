//! Parquet tables as the tests read them: each row by its columns' names, each value as text.

use bytes::Bytes;
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use std::collections::BTreeMap;

/// All rows; what is missing is `null`.
pub fn rows(table: impl Into<Bytes>) -> Vec<BTreeMap<String, String>> {
    let reader = SerializedFileReader::new(table.into()).unwrap();
    let text = |field: &Field| match field {
        Field::Str(text) => text.clone(),
        other => other.to_string(),
    };
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().get_column_iter().map(|(name, field)| (name.clone(), text(field))).collect()).collect()
}
