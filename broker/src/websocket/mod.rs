//! MQTT over WebSocket, for browsers. `[MQTT5-6]`

mod stream;

use crate::application::Application;
use crate::broker::Broker;
use crate::counters::Event;
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::net::SocketAddr;
use stream::WebSocketStream;

/// The only subprotocol: 3.1.1 and 5 share it, `mqttv3.1` is older. `[MQTT5-6.0.0-3]`
const SUBPROTOCOL: &str = "mqtt";

/// Bytes read from a socket at once. 2 KiB: each WebSocket keeps such a buffer, also while it is idle, and most of what
/// people say fits into it.
const READ_BUFFER: usize = 2 * 1024;

/// Bytes that may wait in a WebSocket: a few of our messages, which are of 16 KiB.
const WRITE_BUFFER: usize = 128 * 1024;

/// A WebSocket message may hold several packets: so many bytes more than the largest.
const ROOM_FOR_MORE: usize = 64 * 1024;

/// `/mqtt`, for the HTTP server to mount. The server must be made with
/// [`axum::Router::into_make_service_with_connect_info`] of [`SocketAddr`].
pub fn route<A: Application>(broker: Broker<A>) -> Router {
    Router::new().route("/mqtt", any(upgrade::<A>)).with_state(broker)
}

async fn upgrade<A: Application>(
    State(broker): State<Broker<A>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        return (StatusCode::BAD_REQUEST, "the subprotocol must be `mqtt`").into_response();
    }
    let permit = match broker.permit(peer) {
        Ok(permit) => permit,
        Err(Event::RefusedFull) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "too many connections").into_response();
        }
        Err(_) => {
            return (StatusCode::TOO_MANY_REQUESTS, "too many connections of your address").into_response();
        }
    };
    let largest = broker.0.config.packets.packet as usize + ROOM_FOR_MORE;
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_message_size(largest)
        .max_frame_size(largest)
        .on_upgrade(async move |socket| {
            broker.serve_permitted(WebSocketStream::new(socket), peer, permit).await;
        })
}
