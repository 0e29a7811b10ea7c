//! Any packet the standard allows, of either version and either side.

mod answers; // what a server says
mod requests; // what a client says
mod words; // strings, names, filters, numbers

pub(crate) use answers::{acknowledge, sent_by_server};
pub(crate) use requests::{connect, publish, sent_by_client};
