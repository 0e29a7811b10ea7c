//! Where the body is a file: it comes piece by piece, however slowly, and goes out so, from the middle too.

use super::tell::RequestId;
use super::{IDEMPOTENCY_KEY, asker, read};
use crate::ask::Coming;
use crate::media::File;
use crate::method::{Carries, Method};
use crate::perform::Api;
use crate::problem::{Code, Problem};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use media::MediaError;
use parking_lot::Mutex;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// So much of a file that is refused is taken all the same, and thrown away: many a client hears an answer only when it
/// has said everything, and one whose connection ends before that hears nothing.
const HEARD_OUT: usize = 1 << 20;
/// And so long.
const HEARD_OUT_WITHIN: Duration = Duration::from_secs(2);

/// What a browser may do with a file of somebody's: show it, and nothing else.
const SHOWN_ONLY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

const CONTENT_SECURITY_POLICY: HeaderName = header::CONTENT_SECURITY_POLICY;

pub(super) async fn serve(api: &Arc<Api>, method: &Method, request: Request, id: &RequestId) -> Response {
    let answered = match method.carries() {
        Carries::FileOut => give(api, method, request).await.map(|file| id.mark(file)),
        Carries::FileIn | Carries::Nothing => {
            take(api, method, request).await.map(|answer| id.answer(answer))
        }
    };
    answered.unwrap_or_else(|problem| {
        let (code, name) = (problem.code.word(), method.name);
        tracing::debug!(request.id = id.text(), method = name, code, "a request about a file was refused");
        id.problem(&problem)
    })
}

async fn take(api: &Arc<Api>, method: &Method, request: Request) -> Result<crate::Answer, Problem> {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let asker = asker(api, method, request.headers(), address).await?;
    let admitted = api.admit(method, asker)?;
    let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
    let key = key.as_ref().map(|key| key.to_str());
    let key = key.transpose().map_err(|_| Problem::bad_request("an Idempotency-Key is visible ASCII"))?;
    let announced = announced(request.headers())?;
    let (parts, body) = request.into_parts();
    let input = read::input(api, method, Request::from_parts(parts, Body::empty())).await?;
    let bytes = body.into_data_stream().map(|bytes| bytes.map_err(|_| MediaError::BrokenOff)).boxed();
    let coming = Coming { announced, bytes: Arc::new(Mutex::new(Some(bytes))) };
    let answered = api.perform(admitted.with(coming.clone()), input, key).await;
    hear_out(&coming).await;
    answered
}

fn announced(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(length) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
    let length = length.to_str().ok().and_then(|length| length.parse().ok());
    length.map(Some).ok_or_else(|| Problem::bad_request("Content-Length is a number"))
}

/// What is still to come when the answer is known already. Who takes a file puts back what they leave of it.
async fn hear_out(coming: &Coming) {
    let Some(mut rest) = coming.bytes.lock().take() else { return };
    let mut heard = 0;
    let all = async {
        while let Some(Ok(bytes)) = rest.next().await {
            heard += bytes.len();
            if heard > HEARD_OUT {
                return;
            }
        }
    };
    tokio::time::timeout(HEARD_OUT_WITHIN, all).await.ok();
}

async fn give(api: &Arc<Api>, method: &Method, request: Request) -> Result<Response, Problem> {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let asker = asker(api, method, request.headers(), address).await?;
    let admitted = api.admit(method, asker)?;
    let headers = request.headers().clone();
    let has_link = request.uri().query().is_some_and(|query| query.contains("signature="));
    if admitted.is_strangers() && !has_link {
        api.rates.stranger(address)?;
        return Err(Problem::new(Code::NoCredentials, "this needs a token, or a link"));
    }
    let input = read::input(api, method, request).await?;
    let found = tokio::time::timeout(api.config.answer_within, api.give(admitted, input)).await;
    let file = found.map_err(|_| Problem::unavailable("it was not found in time"))??;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == file.tag)) {
        return Ok(described(&file, StatusCode::NOT_MODIFIED, Body::empty()));
    }
    match wanted(&headers, &file) {
        Wanted::All => {
            let size = file.size;
            sent(file, StatusCode::OK, 0..size).await
        }
        Wanted::Some(range) => {
            let told = format!("bytes {}-{}/{}", range.start, range.end - 1, file.size);
            let mut response = sent(file, StatusCode::PARTIAL_CONTENT, range).await?;
            insert(&mut response, header::CONTENT_RANGE, &told);
            Ok(response)
        }
        Wanted::Nothing => {
            let words = format!("it has {} bytes, and the range lies behind them", file.size);
            Err(Problem::new(Code::NoSuchRange, words))
        }
    }
}

async fn sent(file: File, status: StatusCode, range: Range<u64>) -> Result<Response, Problem> {
    let length = range.end - range.start;
    let mut response = described(&file, status, Body::empty());
    *response.body_mut() = Body::from_stream(file.read(range).await?);
    insert(&mut response, header::CONTENT_LENGTH, &length.to_string());
    Ok(response)
}

fn described(file: &File, status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    insert(&mut response, header::CONTENT_TYPE, &file.kind);
    insert(&mut response, header::ETAG, &file.tag);
    insert(&mut response, header::ACCEPT_RANGES, "bytes");
    insert(&mut response, header::CONTENT_DISPOSITION, &file.disposition());
    insert(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // It may be kept, and is asked for again each time: who may not see it any more sees it no more.
    insert(&mut response, header::CACHE_CONTROL, "private, no-cache");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, SHOWN_ONLY);
    response
}

fn insert(response: &mut Response, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().insert(name, value);
    }
}

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Some(Range<u64>),
    Nothing,
}

/// One range (RFC 9110, 14). What can't be read, or asks for several, is a wish that nobody need fulfil: all of it is sent.
fn wanted(headers: &HeaderMap, file: &File) -> Wanted {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_another = text(header::IF_RANGE).is_some_and(|tag| tag != file.tag);
    let Some(range) = text(header::RANGE).filter(|_| !is_another) else { return Wanted::All };
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::All;
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(file.size),
        (Some(first), None) if last.trim().is_empty() => first..file.size,
        (None, Some(last)) if first.trim().is_empty() => file.size.saturating_sub(last)..file.size,
        _ => return Wanted::All,
    };
    if range.start < range.end { Wanted::Some(range) } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str) -> Wanted {
        let headers = [(header::RANGE, HeaderValue::from_str(range).unwrap())].into_iter().collect();
        wanted(&headers, &File::nothing(100))
    }

    #[test]
    fn a_range_is_what_it_says_of_the_bytes_that_are_there() {
        assert_eq!(asked("bytes=0-0"), Wanted::Some(0..1));
        assert_eq!(asked("bytes=10-"), Wanted::Some(10..100));
        assert_eq!(asked("bytes=90-900"), Wanted::Some(90..100));
        assert_eq!(asked("bytes=-10"), Wanted::Some(90..100));
        assert_eq!(asked("bytes=-1000"), Wanted::Some(0..100));
        for nothing in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(asked(nothing), Wanted::Nothing, "{nothing}");
        }
        for all in ["bytes=5-1", "bytes=0-1,5-6", "lines=1-2", "bytes=x-", "bytes=-"] {
            assert_eq!(asked(all), Wanted::All, "{all}");
        }
    }
}
