//! JSON text read into types of ours, which the browser has parsed.

use super::Unlike;
use js_sys::{Array, JSON, Object};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use wasm_bindgen::{JsCast, JsValue};

/// The value that a JSON text describes; `None` when it describes none of this type.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Reader(JSON::parse(text).ok()?)).ok()
}

type Elements = SeqDeserializer<std::vec::IntoIter<Reader>, Unlike>;
type Fields = MapDeserializer<'static, std::vec::IntoIter<(String, Reader)>, Unlike>;

/// One parsed value.
struct Reader(JsValue);

impl Reader {
    fn text(&self) -> Result<String, Unlike> {
        self.0.as_string().ok_or(Unlike)
    }

    fn number(&self) -> Result<f64, Unlike> {
        self.0.as_f64().ok_or(Unlike)
    }

    /// All whole numbers of ours are below 2^53.
    fn whole(&self) -> Result<i64, Unlike> {
        let number = self.number()?;
        let whole = number as i64;
        if whole as f64 == number { Ok(whole) } else { Err(Unlike) }
    }

    fn truth(&self) -> Result<bool, Unlike> {
        self.0.as_bool().ok_or(Unlike)
    }

    fn elements(&self) -> Result<Elements, Unlike> {
        let array: &Array = self.0.dyn_ref().ok_or(Unlike)?;
        let elements: Vec<Reader> = array.iter().map(Reader).collect();
        Ok(SeqDeserializer::new(elements.into_iter()))
    }

    fn fields(&self) -> Result<Fields, Unlike> {
        let object: &Object = self.0.dyn_ref().ok_or(Unlike)?;
        let field = |entry: JsValue| {
            let entry = Array::from(&entry);
            (entry.get(0).as_string().unwrap_or_default(), Reader(entry.get(1)))
        };
        let fields: Vec<(String, Reader)> = Object::entries(object).iter().map(field).collect();
        Ok(MapDeserializer::new(fields.into_iter()))
    }
}

impl IntoDeserializer<'_, Unlike> for Reader {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// Every `$ask` is answered by visiting `$visit` with the value that `Reader::$value` finds.
macro_rules! answer {
    ($visit:ident($value:ident): $($ask:ident)*) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
            visitor.$visit(self.$value()?)
        })*
    };
}

/// What no type of ours asks for.
macro_rules! refuse {
    ($($ask:ident($($argument:ty),*))*) => {
        $(fn $ask<V: Visitor<'de>>(self, $(_: $argument,)* _: V) -> Result<V::Value, Unlike> {
            Err(Unlike)
        })*
    };
}

/// A type gets what it asks for or nothing: other ways would be code that never runs.
impl<'de> Deserializer<'de> for Reader {
    type Error = Unlike;

    answer!(visit_bool(truth): deserialize_bool);
    answer!(visit_i64(whole): deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    answer!(visit_f64(number): deserialize_f32 deserialize_f64);
    answer!(visit_string(text): deserialize_str deserialize_string deserialize_identifier);
    answer!(visit_seq(elements): deserialize_seq);
    answer!(visit_map(fields): deserialize_map);

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unlike> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// Every enumeration on the wire is a plain word.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unlike> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unlike> {
        visitor.visit_unit()
    }

    refuse! {
        deserialize_any() deserialize_char() deserialize_bytes() deserialize_byte_buf() deserialize_unit()
        deserialize_unit_struct(&'static str) deserialize_newtype_struct(&'static str)
        deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
    }
}
