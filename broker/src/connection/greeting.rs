//! The first packet: a CONNECT, and soon.

use super::reader::Reader;
use super::{Io, connack};
use crate::broker::House;
use crate::counters::Event;
use mqtt::packet::{Connack, Connect, Version};
use mqtt::{Answer, ReasonCode, Rejection};
use std::future::poll_fn;
use tokio::time::timeout;

/// Why a connection does not begin.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) why: Event,
    /// What it is told, if it would understand.
    pub(super) told: Option<(Version, Box<Connack>)>,
}

impl Refusal {
    fn silent(why: Event) -> Refusal {
        Refusal { why, told: None }
    }

    /// A CONNACK with this code.
    pub(super) fn with(why: Event, version: Version, code: ReasonCode, reason: Option<String>) -> Refusal {
        Refusal { why, told: Some((version, Box::new(connack::refusal(code, reason)))) }
    }
}

/// Waits for the CONNECT. `[MQTT5-3.1.0-1]`, `[MQTT3-3.1.0-1]`
pub(super) async fn connect<A, S: Io>(
    house: &House<A>,
    io: &mut S,
    reader: &mut Reader,
) -> Result<Connect, Refusal> {
    let coming = poll_fn(|cx| reader.poll_connect(cx, io, &house.config.packets));
    let coming = timeout(house.config.connect_within, coming);
    let came = tokio::select! {
        biased;
        came = coming => came,
        () = house.closing.cancelled() => return Err(Refusal::silent(Event::RefusedDraining)),
    };
    match came {
        Err(_) | Ok(None) => Err(Refusal::silent(Event::RefusedSilent)),
        Ok(Some(Err(rejection))) => Err(rejected(&rejection)),
        Ok(Some(Ok(connect))) => Ok(connect),
    }
}

fn rejected(rejection: &Rejection) -> Refusal {
    let why = Event::RefusedGreeting;
    match rejection.answer {
        Answer::Connack5(code) => Refusal::with(why, Version::V5, code, Some(rejection.to_string())),
        Answer::Connack3(return_code) => Refusal::with(why, Version::V3, meaning(return_code), None),
        Answer::Disconnect(_) | Answer::Close => Refusal::silent(why),
    }
}

/// The return codes the codec answers a CONNECT with, in the words of MQTT 5. `[MQTT3-3.2.2-6]`
fn meaning(return_code: u8) -> ReasonCode {
    match return_code {
        1 => ReasonCode::UnsupportedProtocolVersion,
        2 => ReasonCode::ClientIdentifierNotValid,
        4 => ReasonCode::BadUserNameOrPassword,
        5 => ReasonCode::NotAuthorized,
        _ => ReasonCode::ServerUnavailable,
    }
}
