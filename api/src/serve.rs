//! From HTTP to a method and back.
//!
//! Path, query and body of a request are one object: what the method takes. So the same method can be asked over MQTT,
//! where there is a body only.

mod read; // the request becomes an object

mod files; // and where the body of one of them is a file

mod tell; // the answer becomes a response

mod stream; // answers without an end

pub(crate) use stream::STREAMS;

use crate::config::Origins;
use crate::method::{Carries, Method, Verb};
use crate::page;
use crate::perform::Api;
use crate::problem::{Code, Problem};
use crate::{Access, Asker};
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, StatusCode, Version, header,
};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tell::RequestId;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The caller's own name for a request that makes something.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that the answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// How long a browser may remember what it may ask.
const CORS_AGE: Duration = Duration::from_hours(1);

/// Everything that HTTP can ask of the API. The server gives each connection its [`ConnectInfo`].
pub fn router(api: &Arc<Api>) -> Router {
    let mut router = Router::new();
    for index in 0..api.methods().len() {
        let (verb, path) = (api.methods()[index].verb, api.methods()[index].path);
        let api = api.clone();
        let asked = move |request: Request| {
            let api = api.clone();
            async move { serve(&api, index, request).await }
        };
        let route: MethodRouter = match verb {
            Verb::Get => get(asked),
            Verb::Post => post(asked),
            Verb::Put => put(asked),
            Verb::Delete => delete(asked),
        };
        router = router.route(path, route);
    }
    let watched = api.clone();
    let watch = get(async move |request: Request| stream::counters(&watched, request).await);
    router
        .route("/v1/admin/counters/stream", watch)
        .merge(page::router(api))
        .fallback(async |request: Request| refuse(&request, &Problem::not_found("page")))
        .method_not_allowed_fallback(async |request: Request| {
            let words = format!("{} can't be done here", request.method());
            refuse(&request, &Problem::new(Code::MethodNotAllowed, words))
        })
        .layer(
            ServiceBuilder::new()
                .layer(cors(&api.config.origins))
                .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_no_file)))
                .layer(CatchPanicLayer::custom(panicked)),
        )
}

/// Files are asked for by ranges of their own bytes, and most are small already.
fn is_no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

fn refuse(request: &Request, problem: &Problem) -> Response {
    RequestId::of(request.headers()).problem(problem)
}

/// A panic is one request's, and nobody else's.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request panicked; others are not affected");
    let problem = Problem::new(Code::Internal, "the server's log says more");
    RequestId::fresh().problem(&problem)
}

async fn serve(api: &Arc<Api>, index: usize, request: Request) -> Response {
    let id = RequestId::of(request.headers());
    let method = &api.methods()[index];
    if method.carries() != Carries::Nothing {
        return files::serve(api, method, request, &id).await;
    }
    let asked = tokio::time::timeout(api.config.answer_within, perform(api, method, request));
    let answered = asked.await.unwrap_or_else(|_| Err(Problem::unavailable("it was not done in time")));
    match answered {
        Ok(answer) => id.answer(answer),
        Err(problem) => {
            tracing::debug!(
                request.id = id.text(),
                method = method.name,
                code = problem.code.word(),
                "a request was refused"
            );
            id.problem(&problem)
        }
    }
}

async fn perform(api: &Arc<Api>, method: &Method, request: Request) -> Result<crate::Answer, Problem> {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let asker = asker(api, method, request.headers(), address).await?;
    let admitted = api.admit(method, asker)?;
    let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
    let key = key.as_ref().map(|key| key.to_str());
    let key = key.transpose().map_err(|_| Problem::bad_request("an Idempotency-Key is visible ASCII"))?;
    let input = read::input(api, method, request).await?;
    api.perform(admitted, input, key).await
}

/// Who asks. A stranger who shows something that is not right is counted by address.
async fn asker(
    api: &Api,
    method: &Method,
    headers: &axum::http::HeaderMap,
    address: Option<IpAddr>,
) -> Result<Asker, Problem> {
    let shown = headers.get(header::AUTHORIZATION).filter(|_| method.access != Access::Anybody);
    let Some(shown) = shown else { return Ok(Asker { caller: None, address }) };
    let proof = shown.to_str().ok().and_then(bearer);
    let known = match proof {
        Some(proof) => api.bridge.caller(proof).await.map_err(Problem::from),
        None => Err(Problem::new(Code::WrongCredentials, "Authorization must be `Bearer` and a token")),
    };
    match known {
        Ok(caller) => Ok(Asker { caller: Some(Arc::new(caller)), address }),
        Err(problem) => {
            if problem.code == Code::WrongCredentials {
                api.rates.stranger(address)?;
            }
            Err(problem)
        }
    }
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, proof) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(proof.trim())
}

fn cors(origins: &Origins) -> CorsLayer {
    let allowed = match origins {
        Origins::Any => AllowOrigin::any(),
        Origins::These(list) => {
            AllowOrigin::list(list.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
        }
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([HttpMethod::GET, HttpMethod::POST, HttpMethod::PUT, HttpMethod::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            header::RANGE,
            IDEMPOTENCY_KEY,
            tell::REQUEST_ID,
        ])
        .expose_headers([
            tell::REQUEST_ID,
            header::RETRY_AFTER,
            header::CONTENT_DISPOSITION,
            header::CONTENT_RANGE,
            header::ETAG,
            REPLAYED,
        ])
        .max_age(CORS_AGE)
}
