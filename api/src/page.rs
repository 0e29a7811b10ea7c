//! The document, readable: one small page that brings all it needs, and the keys that others check our tokens with.

use crate::perform::Api;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use std::sync::Arc;

const PAGE: &[u8] = include_bytes!("page/docs.html");
const SCRIPT: &[u8] = include_bytes!("page/docs.js");
const STYLE: &[u8] = include_bytes!("page/docs.css");

/// The page may do nothing but read the document of this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where the document, its page and the keys are.
pub(crate) fn router(api: &Arc<Api>) -> Router {
    let document = api.document.clone();
    let keys = Bytes::copy_from_slice(api.bridge.key_set().as_bytes());
    let file = |kind: &'static str, bytes: Bytes| get(async move || tell(kind, bytes.clone()));
    Router::new()
        .route("/openapi.json", file("application/json", document))
        .route("/.well-known/jwks.json", file("application/jwk-set+json", keys))
        .route("/docs", file("text/html; charset=utf-8", Bytes::from_static(PAGE)))
        .route("/docs/docs.js", file("text/javascript; charset=utf-8", Bytes::from_static(SCRIPT)))
        .route("/docs/docs.css", file("text/css; charset=utf-8", Bytes::from_static(STYLE)))
}

fn tell(kind: &'static str, bytes: Bytes) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, kind),
        // What a new server says should be seen soon.
        (CACHE_CONTROL, "public, max-age=300"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes)
}
