//! From CONNECT to CONNACK: who is it, do they get their seat, and what did they leave here earlier.

use super::attached::Attached;
use super::clock::{Clock, ProofEnd};
use super::connack::{self, Terms};
use super::greeting::{self, Refusal};
use super::packets::{Client, Inbound};
use super::reader::Reader;
use super::{Io, farewell};
use crate::application::{Application, Arrival, ConnectRefusal, Identity, Introduction, Welcome};
use crate::broker::{House, Permit, Visitor};
use crate::counters::Event;
use crate::outbound::{Control, Limits, Outbound};
use crate::seats::{Device, Taken};
use mqtt::ReasonCode;
use mqtt::packet::{Connect, Packet};
use std::net::SocketAddr;
use std::sync::Arc;

/// Brings a connection to its CONNACK, or refuses it.
pub(super) async fn arrive<A: Application, S: Io>(
    house: Arc<House<A>>,
    mut io: S,
    visitor: Visitor,
    mut permit: Permit,
) -> Option<Box<Attached<A, S>>> {
    let peer = visitor.peer;
    permit.turn(&house.closing).await;
    let mut reader = Reader::default();
    let arrived = match greeting::connect(&house, &mut io, &mut reader).await {
        Ok(connect) => enter(&house, connect, visitor, &mut permit).await,
        Err(refusal) => Err(refusal),
    };
    match arrived {
        Ok(entered) => {
            house.counters.count(Event::Connected);
            Some(Box::new(Attached::new(io, reader, entered, permit)))
        }
        Err(refusal) => {
            house.refuses(peer, refusal.why);
            refusal.code().into_iter().for_each(|code| house.counters.told(code));
            farewell::refuse(io, refusal.told, &house.config).await;
            None
        }
    }
}

/// All that a connection has once it is in.
pub(super) struct Entered<A: Application> {
    pub(super) client: Client<A>,
    pub(super) inbound: Inbound,
    pub(super) clock: Clock,
    pub(super) seat: Taken,
}

async fn enter<A: Application>(
    house: &Arc<House<A>>,
    connect: Connect,
    visitor: Visitor,
    permit: &mut Permit,
) -> Result<Entered<A>, Refusal> {
    if house.closing.is_cancelled() {
        return Err(draining(house, &connect));
    }
    let identity = authenticate(house, &connect, &visitor).await?;
    if identity.known
        && let Some(unknown) = permit.unknown.take()
    {
        unknown.becomes_known();
    }

    let client_id = client_id(&connect);
    let outbound = Outbound::new(limits(&connect, house));
    let seat = take_seat(house, &connect, &identity, &client_id, &outbound).await?;

    let proof_end = ProofEnd::new(identity.expires_at);
    let clock = Clock::new(connack::keep_alive(&connect, &house.config), &proof_end);
    let arrival = arrival(&connect, identity, Arc::clone(&client_id), outbound.clone(), visitor.peer);
    let welcome =
        house.application.connected(arrival).await.map_err(|refusal| refused(house, &connect, refusal))?;
    let granted = welcome.session_expiry;
    let session = greet(house, &connect, welcome, &client_id, &outbound);
    let inbound = Inbound::new(&connect, granted);
    let client = Client { house: Arc::clone(house), session, outbound, proof_end };
    Ok(Entered { client, inbound, clock, seat })
}

async fn authenticate<A: Application>(
    house: &House<A>,
    connect: &Connect,
    visitor: &Visitor,
) -> Result<Identity, Refusal> {
    let certified = visitor.certified.as_deref();
    let introduction = Introduction { connect, peer: visitor.peer, certified };
    let introduced = house.application.authenticate(introduction).await;
    introduced.map_err(|refusal| refused(house, connect, refusal))
}

async fn take_seat<A: Application>(
    house: &House<A>,
    connect: &Connect,
    identity: &Identity,
    client_id: &Arc<str>,
    outbound: &Outbound,
) -> Result<Taken, Refusal> {
    let device = Device { user: Arc::clone(&identity.user), client_id: Arc::clone(client_id) };
    let seat = house.seats.take(device, outbound, house.config.takeover_within).await;
    // A drain that began meanwhile may have missed us.
    if house.closing.is_cancelled() {
        return Err(draining(house, connect));
    }
    let busy = || Refusal::of(house, connect, Event::RefusedSeat, ReasonCode::ServerBusy, None);
    seat.ok_or_else(busy)
}

/// Prepares what leaves first: CONNACK, then what was sent before. `[MQTT5-4.4.0-1]`
fn greet<A: Application>(
    house: &House<A>,
    connect: &Connect,
    welcome: Welcome<A::Session>,
    client_id: &str,
    outbound: &Outbound,
) -> Arc<A::Session> {
    let terms = Terms {
        session_present: welcome.session_present,
        session_expiry: welcome.session_expiry,
        assigned_client_id: connect.client_id.is_empty().then(|| client_id.to_owned()),
        user_properties: welcome.user_properties,
    };
    outbound.resume(welcome.redeliver, welcome.first_packet_id, &welcome.unreleased);
    let connack = connack::welcome(connect, terms, &house.config);
    if outbound.control(Packet::Connack(Box::new(connack))) == Control::NeverFits {
        outbound.end(ReasonCode::PacketTooLarge);
    }
    outbound.release_again(&welcome.received);
    welcome.session
}

fn arrival(
    connect: &Connect,
    identity: Identity,
    client_id: Arc<str>,
    outbound: Outbound,
    peer: SocketAddr,
) -> Arrival {
    Arrival {
        identity,
        client_id,
        version: connect.version,
        clean_start: connect.clean_start,
        session_expiry: connack::session_expiry(connect),
        maximum_packet_size: connect.maximum_packet_size.map(std::num::NonZero::get),
        will: connect.will.clone(),
        user_properties: connect.user_properties.clone(),
        peer,
        outbound,
    }
}

fn limits<A>(connect: &Connect, house: &House<A>) -> Limits {
    let config = &house.config;
    let asked = connect.receive_maximum.map_or(u16::MAX, std::num::NonZero::get);
    Limits {
        version: connect.version,
        queue_bytes: config.queue_bytes,
        queue_count: config.queue_count,
        notices: config.notices,
        window: config.window.min(asked),
        receive_maximum: config.receive_maximum,
        maximum_packet_size: connect.maximum_packet_size.map(std::num::NonZero::get),
        problem_information: connect.request_problem_information.unwrap_or(true),
        topic_aliases: connect.topic_alias_maximum.unwrap_or(0).min(config.topic_aliases),
    }
}

/// The client's own name for the device, or one that nobody else has. `[MQTT5-3.1.3-6]`, `[MQTT3-3.1.3-6]`
fn client_id(connect: &Connect) -> Arc<str> {
    if connect.client_id.is_empty() {
        return format!("auto-{}", uuid::Uuid::now_v7().simple()).into();
    }
    connect.client_id.as_str().into()
}

fn refused<A>(house: &House<A>, connect: &Connect, refusal: ConnectRefusal) -> Refusal {
    Refusal::of(house, connect, Event::RefusedByApplication, refusal.code, Some(refusal.reason))
}

/// "Server shutting down" is a word for DISCONNECT only. `[MQTT5-3.2.2-8]`
fn draining<A>(house: &House<A>, connect: &Connect) -> Refusal {
    Refusal::of(house, connect, Event::RefusedDraining, ReasonCode::ServerUnavailable, None)
}
