//! The counters as a stream: server-sent events, for a page that shows how the server does.

use super::{asker, tell::RequestId};
use crate::admin::counters::{COUNTERS, count};
use crate::perform::Api;
use crate::problem::{Code, Problem};
use axum::extract::{ConnectInfo, Query, Request};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bridge::identity::Caller;
use futures_util::stream;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Streams at once: consoles of a few administrators. Each holds a connection of the HTTP port.
pub(crate) const STREAMS: usize = 64;
/// Seconds between two events: the least, the most, and what nobody asked for.
const EVERY: (u64, u64, u64) = (1, 60, 5);

/// How it is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    every: Option<u64>,
}

/// One stream under way.
struct Stream {
    api: Arc<Api>,
    caller: Arc<Caller>,
    proof: SecretString,
    every: tokio::time::Interval,
    _seat: OwnedSemaphorePermit,
}

/// `GET /v1/admin/counters/stream?every=5`.
pub(super) async fn counters(api: &Arc<Api>, request: Request) -> Response {
    let id = RequestId::of(request.headers());
    match open(api, request).await {
        Ok(stream) => {
            let events = stream::unfold(stream, async |mut stream| Some((stream.next().await?, stream)));
            Sse::new(events).keep_alive(KeepAlive::default()).into_response()
        }
        Err(problem) => id.problem(&problem),
    }
}

async fn open(api: &Arc<Api>, request: Request) -> Result<Stream, Problem> {
    let method = api.method(COUNTERS).ok_or_else(|| Problem::not_found("page"))?;
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let asker = asker(api, method, request.headers(), address).await?;
    api.may_ask(method, &asker)?;
    let caller = asker.caller.ok_or_else(|| Problem::new(Code::NoCredentials, "this needs a token"))?;
    let Query(wish) = Query::<Wish>::try_from_uri(request.uri())
        .map_err(|_| Problem::bad_request("only `every` can be asked for, in seconds"))?;
    let every = wish.every.unwrap_or(EVERY.2);
    if !(EVERY.0..=EVERY.1).contains(&every) {
        return Err(Problem::bad_request(format!("`every` is from {} to {} seconds", EVERY.0, EVERY.1)));
    }
    let seat = api.streams.clone().try_acquire_owned();
    let seat = seat.map_err(|_| Problem::unavailable("too many watch already"))?;
    let act = api
        .bridge
        .begin_act(Some(caller.account.id), "admin.counters_stream", format!(r#"{{"every":{every}}}"#))
        .await?;
    api.bridge.end_act(act, 200).await;
    let shown = request.headers().get(axum::http::header::AUTHORIZATION);
    let proof = shown.and_then(|shown| shown.to_str().ok()).and_then(super::bearer).unwrap_or_default();
    let every = tokio::time::interval(Duration::from_secs(every));
    Ok(Stream { api: api.clone(), caller, proof: proof.into(), every, _seat: seat })
}

impl Stream {
    /// The next event. It ends with what its caller came in by, with their being an administrator, and with the server.
    async fn next(&mut self) -> Option<Result<Event, Infallible>> {
        tokio::select! {
            _ = self.every.tick() => {}
            () = self.api.config.host.going.cancelled() => return None,
        }
        let known = self.api.bridge.caller(self.proof.expose_secret()).await.ok()?;
        if known.account.id != self.caller.account.id || !known.account.admin {
            return None;
        }
        Some(Ok(Event::default().event("counters").json_data(count(&self.api)).unwrap_or_default()))
    }
}
