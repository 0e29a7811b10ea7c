//! Walks a property section once, by the table in [`crate::property`].

use super::reader::{Reader, owned};
use crate::Flaw;
use crate::property::{Carrier, Kind, Property, Row};
use bytes::Bytes;
use std::num::{NonZeroU16, NonZeroU32};

/// The properties of one packet, or of its will. Each one it yields may stand where it stands.
pub(super) struct Properties<'a> {
    carrier: Carrier,
    left: Reader<'a>,
    /// One bit for each property that came; their numbers end below 64.
    seen: u64,
}

/// One property and what it holds.
pub(super) struct Found<'a> {
    pub(super) property: Property,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    Number(u32),
    Text(&'a str),
    Binary(&'a [u8]),
    Pair(&'a str, &'a str),
}

impl<'a> Properties<'a> {
    /// Takes a section with its length from the front of `packet`.
    pub(super) fn take(packet: &mut Reader<'a>, carrier: Carrier) -> Result<Properties<'a>, Flaw> {
        let len = packet.variable()?;
        let left = Reader::new(packet.take(len as usize)?);
        Ok(Properties { carrier, left, seen: 0 })
    }

    /// A section that a packet left out. `[MQTT5-3.4.2.2.1]`
    pub(super) const fn none(carrier: Carrier) -> Properties<'a> {
        Properties { carrier, left: Reader::new(&[]), seen: 0 }
    }

    /// The next property, or `None` at the end of the section.
    pub(super) fn next(&mut self) -> Result<Option<Found<'a>>, Flaw> {
        if self.left.is_empty() {
            return Ok(None);
        }
        let number = self.left.byte()?;
        let row = Row::of(number).ok_or(Flaw::PropertyUnknown(number))?;
        if !row.may_stand_in(self.carrier) {
            return Err(Flaw::PropertyForeign(number));
        }
        let bit = 1 << number;
        if self.seen & bit != 0 && !row.may_repeat_in(self.carrier) {
            return Err(Flaw::PropertyTwice(number));
        }
        self.seen |= bit;
        let value = Value::take(&mut self.left, row.kind)?;
        Ok(Some(Found { property: row.property, value }))
    }
}

impl<'a> Value<'a> {
    fn take(left: &mut Reader<'a>, kind: Kind) -> Result<Value<'a>, Flaw> {
        Ok(match kind {
            Kind::Byte => Value::Number(left.byte()?.into()),
            Kind::Two => Value::Number(left.two()?.into()),
            Kind::Four => Value::Number(left.four()?),
            Kind::Variable => Value::Number(left.variable()?),
            Kind::Text => Value::Text(left.text()?),
            Kind::Binary => Value::Binary(left.binary()?),
            Kind::Pair => Value::Pair(left.text()?, left.text()?),
        })
    }
}

// The table has said what each property holds; asking one for something else is a slip of this crate, and the
// packet is then refused like any other that holds "a value not of the specified data type".
impl<'a> Found<'a> {
    pub(super) const fn four(&self) -> Result<u32, Flaw> {
        match self.value {
            Value::Number(number) => Ok(number),
            _ => Err(self.foreign()),
        }
    }

    pub(super) fn two(&self) -> Result<u16, Flaw> {
        u16::try_from(self.four()?).map_err(|_| self.foreign())
    }

    pub(super) const fn boolean(&self) -> Result<bool, Flaw> {
        match self.value {
            Value::Number(0) => Ok(false),
            Value::Number(1) => Ok(true),
            _ => Err(Flaw::PropertyNotBoolean(self.property as u8)),
        }
    }

    pub(super) fn nonzero_two(&self) -> Result<NonZeroU16, Flaw> {
        NonZeroU16::new(self.two()?).ok_or(Flaw::PropertyZero(self.property as u8))
    }

    pub(super) fn nonzero_four(&self) -> Result<NonZeroU32, Flaw> {
        NonZeroU32::new(self.four()?).ok_or(Flaw::PropertyZero(self.property as u8))
    }

    pub(super) const fn str(&self) -> Result<&'a str, Flaw> {
        match self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.foreign()),
        }
    }

    pub(super) fn text(&self) -> Result<String, Flaw> {
        self.str().map(str::to_owned)
    }

    pub(super) fn binary(&self) -> Result<Bytes, Flaw> {
        match self.value {
            Value::Binary(bytes) => Ok(owned(bytes)),
            _ => Err(self.foreign()),
        }
    }

    pub(super) fn pair(&self) -> Result<(String, String), Flaw> {
        match self.value {
            Value::Pair(name, value) => Ok((name.to_owned(), value.to_owned())),
            _ => Err(self.foreign()),
        }
    }

    /// It may not stand here.
    pub(super) const fn foreign(&self) -> Flaw {
        Flaw::PropertyForeign(self.property as u8)
    }
}
