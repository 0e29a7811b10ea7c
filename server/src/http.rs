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
    if draining.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}

/// Serves until `closed`, then finishes requests that are under way.
pub(crate) async fn serve(listener: TcpListener, router: Router, closed: CancellationToken) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(closed.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!("the HTTP port closed: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    async fn status(port: SocketAddr, path: &str) -> String {
        let mut socket = TcpStream::connect(port).await.unwrap();
        socket.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    #[tokio::test]
    async fn while_draining_the_server_is_alive_and_not_ready() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap();
        let (draining, closed) = (CancellationToken::new(), CancellationToken::new());
        let served = tokio::spawn(serve(listener, router(Router::new(), draining.clone()), closed.clone()));

        assert_eq!(status(port, "/livez").await, "200");
        assert_eq!(status(port, "/readyz").await, "200");
        assert_eq!(status(port, "/").await, "404");
        draining.cancel();
        assert_eq!(status(port, "/livez").await, "200");
        assert_eq!(status(port, "/readyz").await, "503");
        closed.cancel();
        served.await.unwrap();
    }
}
