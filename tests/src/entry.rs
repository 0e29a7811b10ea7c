//! What was heard: a message with what it says, in JSON, in CBOR or in user properties.

use mqtt::packet::Publish;
use serde_json::Value;
use topics::page::in_json;

/// A message on `said` or `me/replies`, read; or one on a topic of an app.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As it came.
    pub publish: Publish,
    /// What it says as JSON, also under `cbor/`; null under `plain/` and `apps/`.
    pub json: Value,
}

impl Entry {
    /// Reads a message.
    ///
    /// # Panics
    /// When a topic with JSON or CBOR carries none.
    #[must_use]
    pub fn of(publish: Publish) -> Entry {
        let json = match publish.topic.split('/').next() {
            Some("plain" | "apps") => Value::Null,
            Some("cbor") => in_json(&publish.payload).expect("what is heard under `cbor/` is CBOR"),
            _ => serde_json::from_slice(&publish.payload).expect("what is heard is JSON"),
        };
        Entry { publish, json }
    }

    /// A word of it: a key of the object, or a user property; empty if absent.
    #[must_use]
    pub fn word(&self, key: &str) -> String {
        match self.json.get(key) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => self.property(key).unwrap_or_default(),
        }
    }

    /// A user property (MQTT 5).
    #[must_use]
    pub fn property(&self, key: &str) -> Option<String> {
        let properties = &self.publish.properties.user_properties;
        properties.iter().find_map(|(name, value)| (name == key).then(|| value.clone()))
    }

    fn number(&self, key: &str) -> u64 {
        self.word(key).parse().unwrap_or_else(|_| panic!("{key} is no number in {self:?}"))
    }

    /// Its number in the room.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.number("seq")
    }

    /// The number of the entry before it on this device's way.
    #[must_use]
    pub fn prev(&self) -> u64 {
        self.number("prev")
    }

    /// How many messages the room has up to here.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.number("n")
    }

    /// Its room.
    #[must_use]
    pub fn room(&self) -> String {
        self.word("room")
    }

    /// Who said it.
    #[must_use]
    pub fn from(&self) -> String {
        self.word("from")
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> String {
        self.word("kind")
    }

    /// What was said.
    #[must_use]
    pub fn body(&self) -> String {
        if self.json.is_null() {
            return String::from_utf8_lossy(&self.publish.payload).into_owned();
        }
        self.json.get("body").and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}
