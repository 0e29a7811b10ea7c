//! Names, numbers, secrets and times as they are written in JSON.

use chat::{Handle, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) Handle);

/// A user, or everybody: `*`, which no handle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whom(pub(crate) Option<Handle>);

/// A number that is too large for some readers of JSON, as digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) i64);

/// Something that must not be seen in a log. It writes itself only into the answer of whom it is for.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) SecretString);

/// A time: RFC 3339, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(pub(crate) Timestamp);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Name, D::Error> {
        let text = String::deserialize(from)?;
        Handle::new(&text).map(Name).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Whom {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Whom, D::Error> {
        match String::deserialize(from)?.as_str() {
            "*" => Ok(Whom(None)),
            name => Handle::new(name).map(|handle| Whom(Some(handle))).map_err(serde::de::Error::custom),
        }
    }
}

impl Serialize for Whom {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_ref().map_or("*", Handle::as_str))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Number, D::Error> {
        let text = String::deserialize(from)?;
        let plain = !text.is_empty() && text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = plain.then(|| text.parse().ok()).flatten();
        number.map(Number).ok_or_else(|| serde::de::Error::custom("a number is a text of up to 19 digits"))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        // The reader's own complaint would repeat what it found.
        let text = String::deserialize(from).map_err(|_| serde::de::Error::custom("a secret is a text"))?;
        Ok(Secret(text.into()))
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<At, D::Error> {
        let text = String::deserialize(from)?;
        let at = topics::payload::from_rfc3339(&text).map(At);
        at.ok_or_else(|| serde::de::Error::custom("a time is written as in RFC 3339: 2026-11-26T20:00:00Z"))
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&topics::payload::rfc3339(self.0))
    }
}

fn text(describe: impl FnOnce(ObjectBuilder) -> ObjectBuilder) -> RefOr<Schema> {
    let object: Object = describe(ObjectBuilder::new().schema_type(Type::String)).build();
    RefOr::T(Schema::Object(object))
}

impl PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        text(|text| {
            text.description(Some("The name of a user or a room."))
                .pattern(Some("^[a-z0-9][a-z0-9._-]{0,63}$"))
                .max_length(Some(64))
        })
    }
}

impl PartialSchema for Whom {
    fn schema() -> RefOr<Schema> {
        text(|text| {
            text.description(Some("The name of a user, or `*` for everybody."))
                .pattern(Some(r"^([a-z0-9][a-z0-9._-]{0,63}|\*)$"))
                .max_length(Some(64))
        })
    }
}

impl PartialSchema for Number {
    fn schema() -> RefOr<Schema> {
        text(|text| text.description(Some("A number, as digits.")).pattern(Some("^[0-9]{1,19}$")))
    }
}

impl PartialSchema for Secret {
    fn schema() -> RefOr<Schema> {
        text(|text| text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))))
    }
}

impl PartialSchema for At {
    fn schema() -> RefOr<Schema> {
        text(|text| text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))))
    }
}

impl ToSchema for Name {}
impl ToSchema for Whom {}
impl ToSchema for Number {}
impl ToSchema for Secret {}
impl ToSchema for At {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_no_complaint_and_in_no_log() {
        let secret: Secret = serde_json::from_str(r#""hunter2""#).unwrap();
        assert!(!format!("{secret:?}").contains("hunter2"));
        let error = serde_json::from_str::<Secret>(r#"[1234567]"#).unwrap_err().to_string();
        assert!(!error.contains("1234567"), "{error}");
        let error = serde_json::from_str::<Secret>("1234567").unwrap_err().to_string();
        assert!(!error.contains("1234567"), "{error}");
    }

    #[test]
    fn everybody_is_written_as_no_handle_could_be() {
        let whom = |text: &str| serde_json::from_value::<Whom>(text.into());
        assert_eq!(whom("*").unwrap(), Whom(None));
        let ann = whom("ann").unwrap();
        assert_eq!((serde_json::to_string(&ann).unwrap().as_str(), ann.0.is_some()), (r#""ann""#, true));
        assert!(whom("**").is_err() && whom("").is_err());
    }

    #[test]
    fn a_number_is_digits_and_nothing_else() {
        assert_eq!(
            serde_json::from_str::<Number>(r#""9007199254740993""#).unwrap(),
            Number(9_007_199_254_740_993)
        );
        for wrong in
            [r#""""#, r#""-1""#, r#""+1""#, "1", r#""99999999999999999999""#, r#""9999999999999999999""#]
        {
            assert!(serde_json::from_str::<Number>(wrong).is_err(), "{wrong}");
        }
    }
}
