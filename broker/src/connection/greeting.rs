//! The first packet: a CONNECT, and soon.

use super::reader::Reader;
use super::{Io, connack};
use crate::broker::House;
use crate::counters::Event;
use mqtt::packet::{Connect, Packet, Version};
use mqtt::{Answer, ReasonCode, Rejection};
use std::future::poll_fn;
use std::num::NonZeroU32;
use tokio::time::timeout;

/// Why a connection does not begin.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) why: Event,
    /// What it is told, if it would understand.
    pub(super) told: Option<(Version, Packet)>,
}

impl Refusal {
    fn silent(why: Event) -> Refusal {
        Refusal { why, told: None }
    }

    /// A CONNACK with this code, for a client whose CONNECT was understood: no more than it takes.
    pub(super) fn of<A>(
        house: &House<A>,
        connect: &Connect,
        why: Event,
        code: ReasonCode,
        reason: Option<String>,
    ) -> Refusal {
        let mut told = Packet::Connack(Box::new(connack::refusal(code, reason, house.stay_away(code))));
        let most = connect.maximum_packet_size.map_or(u32::MAX, NonZeroU32::get);
        let fits = mqtt::encode::fit(&mut told, connect.version, most);
        Refusal { why, told: fits.then_some((connect.version, told)) }
    }

    /// The reason that it is told.
    pub(super) fn code(&self) -> Option<ReasonCode> {
        match &self.told {
            Some((_, Packet::Connack(connack))) => Some(connack.code),
            _ => None,
        }
    }

    fn rejected(version: Version, code: ReasonCode, reason: Option<String>) -> Refusal {
        let told = Packet::Connack(Box::new(connack::refusal(code, reason, Vec::new())));
        Refusal { why: Event::RefusedGreeting, told: Some((version, told)) }
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
    match rejection.answer {
        Answer::Connack5(code) => Refusal::rejected(Version::V5, code, Some(rejection.to_string())),
        Answer::Connack3(return_code) => Refusal::rejected(Version::V3, meaning(return_code), None),
        Answer::Disconnect(_) | Answer::Close => Refusal::silent(Event::RefusedGreeting),
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
