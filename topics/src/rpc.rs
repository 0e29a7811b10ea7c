//! What a request is called, and where its answer goes: `me/replies` or a topic below it.
//!
//! A client of MQTT 5 may wish by Response Topic where it is answered, and gets its Correlation Data back as it sent
//! it; every other client is answered on `me/replies`, in the format in which it asked, and knows its requests by the
//! `id` in them ([`crate::payload::rpc`]).
//!
//! Start at [`ReplyTo::of`].

use crate::Format;
use std::fmt;
use std::str::FromStr;

/// Whether a topic asks for something, or would if it named a method: cheaper than reading it as an
/// [`Address`](crate::Address), which every message would pay for.
#[must_use]
pub fn is_call(topic: &str) -> bool {
    Format::of(topic).1.starts_with("rpc/")
}

/// The name of a request: words of `[a-z0-9_]` with dots between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method(Box<str>);

/// A level that should name a request and doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a method is words of a to z, 0 to 9 and _ with dots between them, at most 64 bytes")]
pub struct NotAMethod;

impl Method {
    /// The longest name, in bytes.
    pub const MAX_LEN: usize = 64;

    /// As it stands in the topic.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Method {
    type Err = NotAMethod;

    fn from_str(text: &str) -> Result<Method, NotAMethod> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        };
        let is_name = text.len() <= Method::MAX_LEN && text.split('.').all(is_word);
        if is_name { Ok(Method(text.into())) } else { Err(NotAMethod) }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReplyTo {
    /// How it is written.
    pub format: Format,
    /// The level below `me/replies`, where one was wished.
    pub word: Option<Box<str>>,
}

/// A Response Topic where no answer can go: it breaks the connection. `[MQTT5-3.3.2-14]`
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Response Topic is `me/replies` or `me/replies/` and a word of a to z, A to Z, 0 to 9, `.`, `_` and `-`"
)]
pub struct NotAReplyTopic;

impl NotAReplyTopic {
    /// For the DISCONNECT in MQTT 5.
    pub const REASON_CODE: u8 = 0x82;
}

impl ReplyTo {
    /// The longest word, in bytes.
    pub const MAX_WORD: usize = 64;

    /// Where a request that came in this format is answered if it has this Response Topic, or none.
    ///
    /// # Errors
    /// [`NotAReplyTopic`].
    pub fn of(asked: Format, response_topic: Option<&str>) -> Result<ReplyTo, NotAReplyTopic> {
        response_topic.map_or(Ok(ReplyTo { format: asked, word: None }), str::parse)
    }
}

impl FromStr for ReplyTo {
    type Err = NotAReplyTopic;

    fn from_str(topic: &str) -> Result<ReplyTo, NotAReplyTopic> {
        let (format, rest) = Format::of(topic);
        let below =
            rest.strip_prefix("me/replies").filter(|_| format != Format::Plain).ok_or(NotAReplyTopic)?;
        let word = match below.strip_prefix('/') {
            Some(word) if is_word(word) => Some(word.into()),
            None if below.is_empty() => None,
            _ => return Err(NotAReplyTopic),
        };
        Ok(ReplyTo { format, word })
    }
}

/// Whether this can stand below `me/replies`.
pub(crate) fn is_word(word: &str) -> bool {
    matches!(word.len(), 1..=ReplyTo::MAX_WORD)
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

impl fmt::Display for ReplyTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(level) = self.format.level() {
            write!(f, "{level}/")?;
        }
        f.write_str("me/replies")?;
        self.word.as_ref().map_or(Ok(()), |word| write!(f, "/{word}"))
    }
}
