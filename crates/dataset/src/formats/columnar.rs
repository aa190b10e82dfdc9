//! Cells of rows, gathered column by column as the rows come.

use crate::columns::{Column, Kind};
use crate::formats::table::{list_element, sound_fields};
use arrow_array::builder::{BinaryBuilder, BooleanBuilder, Float32Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, Int32Array, StructArray};
use arrow_schema::ArrowError;
use std::sync::Arc;

/// The cells of some rows. A row gives its own from left to right, one for each column.
pub(crate) struct Cells {
    columns: Vec<Values>,
    next: usize,
    rows: usize,
}

/// The values of a column.
enum Values {
    LeftOut,
    Text(StringBuilder),
    Integer(Vec<i32>),
    Number(Vec<f64>),
    Flag(BooleanBuilder),
    Floats(ListBuilder<Float32Builder>),
    Sound(BinaryBuilder, StringBuilder),
}

impl Cells {
    /// Of no rows yet; with room for so many, where it is known how much room that is.
    pub(crate) fn of(columns: &[Column], left_out: &[&str], rows: usize) -> Cells {
        let values = |column: &Column| match column.kind {
            _ if left_out.contains(&column.name) => Values::LeftOut,
            Kind::Text | Kind::OptionalText => Values::Text(StringBuilder::with_capacity(rows, 0)),
            Kind::Integer => Values::Integer(Vec::with_capacity(rows)),
            Kind::Number => Values::Number(Vec::with_capacity(rows)),
            Kind::Flag | Kind::OptionalFlag => Values::Flag(BooleanBuilder::with_capacity(rows)),
            Kind::Floats => Values::Floats(ListBuilder::new(Float32Builder::new()).with_field(list_element())),
            Kind::Sound => Values::Sound(BinaryBuilder::new(), StringBuilder::new()),
        };
        Cells { columns: columns.iter().map(values).collect(), next: 0, rows }
    }

    /// What follows is the first cell of another row.
    pub(crate) fn begin_row(&mut self) {
        self.next = 0;
    }

    pub(crate) fn text(&mut self, value: &str) {
        if let Values::Text(values) = self.column() {
            values.append_value(value);
        }
    }

    pub(crate) fn optional_text(&mut self, value: Option<&str>) {
        if let Values::Text(values) = self.column() {
            values.append_option(value);
        }
    }

    pub(crate) fn integer(&mut self, value: i32) {
        if let Values::Integer(values) = self.column() {
            values.push(value);
        }
    }

    pub(crate) fn number(&mut self, value: f64) {
        if let Values::Number(values) = self.column() {
            values.push(value);
        }
    }

    pub(crate) fn flag(&mut self, value: Option<bool>) {
        if let Values::Flag(values) = self.column() {
            values.append_option(value);
        }
    }

    pub(crate) fn floats(&mut self, value: &[f32]) {
        if let Values::Floats(values) = self.column() {
            values.values().append_slice(value);
            values.append(true);
        }
    }

    pub(crate) fn sound(&mut self, bytes: &[u8], path: &str) {
        if let Values::Sound(sounds, paths) = self.column() {
            sounds.append_value(bytes);
            paths.append_value(path);
        }
    }

    /// The columns that are not left out, and none of the rows any more.
    ///
    /// # Errors
    ///
    /// When a row gave something else than its columns hold.
    pub(crate) fn take(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        let rows = self.rows;
        self.columns.iter_mut().filter_map(|values| values.take(rows).transpose()).collect()
    }

    /// The column whose turn it is.
    fn column(&mut self) -> &mut Values {
        let place = self.next;
        self.next = place + 1;
        &mut self.columns[place]
    }
}

impl Values {
    /// The values as an array; room for as many again.
    fn take(&mut self, rows: usize) -> Result<Option<ArrayRef>, ArrowError> {
        Ok(Some(match self {
            Values::LeftOut => return Ok(None),
            Values::Text(values) => {
                // The next rows need about as much room.
                let room = values.values_slice().len() + values.values_slice().len() / 16;
                Arc::new(std::mem::replace(values, StringBuilder::with_capacity(rows, room)).finish())
            }
            Values::Integer(values) => Arc::new(Int32Array::from(std::mem::replace(values, Vec::with_capacity(rows)))),
            Values::Number(values) => Arc::new(Float64Array::from(std::mem::replace(values, Vec::with_capacity(rows)))),
            Values::Flag(values) => Arc::new(values.finish()),
            Values::Floats(values) => Arc::new(values.finish()),
            Values::Sound(sounds, paths) => {
                let parts: Vec<ArrayRef> = vec![Arc::new(sounds.finish()), Arc::new(paths.finish())];
                Arc::new(StructArray::try_new(sound_fields(), parts, None)?)
            }
        }))
    }
}
