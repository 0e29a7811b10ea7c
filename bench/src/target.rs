//! Against whom a load goes.

use crate::lookout::Lookout;
use std::net::SocketAddr;

/// The server, and who looks on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// Where it takes MQTT.
    pub(crate) server: SocketAddr,
    /// Its process, if it may be looked at.
    pub(crate) process: Option<u32>,
    /// What can be seen beside.
    pub(crate) lookout: &'a Lookout,
}
