//! Why not, in stable words: RFC 9457, with a `code` that a program can choose by.

mod code; // which sorts there are

mod known; // what the rest of the program says, as a problem

pub use code::Code;

use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// Why a request was not done, as its caller is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", .code.word())]
pub struct Problem {
    /// Which.
    pub code: Code,
    /// What it was about; fit for the caller, and no secret in it.
    pub detail: String,
    /// When it may be asked again.
    pub retry_after: Option<Duration>,
}

/// A problem as it is written: `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Written<'a> {
    /// Where this sort of problem is explained.
    #[serde(rename = "type")]
    kind: String,
    /// The sort of problem, in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What a program chooses by; it never changes.
    code: &'static str,
    /// What this one was about.
    detail: &'a str,
    /// The request, as the server's log has it.
    request_id: &'a str,
    /// After so many milliseconds it may be asked again; absent where waiting does not help.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Problem {
        Problem { code, detail: detail.into(), retry_after: None }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Problem {
        Problem::new(Code::BadRequest, detail)
    }

    /// There is none, or the caller may not know of it: one answer for both.
    pub(crate) fn not_found(what: &str) -> Problem {
        Problem::new(Code::NotFound, format!("there is no such {what}, or not for you"))
    }

    pub(crate) fn unavailable(detail: impl Into<String>) -> Problem {
        Problem { retry_after: Some(Duration::from_secs(1)), ..Problem::new(Code::Unavailable, detail) }
    }

    /// What takes or gives a file can't be asked where there is no place for one.
    pub(crate) fn by_http_only() -> Problem {
        Problem::bad_request("a file travels by HTTP only")
    }

    /// We broke: the log hears everything, the caller nothing of it.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Problem {
        tracing::error!(%error, "a request could not be done: {error}");
        Problem::new(Code::Internal, "the server's log says more, under the number of this request")
    }

    pub(crate) fn written<'a>(&'a self, request_id: &'a str) -> Written<'a> {
        let (code, status, title) = self.code.words();
        let wait = self.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        Written {
            kind: format!("/docs#{code}"),
            title,
            status,
            code,
            detail: &self.detail,
            request_id,
            retry_after_ms: wait,
        }
    }
}
