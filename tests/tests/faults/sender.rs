//! A sender that keeps what is not acknowledged and sends it again, as MQTT demands, for as long as it takes.

use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Packet, PacketId, Publish, Qos};
use std::collections::VecDeque;
use std::time::Duration;
use tests::{Device, Wire, publish};
use tokio::sync::watch;

/// Publishes under way at once.
const WINDOW: usize = 20;

/// Between two tries at a server whose database is away.
pub(crate) const AGAIN: Duration = Duration::from_millis(100);

/// What keeps a message from being said twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// A draft in the message; the session is a new one each time.
    Draft,
    /// Packet id and DUP in a session that lasts.
    Dup,
    /// QoS 2 in a session that lasts.
    ExactlyOnce,
}

/// A message that was sent and is not answered for good.
#[derive(Debug, Clone)]
struct UnderWay {
    message: Publish,
    room: String,
    body: String,
    /// QoS 2: the PUBREC came.
    is_received: bool,
}

/// A message that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// Where it was said.
    pub(crate) room: String,
    /// What was said; nobody says the same twice.
    pub(crate) body: String,
    /// As what it was taken, if the answer told.
    pub(crate) seq: Option<u64>,
}

/// What a sender is told by the test, and tells it.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// How often the server was started.
    pub(crate) starts: watch::Receiver<u64>,
    /// Whether to begin nothing new.
    pub(crate) enough: watch::Receiver<bool>,
    /// Messages acknowledged, of all senders.
    pub(crate) acknowledged: watch::Sender<usize>,
    /// Connections that the server ended with 0x89, of all senders.
    pub(crate) turned_away: watch::Sender<usize>,
}

/// One sender with its memory.
#[derive(Debug)]
pub(crate) struct Sender {
    device: Device,
    habit: Habit,
    name: String,
    rooms: Vec<String>,
    lines: Lines,
    under_way: VecDeque<UnderWay>,
    acknowledged: Vec<Acknowledged>,
    begun: usize,
    has_session: bool,
}

impl Sender {
    pub(crate) fn new(
        device: Device,
        habit: Habit,
        name: String,
        rooms: Vec<String>,
        lines: Lines,
    ) -> Sender {
        let device = if habit == Habit::Draft { device.clean() } else { device.lasting() };
        let (under_way, acknowledged) = (VecDeque::new(), Vec::new());
        Sender { device, habit, name, rooms, lines, under_way, acknowledged, begun: 0, has_session: false }
    }

    /// Sends until it is enough and everything is acknowledged; gives what was.
    pub(crate) async fn run(mut self) -> Vec<Acknowledged> {
        loop {
            self.lines.starts.borrow_and_update();
            let Some((mut wire, connack)) = self.device.try_arrive().await else {
                self.lines.starts.changed().await.expect("the test goes on");
                continue;
            };
            // A server whose database is away lets nobody in, and says so.
            if connack.code == ReasonCode::ServerUnavailable {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            assert_eq!(connack.code, ReasonCode::Success, "{}", self.name);
            assert!(connack.session_present || !self.has_session, "{} has lost its session", self.name);
            self.has_session = self.habit != Habit::Draft;
            if self.converse(&mut wire).await {
                return self.acknowledged;
            }
        }
    }

    /// One connection; true if everything is said and acknowledged.
    async fn converse(&mut self, wire: &mut Wire) -> bool {
        self.send_again(wire).await;
        loop {
            let is_enough = *self.lines.enough.borrow_and_update();
            while !is_enough && self.under_way.len() < WINDOW {
                self.begin(wire).await;
            }
            if self.under_way.is_empty() {
                return true;
            }
            match wire.next_or_end().await {
                None => return false,
                Some(Packet::Disconnect(bye)) if bye.code == ReasonCode::ServerBusy => {
                    self.lines.turned_away.send_modify(|count| *count += 1);
                    return false;
                }
                Some(packet) => self.take(packet, wire).await,
            }
        }
    }

    /// Everything that is not answered, in its order. `[MQTT5-4.4.0-1]`
    async fn send_again(&mut self, wire: &mut Wire) {
        let mut again = Vec::new();
        for sent in &mut self.under_way {
            again.push(match (self.habit, sent.is_received, sent.message.packet_id) {
                (_, true, Some(id)) => Packet::Pubrel(Acknowledge::new(id, ReasonCode::Success)),
                (habit, ..) => {
                    sent.message.dup = habit != Habit::Draft;
                    Packet::Publish(Box::new(sent.message.clone()))
                }
            });
        }
        wire.send_all(again).await;
    }

    async fn begin(&mut self, wire: &mut Wire) {
        self.begun += 1;
        let (room, body) =
            (self.rooms[self.begun % self.rooms.len()].clone(), format!("{} {}", self.name, self.begun));
        let content = match self.habit {
            Habit::Draft => format!(r#"{{"draft": "{body}", "body": "{body}"}}"#),
            Habit::Dup | Habit::ExactlyOnce => body.clone(),
        };
        let mut message = publish(&format!("rooms/{room}/say"), content);
        message.qos = if self.habit == Habit::ExactlyOnce { Qos::ExactlyOnce } else { Qos::AtLeastOnce };
        message.packet_id = PacketId::new(u16::try_from(self.begun % 60_000 + 1).expect("it is small"));
        wire.send(Packet::Publish(Box::new(message.clone()))).await;
        self.under_way.push_back(UnderWay { message, room, body, is_received: false });
    }

    async fn take(&mut self, packet: Packet, wire: &mut Wire) {
        match packet {
            Packet::Puback(puback) => self.is_acknowledged(&puback),
            Packet::Pubrec(pubrec) => {
                self.is_acknowledged(&pubrec);
                wire.send(Packet::Pubrel(Acknowledge::new(pubrec.packet_id, ReasonCode::Success))).await;
            }
            Packet::Pubcomp(pubcomp) => {
                self.under_way.retain(|sent| sent.message.packet_id != Some(pubcomp.packet_id));
            }
            other => panic!("{}: unexpected {other:?}", self.name),
        }
    }

    fn is_acknowledged(&mut self, answer: &Acknowledge) {
        assert_eq!(answer.code, ReasonCode::Success, "{}: {answer:?}", self.name);
        let place = self.under_way.iter().position(|sent| sent.message.packet_id == Some(answer.packet_id));
        let place = place.unwrap_or_else(|| panic!("{}: an answer to nothing: {answer:?}", self.name));
        let told = answer.user_properties.iter().find(|(name, _)| name == "seq");
        let seq = told.map(|(_, seq)| seq.parse().expect("a number"));
        let sent = &mut self.under_way[place];
        if !sent.is_received {
            let (room, body) = (sent.room.clone(), sent.body.clone());
            self.acknowledged.push(Acknowledged { room, body, seq });
            self.lines.acknowledged.send_modify(|count| *count += 1);
        }
        if self.habit == Habit::ExactlyOnce {
            sent.is_received = true;
        } else {
            self.under_way.remove(place);
        }
    }
}
