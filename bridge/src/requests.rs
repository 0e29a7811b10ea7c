//! What answers requests on `rpc/{method}`: everything that can be asked stands elsewhere, and the bridge only carries it.
//!
//! A request is read and judged there as one by HTTP is: here stand who asks, what, and what is answered.

use crate::identity::{Caller, NotKnown};
use futures_util::future::BoxFuture;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use topics::rpc::Method;

/// What answers requests. The server gives one to [`crate::Bridge::answer_requests_by`].
pub trait Requests: Send + Sync + 'static {
    /// Whether there is such a method.
    fn knows(&self, method: &Method) -> bool;

    /// Answers, in bounded time.
    fn answer(self: Arc<Self>, asked: Asked) -> BoxFuture<'static, Answered>;
}

/// A request, and who makes it.
pub struct Asked {
    /// What for.
    pub method: Method,
    /// An object in JSON.
    pub params: Box<str>,
    /// The client's own name for it, under which it is done once.
    pub key: Option<Box<str>>,
    /// Who, as they are now, if they said who they are; or why that can't be told.
    pub caller: Result<Option<Caller>, NotKnown>,
    /// From where.
    pub address: IpAddr,
    /// The most bytes of JSON that the answer may have.
    pub most: usize,
}

/// Not what is asked: it may hold a secret.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("method", &self.method).finish_non_exhaustive()
    }
}

/// What became of it, in JSON.
pub enum Answered {
    /// What the method gives; `null` where there is nothing to tell.
    Result(String),
    /// Why it was not done: a problem object.
    Problem(String),
}

/// Not what it says: it may hold a secret.
impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answered::Result(_) => "Result(…)",
            Answered::Problem(_) => "Problem(…)",
        })
    }
}
