//! One connection: from CONNECT until it is lost.
//!
//! Each has a `rumqttc` event loop of its own. What must survive it is in the outbox and the inbox, so nothing of
//! the loop does: packet ids begin anew, and no PUBACK of an old connection reaches a new one.
//!
//! Start at [`Connected::open`].

mod session; // tells rumqttc that nothing is in flight

mod seal; // by TLS, where that is asked for

mod socket; // what else the server said

mod pulse; // whether it is still there

mod again; // hearing a room once more

use self::pulse::Owed;
use self::seal::Seal;
use self::socket::Overheard;
use crate::answer::Refused;
use crate::hints::Server;
use crate::inbox::{Ack, WINDOW};
use crate::link::Link;
use crate::offline::{Ended, Offline};
use crate::options::Options;
use crate::outbox::{Outgoing, Turn};
use crate::payload;
use crate::property::property;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rumqttc::{
    AckMode, AsyncClient, ConnAck, Event, EventLoop, Incoming, MqttOptions, Publish, PublishNotice,
    PublishNoticeError, PublishOptions, PublishResult, QoS, SubscribeNotice, SubscribeReasonCode,
};
use secrecy::{ExposeSecret, SecretString};
use std::convert::Infallible;
use std::time::Duration;

/// MQTT's own port, and the one with TLS: for a Server Reference that names none.
const PORT: u16 = 1883;
const TLS_PORT: u16 = 8883;

/// Every room the user is in, now and later.
const EVERYTHING: &str = "rooms/+/said";

/// Bytes of the largest packet taken. A body of 64 KiB has at most six times as many as JSON, and a server may be
/// configured for larger ones.
const LARGEST: u32 = 4 * 1024 * 1024;

/// How long the last packets may take when the client is closed.
const GOODBYE: Duration = Duration::from_secs(2);

/// An accepted connection.
pub(crate) struct Connected {
    mqtt: AsyncClient,
    packets: EventLoop,
    overheard: Overheard,
    session_present: bool,
    /// The largest packet the server takes.
    largest: usize,
}

impl Connected {
    /// Connects and waits for CONNACK.
    pub(crate) async fn open(
        link: &Link,
        server: &Server,
        proof: Option<&SecretString>,
    ) -> Result<Connected, Ended> {
        let seal = match &link.options.tls {
            Some(tls) => Some(Seal::of(tls, server).await.map_err(Offline::from)?),
            None => None,
        };
        let overheard = Overheard::nothing(if seal.is_some() { TLS_PORT } else { PORT });
        let mut options = mqtt_options(&link.options, server, proof);
        overheard.on(&mut options, seal);
        // Without a limit of its own: the outbox and the window have one.
        let (mqtt, mut packets) = AsyncClient::builder(options).unbounded().build();
        let refused = |error| Ended { hints: overheard.hints(), ..Offline::of(error).into() };
        let connack = loop {
            if let Event::Incoming(Incoming::ConnAck(connack)) = packets.poll().await.map_err(refused)? {
                break connack;
            }
        };
        packets.options.clear_session_store();
        link.inbox.accepted(connack.session_present, incarnation(&connack));
        let largest = connack.properties.as_ref().and_then(|properties| properties.max_packet_size);
        let largest = largest.map_or(usize::MAX, |largest| largest as usize);
        Ok(Connected { mqtt, packets, overheard, session_present: connack.session_present, largest })
    }

    /// Subscribes, calls `up`, hears and sends, until the connection is lost or the client is closed.
    pub(crate) async fn serve(mut self, link: &Link, up: impl FnOnce(bool)) -> Ended {
        let (patience, session_present) = (link.options.patience, self.session_present);
        let subscribed = self.mqtt.try_subscribe_tracked(EVERYTHING, QoS::AtLeastOnce);
        let send = async {
            let subscribed = subscribed.map_err(Offline::lost)?;
            tokio::time::timeout(patience.answer, granted(subscribed))
                .await
                .map_err(|_| Offline::Silent)??;
            up(session_present);
            send(link, &self.mqtt, self.largest, &self.overheard).await
        };
        let why = tokio::select! {
            why = hear(&mut self.packets, &self.mqtt, link) => why,
            sent = send => match sent {
                Err(why) => why,
            },
            why = again::ask(link, &self.mqtt) => why,
            why = pulse::stops(patience, &self.mqtt, &self.overheard) => why,
            () = link.closing.cancelled() => Offline::Closed,
        };
        let ended = Ended { hints: self.overheard.hints(), was_accepted: true, why };
        if ended.why == Offline::Closed {
            self.say_goodbye().await;
        }
        ended
    }

    /// What was taken is acknowledged, and then DISCONNECT says that this end is meant.
    async fn say_goodbye(mut self) {
        if self.mqtt.try_disconnect_with_timeout(GOODBYE).is_ok() {
            let drained = async { while self.packets.poll().await.is_ok() {} };
            // When it takes longer the server finds out by itself.
            tokio::time::timeout(GOODBYE, drained).await.ok();
        }
    }
}

fn mqtt_options(options: &Options, server: &Server, proof: Option<&SecretString>) -> MqttOptions {
    let mut mqtt = MqttOptions::new(&options.device, (server.host.clone(), server.port));
    match proof {
        Some(proof) => mqtt.set_credentials(options.user.as_str(), proof.expose_secret().to_owned()),
        None => mqtt.set_username(options.user.as_str()),
    };
    mqtt.set_clean_start(false)
        .set_session_expiry_interval(Some(options.session_expiry.as_secs().try_into().unwrap_or(u32::MAX)))
        .set_receive_maximum(Some(WINDOW))
        .set_max_packet_size(Some(LARGEST))
        .set_keep_alive(options.patience.keep_alive.as_secs().try_into().unwrap_or(u16::MAX))
        .set_connect_timeout(options.patience.answer)
        .set_ack_mode(AckMode::Manual);
    let nothing = session::nothing_in_flight(&mqtt);
    mqtt.set_session_store(nothing);
    mqtt
}

fn incarnation(connack: &ConnAck) -> Option<String> {
    property(&connack.properties.as_ref()?.user_properties, "incarnation").map(str::to_owned)
}

async fn granted(subscribed: SubscribeNotice) -> Result<(), Offline> {
    let suback = subscribed.wait_async().await.map_err(Offline::lost)?;
    match suback.return_codes[..] {
        [SubscribeReasonCode::Success(QoS::AtLeastOnce)] => Ok(()),
        ref codes => Err(Offline::NotSubscribed(format!("{codes:?}"))),
    }
}

/// Takes what comes, until nothing does.
async fn hear(packets: &mut EventLoop, mqtt: &AsyncClient, link: &Link) -> Offline {
    loop {
        match packets.poll().await {
            Ok(Event::Incoming(Incoming::Publish(publish))) => match payload::heard(&publish.payload) {
                Ok(heard) => link.inbox.hear(heard, ack(mqtt, &publish)),
                Err(unreadable) => return Offline::Contract(unreadable.to_string()),
            },
            Ok(_) => {}
            Err(error) => return Offline::of(error),
        }
    }
}

/// The PUBACK of this publish. When its connection is gone the entry comes again, and is known then.
fn ack(mqtt: &AsyncClient, publish: &Publish) -> Ack {
    let (mqtt, ack) = (mqtt.clone(), mqtt.prepare_ack(publish));
    Box::new(move || {
        if let Some(ack) = ack {
            mqtt.try_manual_ack(ack).ok();
        }
    })
}

/// Sends everything in the outbox, and what is put into it, in order.
async fn send(
    link: &Link,
    mqtt: &AsyncClient,
    largest: usize,
    overheard: &Overheard,
) -> Result<Infallible, Offline> {
    let mut last = None;
    let mut answers = FuturesUnordered::new();
    let mut owed = Owed::new(link.options.patience);
    loop {
        for (turn, outgoing) in link.outbox.behind(last) {
            last = Some(turn);
            if outgoing.packet_len() > largest {
                link.settle(turn, Err(too_large(outgoing.packet_len(), largest).into()));
            } else {
                if answers.is_empty() {
                    owed.again();
                }
                answers.push(answer(turn, publish(mqtt, outgoing)?));
            }
        }
        tokio::select! {
            () = link.outbox.more() => {}
            () = owed.is_late(overheard), if !answers.is_empty() => return Err(Offline::Silent),
            Some((turn, answer)) = answers.next() => match answer {
                Ok(PublishResult::Qos1(puback)) => {
                    owed.again();
                    link.settle(turn, Ok(puback));
                }
                Ok(other) => return Err(Offline::Contract(format!("{other:?} for a publish of QoS 1"))),
                // It stays in the outbox, and the next connection sends it again.
                Err(error) => return Err(Offline::lost(error)),
            },
        }
    }
}

fn publish(mqtt: &AsyncClient, outgoing: Outgoing) -> Result<PublishNotice, Offline> {
    mqtt.try_publish_tracked(&*outgoing.topic, outgoing.payload, PublishOptions::new(QoS::AtLeastOnce))
        .map_err(Offline::lost)
}

async fn answer(turn: Turn, notice: PublishNotice) -> (Turn, Result<PublishResult, PublishNoticeError>) {
    (turn, notice.wait_async().await)
}

fn too_large(len: usize, limit: usize) -> Refused {
    Refused::TooLarge(format!("the packet would have {len} bytes and the server takes {limit}"))
}
