//! Requests that a caller may send twice, because the answer was lost on its way.

use crate::SecretHash;
use chat::UserId;

/// The caller's key for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asks; absent for somebody who has not said.
    pub user: Option<UserId>,
    /// A hash of the key.
    pub key: SecretHash,
}

/// What a request under a key is.
#[derive(Clone, PartialEq, Eq)]
pub enum Begun {
    /// New: do it, and end it.
    New,
    /// The same is being done just now.
    Running,
    /// Another request had this key.
    Another,
    /// It was done, and this was the answer.
    Answered(Vec<u8>),
}

/// Of an answer only that there is one: it may hold a secret that its caller was given.
impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Begun::New => "New",
            Begun::Running => "Running",
            Begun::Another => "Another",
            Begun::Answered(_) => "Answered(…)",
        })
    }
}
