//! Values of ours as JSON text.

use super::Unlike;
use js_sys::JSON;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

/// A value as JSON text.
///
/// # Panics
/// For a type that JSON cannot say; those of `wire` and [`crate::store`] are not among them.
pub fn write(value: &impl Serialize) -> String {
    let mut text = String::new();
    value.serialize(Writer(&mut text)).expect("types of ours are structs, lists, texts and numbers");
    text
}

/// Writes one value at the end of a text.
struct Writer<'a>(&'a mut String);

/// Writes the members of a list or an object.
struct Members<'a> {
    text: &'a mut String,
    /// What stands before the next member.
    before: char,
    /// What stands after the last one.
    after: char,
}

impl Members<'_> {
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.text.push(self.before);
        self.before = ',';
        value.serialize(Writer(self.text))
    }

    fn close(self) -> Result<(), Unlike> {
        if self.before != ',' {
            self.text.push(self.before);
        }
        self.text.push(self.after);
        Ok(())
    }
}

impl SerializeSeq for Members<'_> {
    type Ok = ();
    type Error = Unlike;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.value(value)
    }
    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl SerializeMap for Members<'_> {
    type Ok = ();
    type Error = Unlike;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unlike> {
        self.value(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unlike> {
        self.text.push(':');
        value.serialize(Writer(self.text))
    }
    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl SerializeStruct for Members<'_> {
    type Ok = ();
    type Error = Unlike;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unlike> {
        self.value(name)?;
        self.serialize_value(value)
    }
    fn end(self) -> Result<(), Unlike> {
        self.close()
    }
}

impl<'a> Writer<'a> {
    fn number(self, number: f64) -> Result<(), Unlike> {
        // As JavaScript writes it: the shortest text that gives the same number back.
        let text = JSON::stringify(&JsValue::from_f64(number)).map_err(|_| Unlike)?;
        self.0.push_str(&String::from(text));
        Ok(())
    }

    fn members(self, before: char, after: char) -> Result<Members<'a>, Unlike> {
        Ok(Members { text: self.0, before, after })
    }
}

/// All whole numbers of ours are below 2^53.
macro_rules! numbers {
    ($($write:ident($number:ty))*) => {
        $(fn $write(self, number: $number) -> Result<(), Unlike> {
            self.number(number as f64)
        })*
    };
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = Unlike;
    type SerializeSeq = Members<'a>;
    type SerializeMap = Members<'a>;
    type SerializeStruct = Members<'a>;
    type SerializeTuple = Impossible<(), Unlike>;
    type SerializeTupleStruct = Impossible<(), Unlike>;
    type SerializeTupleVariant = Impossible<(), Unlike>;
    type SerializeStructVariant = Impossible<(), Unlike>;

    numbers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_f32(f32) serialize_f64(f64)
    }

    fn serialize_bool(self, truth: bool) -> Result<(), Unlike> {
        self.0.push_str(if truth { "true" } else { "false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Unlike> {
        let quoted = JSON::stringify(&JsValue::from_str(text)).map_err(|_| Unlike)?;
        self.0.push_str(&String::from(quoted));
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unlike> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unlike> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, word: &'static str) -> Result<(), Unlike> {
        self.serialize_str(word)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Members<'a>, Unlike> {
        self.members('[', ']')
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members<'a>, Unlike> {
        self.members('{', '}')
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members<'a>, Unlike> {
        self.members('{', '}')
    }

    // What no type of ours is.

    fn serialize_char(self, _: char) -> Result<(), Unlike> {
        Err(Unlike)
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unlike> {
        Err(Unlike)
    }
    fn serialize_unit(self) -> Result<(), Unlike> {
        Err(Unlike)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unlike> {
        Err(Unlike)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<(), Unlike> {
        Err(Unlike)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unlike> {
        Err(Unlike)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unlike> {
        Err(Unlike)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unlike> {
        Err(Unlike)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unlike> {
        Err(Unlike)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unlike> {
        Err(Unlike)
    }
}
