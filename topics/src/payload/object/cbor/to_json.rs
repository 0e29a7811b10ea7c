//! Data that was said in CBOR becomes the JSON that is kept.

use super::read::{Items, read_text};
use crate::payload::PayloadError;
use crate::payload::object::json;
use minicbor::data::Type;
use minicbor::decode::Decoder;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Display;
use std::io::Write as _;

/// How deep lists and objects may stand in each other: readers of JSON give up near 128.
const DEPTH: usize = 120;

/// The map that stands here, as JSON.
///
/// # Errors
/// [`PayloadError::Data`] for what JSON can't say, [`PayloadError::Broken`] for what CBOR can't.
pub(super) fn to_json(cbor: &mut Decoder<'_>) -> Result<String, PayloadError> {
    let start = cbor.position();
    let mut reader = Reader { cbor, start, out: Vec::new() };
    reader.map(DEPTH)?;
    Ok(String::from_utf8(reader.out).expect("JSON is made of texts"))
}

struct Reader<'r, 'a> {
    cbor: &'r mut Decoder<'a>,
    /// Where the data begins in the payload.
    start: usize,
    out: Vec<u8>,
}

impl<'a> Reader<'_, 'a> {
    /// One value; lists and objects in it may go `depth` levels deeper.
    fn value(&mut self, depth: usize) -> Result<(), PayloadError> {
        match self.here()? {
            Type::Map | Type::MapIndef => self.map(depth),
            Type::Array | Type::ArrayIndef => self.list(depth),
            Type::String | Type::StringIndef => {
                let text = self.text()?;
                json::text(&mut self.out, &text);
                Ok(())
            }
            Type::Null => {
                self.cbor.null()?;
                self.write("null")
            }
            Type::Bool => {
                let is_true = self.cbor.bool()?;
                self.write(is_true)
            }
            Type::F16 | Type::F32 | Type::F64 => self.float(),
            Type::Bytes | Type::BytesIndef => Err(self.flaw("bytes, which JSON has not,")),
            Type::Tag => Err(self.flaw("a tag")),
            Type::Undefined | Type::Simple => Err(self.flaw("a simple value that JSON has not")),
            _ => self.whole_number(),
        }
    }

    fn map(&mut self, depth: usize) -> Result<(), PayloadError> {
        let deeper = self.deeper(depth)?;
        let mut pairs = Items::new(self.cbor.map()?);
        let mut keys: HashSet<Cow<'a, str>> = HashSet::new();
        self.out.push(b'{');
        while pairs.more(self.cbor)? {
            if !matches!(self.here()?, Type::String | Type::StringIndef) {
                return Err(self.flaw("a key that is no text"));
            }
            let key = self.text()?;
            self.comma(keys.is_empty());
            json::text(&mut self.out, &key);
            self.out.push(b':');
            if !keys.insert(key) {
                return Err(self.flaw("a key is given twice"));
            }
            self.value(deeper)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Result<(), PayloadError> {
        let deeper = self.deeper(depth)?;
        let mut items = Items::new(self.cbor.array()?);
        let mut is_first = true;
        self.out.push(b'[');
        while items.more(self.cbor)? {
            self.comma(is_first);
            is_first = false;
            self.value(deeper)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn whole_number(&mut self) -> Result<(), PayloadError> {
        let at = self.cbor.position();
        match i128::from(self.cbor.int()?) {
            number if number < i128::from(i64::MIN) => Err(self.flaw_at(at, "a number beyond 64 bits")),
            number => self.write(number),
        }
    }

    fn float(&mut self) -> Result<(), PayloadError> {
        let at = self.cbor.position();
        let number = self.cbor.f64()?;
        if !number.is_finite() {
            return Err(self.flaw_at(at, "a number beyond all numbers"));
        }
        serde_json::to_writer(&mut self.out, &number)
            .expect("a Vec takes all, and every such number has a form");
        Ok(())
    }

    fn text(&mut self) -> Result<Cow<'a, str>, PayloadError> {
        Ok(read_text(self.cbor)?)
    }

    fn here(&self) -> Result<Type, PayloadError> {
        Ok(self.cbor.datatype()?)
    }

    fn deeper(&self, depth: usize) -> Result<usize, PayloadError> {
        depth.checked_sub(1).ok_or_else(|| self.flaw("too deep"))
    }

    fn comma(&mut self, is_first: bool) {
        if !is_first {
            self.out.push(b',');
        }
    }

    fn write(&mut self, plain: impl Display) -> Result<(), PayloadError> {
        write!(self.out, "{plain}").expect("a Vec takes all");
        Ok(())
    }

    /// What stands here can't be kept.
    fn flaw(&self, what: &str) -> PayloadError {
        self.flaw_at(self.cbor.position(), what)
    }

    fn flaw_at(&self, at: usize, what: &str) -> PayloadError {
        PayloadError::Data(format!("{what} at byte {}", at - self.start))
    }
}
