//! A connection for which there is no place is told so, if that takes neither long nor much.
//!
//! Few are told at once, and for a moment only: whoever floods a port is closed without a word, since to save the work is
//! what the limit is there for.

use super::reader::Reader;
use super::{Io, farewell, greeting};
use crate::broker::House;
use crate::counters::Event;
use greeting::Refusal;
use mqtt::ReasonCode;
use std::sync::Arc;
use tokio::time::timeout;

/// Reads the CONNECT and answers it.
pub(crate) async fn turn_away<A, S: Io>(house: Arc<House<A>>, mut io: S, why: Event) {
    let Some((code, reason)) = words(why) else { return };
    let Ok(_place) = house.turning_away.try_acquire() else { return };
    let mut reader = Reader::default();
    let coming = greeting::connect(&house, &mut io, &mut reader);
    let Ok(Ok(connect)) = timeout(house.config.farewell_within, coming).await else { return };
    let refusal = Refusal::of(&house, &connect, why, code, Some(reason.to_owned()));
    house.counters.told(code);
    farewell::refuse(io, refusal.told, &house.config).await;
}

/// What is said of it; nothing to whoever has no business here.
fn words(why: Event) -> Option<(ReasonCode, &'static str)> {
    match why {
        Event::RefusedRate => Some((
            ReasonCode::ConnectionRateExceeded,
            "your address opens connections faster than this server lets one address",
        )),
        Event::RefusedAddress => Some((
            ReasonCode::QuotaExceeded,
            "your address has too many open connections that have not said who they are",
        )),
        Event::RefusedFull => {
            Some((ReasonCode::ServerBusy, "this server has as many connections as it takes; try again later"))
        }
        _ => None,
    }
}
