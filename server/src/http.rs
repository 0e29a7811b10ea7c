//! The HTTP port: health for whoever watches over us, and MQTT over WebSocket for browsers.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Everything the port answers. `websocket` is the broker's; `draining` turns readiness off.
pub(crate) fn router(websocket: Router, draining: CancellationToken) -> Router {
    Router::new()
        // The process runs and its runtime turns. A restart helps if this does not answer.
        .route("/livez", get(async || "alive\n"))
        // New work may come. Load balancers look elsewhere while it may not.
        .route("/readyz", get(async move || readiness(&draining)))
        .merge(websocket)
}

fn readiness(draining: &CancellationToken) -> (StatusCode, &'static str) {
    if draining.is_cancelled() { (StatusCode::SERVICE_UNAVAILABLE, "draining\n") } else { (StatusCode::OK, "ready\n") }
}

/// Serves until `closed`, then finishes requests that are under way.
pub(crate) async fn serve(listener: TcpListener, router: Router, closed: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(closed.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!("the HTTP port closed: {error}");
    }
}
