//! The answer becomes a response. Each has the number of its request, for the server's log and for who asks about it.

use super::REPLAYED;
use crate::perform::Answer;
use crate::problem::{Code, Problem};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use uuid::Uuid;

/// The number of a request.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of one that a proxy gave.
const ID_MOST: usize = 64;

/// See [`REQUEST_ID`].
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// What a proxy or a client calls the request, if that is fit for a log; otherwise a fresh one.
    pub(super) fn of(headers: &HeaderMap) -> RequestId {
        let given = headers.get(REQUEST_ID).filter(|given| {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            !given.is_empty() && given.len() <= ID_MOST && given.as_bytes().iter().all(plain)
        });
        given.cloned().map_or_else(RequestId::fresh, RequestId)
    }

    pub(super) fn fresh() -> RequestId {
        let id = Uuid::now_v7().simple().to_string();
        // Hexadecimal digits are fit for a header.
        RequestId(HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("unknown")))
    }

    pub(super) fn text(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// It was done.
    pub(super) fn answer(&self, answer: Answer) -> Response {
        let Answer { status, body, again } = answer;
        let mut response = self.response(status, "application/json", Body::from(body));
        if again {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }

    /// It is a file.
    pub(super) fn mark(&self, mut response: Response) -> Response {
        response.headers_mut().insert(REQUEST_ID, self.0.clone());
        response
    }

    /// It was not done.
    pub(super) fn problem(&self, problem: &Problem) -> Response {
        let body = serde_json::to_vec(&problem.written(self.text())).unwrap_or_default();
        let mut response = self.response(problem.code.status(), "application/problem+json", Body::from(body));
        let headers = response.headers_mut();
        if let Some(wait) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        }
        if matches!(problem.code, Code::NoCredentials | Code::WrongCredentials) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    fn response(&self, status: u16, kind: &'static str, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if status != 204 {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        // Answers are for one caller and for now; what is in them may be a secret.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REQUEST_ID, self.0.clone());
        response
    }
}
