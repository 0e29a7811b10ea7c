//! A request on `rpc/{method}`, and the answer to it.
//!
//! A request has the parameters that its method takes, and may have an `id` of the client's own, which stands in
//! the answer again: in MQTT 3.1.1 that is how a client knows which of its requests is answered. What makes something
//! may have a `key`, under which it is made once. An empty payload is a request with none of them. What the parameters mean, and what is answered, is the method's affair: here both are
//! JSON that is carried, and under `cbor/` its CBOR.
//!
//! Start at [`read`] and [`write`].

use super::PayloadError;
use super::key::Key;
use super::object::fields::{self, Value};
use super::object::{Notation, Object};
use crate::Format;
use crate::rpc::Method;
use bytes::Bytes;
use std::fmt;

/// A client's own mark on a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Id {
    /// A whole number.
    Number(u64),
    /// A text of at most [`Id::MAX_LEN`] bytes.
    Text(Box<str>),
}

impl Id {
    /// The longest text, in bytes.
    pub const MAX_LEN: usize = 64;
}

/// What a client asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Its mark, if it has one.
    pub id: Option<Id>,
    /// The client's own name for what it asks, under which it is done once: an Idempotency-Key.
    pub key: Option<Box<str>>,
    /// The parameters: an object in JSON that every reader of JSON can take, `{}` if there were none.
    pub params: Box<str>,
}

/// Parameters may be secrets.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("len", &self.params.len())
            .finish_non_exhaustive()
    }
}

/// Reads a request. Under `plain/` there are no such topics, and it is read as JSON.
///
/// # Errors
/// [`PayloadError`] for the first thing in it that can't be read.
pub fn read(format: Format, payload: &[u8]) -> Result<Request, PayloadError> {
    let notation = Notation::of(format).unwrap_or(Notation::Json);
    if payload.is_empty() {
        return Ok(Request { id: None, key: None, params: "{}".into() });
    }
    let mut asked = fields::read(notation, payload, &[Key::Id, Key::Once, Key::Params])?;
    let id = match asked.take(Key::Id) {
        Value::Nothing => None,
        Value::Number(number) => Some(Id::Number(number)),
        Value::Text(text) if text.len() <= Id::MAX_LEN => Some(Id::Text(text.into())),
        _ => return Err(asked.wrong(Key::Id)),
    };
    let key = asked.text(Key::Once)?.map(Into::into);
    Ok(Request { id, key, params: asked.data(Key::Params)?.unwrap_or_else(|| "{}".into()) })
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer<'a> {
    /// It was done: what its method answers, in JSON.
    Result(&'a str),
    /// It was not: why, as a problem object in JSON (RFC 9457).
    Problem(&'a str),
}

/// The answer as a payload for `me/replies`, or for the Response Topic that was wished.
#[must_use]
pub fn write(method: &Method, id: Option<&Id>, answer: Answer<'_>, format: Format) -> Bytes {
    let (Answer::Result(json) | Answer::Problem(json)) = answer;
    let notation = Notation::of(format).unwrap_or(Notation::Json);
    let mut reply = Object::with_capacity(notation, 128 + json.len());
    reply.text(Key::Reply, method.as_str());
    match id {
        Some(Id::Number(number)) => reply.number(Key::Id, *number),
        Some(Id::Text(text)) => reply.text(Key::Id, text),
        None => {}
    }
    match answer {
        Answer::Result(json) => reply.json(Key::Result, json),
        Answer::Problem(json) => reply.json(Key::Problem, json),
    }
    reply.end()
}
