//! DISCONNECT and AUTH.

use super::UserProperties;
use crate::ReasonCode;
use bytes::Bytes;
use std::fmt;

/// One side leaves. In 3.1.1 only a client may, and without a word.
#[derive(Debug, Clone, PartialEq)]
pub struct Disconnect {
    /// Why.
    pub code: ReasonCode,
    /// A client's new wish for the life of its session, in seconds.
    pub session_expiry: Option<u32>,
    /// Words for a person.
    pub reason: Option<String>,
    /// In order.
    pub user_properties: UserProperties,
    /// Where else to go; from a server only.
    pub server_reference: Option<String>,
}

impl Disconnect {
    /// A code and nothing else.
    #[must_use]
    pub fn new(code: ReasonCode) -> Disconnect {
        Disconnect {
            code,
            session_expiry: None,
            reason: None,
            user_properties: Vec::new(),
            server_reference: None,
        }
    }
}

/// A step of enhanced authentication. Its data does not print itself.
#[derive(Clone, PartialEq)]
pub struct Auth {
    /// Success, continue or begin again.
    pub code: ReasonCode,
    /// The name of the method.
    pub method: Option<String>,
    /// Whatever the method needs.
    pub data: Option<Bytes>,
    /// Words for a person.
    pub reason: Option<String>,
    /// In order.
    pub user_properties: UserProperties,
}

impl Auth {
    /// A code and nothing else.
    #[must_use]
    pub fn new(code: ReasonCode) -> Auth {
        Auth { code, method: None, data: None, reason: None, user_properties: Vec::new() }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("code", &self.code).field("method", &self.method).finish_non_exhaustive()
    }
}
