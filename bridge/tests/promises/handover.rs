//! From the log to live and back, whatever happens in between.
//!
//! Random messages and what is done to them, slow readers, reconnects, joins and leaves, against a model so simple that it can't be wrong:
//! the log itself says who was a member when, and a device must hear every entry of its user's memberships
//! after its first subscription, in order and once.

use crate::company::Company;
use crate::device::Manner;
use crate::ears::{Ears, Erased, Expected};
use crate::ground::Engine;
use chat::{Act, Entry, RoomId, Seq, Timestamp};
use proptest::prelude::*;
use std::collections::HashMap;
use store::{Account, Store};

const PEOPLE: [&str; 3] = ["ann", "bo", "cy"];
const ROOMS: [&str; 3] = ["tea", "den", "yard"];
/// Devices, by whose they are.
const DEVICES: [(&str, &str); 4] = [("ann", "phone"), ("bo", "phone"), ("bo", "watch"), ("cy", "phone")];

/// What is done to messages. A recall erases edits that were heard, so that no log could be the judge of it.
const DEEDS: [&str; 5] = [
    r#""kind":"edit","body":"or so","mentions":["bo"]"#,
    r#""kind":"react","body":"+1""#,
    r#""kind":"unreact","body":"+1""#,
    r#""kind":"pin""#,
    r#""kind":"unpin""#,
];

/// One thing that happens.
#[derive(Debug, Clone)]
enum Event {
    Say {
        who: usize,
        room: usize,
        times: u8,
    },
    /// Something is done to one of the last few entries, whatever it is.
    Do {
        who: usize,
        room: usize,
        back: u64,
        deed: usize,
    },
    /// Somebody has read up to one of them.
    Mark {
        who: usize,
        room: usize,
        back: u64,
    },
    Join {
        who: usize,
        room: usize,
    },
    Leave {
        who: usize,
        room: usize,
    },
    Connect(usize),
    Vanish(usize),
    Read {
        device: usize,
        most: usize,
    },
    /// Everything of this happens at once.
    Storm {
        rooms: Vec<usize>,
        device: usize,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0..PEOPLE.len();
    let room = 0..ROOMS.len();
    let device = 0..DEVICES.len();
    prop_oneof![
        6 => (who.clone(), room.clone(), 1..12_u8).prop_map(|(who, room, times)| Event::Say { who, room, times }),
        3 => (who.clone(), room.clone(), 0..6_u64, 0..DEEDS.len())
            .prop_map(|(who, room, back, deed)| Event::Do { who, room, back, deed }),
        2 => (who.clone(), room.clone(), 0..6_u64).prop_map(|(who, room, back)| Event::Mark { who, room, back }),
        2 => (who.clone(), room.clone()).prop_map(|(who, room)| Event::Join { who, room }),
        2 => (who, room.clone()).prop_map(|(who, room)| Event::Leave { who, room }),
        3 => device.clone().prop_map(Event::Connect),
        2 => device.clone().prop_map(Event::Vanish),
        4 => (device.clone(), 1..20_usize).prop_map(|(device, most)| Event::Read { device, most }),
        3 => (proptest::collection::vec(room, 1..8), device).prop_map(|(rooms, device)| Event::Storm { rooms, device }),
    ]
}

struct Play {
    company: Company,
    ids: [RoomId; ROOMS.len()],
    ears: Vec<Ears>,
}

impl Play {
    async fn begin(engine: Engine) -> Play {
        let company = Company::on(engine, &PEOPLE).await;
        for room in ROOMS {
            company.room(room, &PEOPLE).await;
        }
        let mut ids = [RoomId(0); ROOMS.len()];
        for (id, room) in ids.iter_mut().zip(ROOMS) {
            *id = company.room_id(room).await;
        }
        Play { company, ids, ears: DEVICES.iter().map(|_| Ears::default()).collect() }
    }

    async fn happen(&mut self, event: Event) {
        match event {
            Event::Say { who, room, times } => {
                for n in 0..times {
                    self.say(who, room, n).await;
                }
            }
            Event::Do { who, room, back, deed } => self.does(who, room, back, DEEDS[deed]).await,
            Event::Mark { who, room, back } => self.mark(who, room, back).await,
            Event::Join { who, room } => self.company.join(ROOMS[room], PEOPLE[who]).await,
            Event::Leave { who, room } => self.company.leave(ROOMS[room], PEOPLE[who]).await,
            Event::Connect(device) => self.connect(device).await,
            Event::Vanish(device) => self.ears[device].vanish().await,
            Event::Read { device, most } => self.ears[device].read(most).await,
            Event::Storm { rooms, device } => self.storm(&rooms, device).await,
        }
    }

    /// Only members say something; what others try is refused, and another promise.
    async fn say(&self, who: usize, room: usize, n: u8) {
        let (user, room) = (crate::company::handle(PEOPLE[who]), crate::company::handle(ROOMS[room]));
        drop(self.company.bridge.say(&user, &room, &format!("{n}")).await);
    }

    /// What can't be done is refused, and another promise.
    async fn does(&self, who: usize, room: usize, back: u64, deed: &str) {
        let (by, name) = (self.account(who).await, crate::company::handle(ROOMS[room]));
        let of = self.last(room).await.saturating_sub(back).max(1);
        let payload = format!(r#"{{"of":{of},{deed}}}"#);
        drop(self.company.bridge.say_json(&by, &name, payload.into()).await);
    }

    async fn mark(&self, who: usize, room: usize, back: u64) {
        let (by, name) = (self.account(who).await, crate::company::handle(ROOMS[room]));
        let seq = Seq(self.last(room).await.saturating_sub(back).max(1));
        drop(self.company.bridge.mark_read(&by, &name, seq).await);
    }

    async fn account(&self, who: usize) -> Account {
        self.company.account(PEOPLE[who]).await
    }

    async fn last(&self, room: usize) -> u64 {
        self.company.store.heads(&[self.ids[room]]).await.unwrap()[0].last_seq.0
    }

    async fn connect(&mut self, device: usize) {
        self.ears[device].connect(&self.company, DEVICES[device], &self.ids).await;
    }

    /// Messages, a reconnect and a leave race each other.
    async fn storm(&mut self, rooms: &[usize], device: usize) {
        let mut taken = self.ears[device].device.take();
        let (who, name) = DEVICES[device];
        let says = async {
            for (n, room) in rooms.iter().enumerate() {
                self.say(n % PEOPLE.len(), *room, 100).await;
            }
        };
        let moves = async {
            self.company.leave(ROOMS[rooms[0]], who).await;
            self.company.join(ROOMS[rooms[0]], who).await;
        };
        let again = async {
            match taken.take() {
                Some(gone) => {
                    gone.vanish().await;
                    Some(self.company.arrive(who, name, &Manner { queue: 3, ..Manner::default() }).await)
                }
                None => None,
            }
        };
        let ((), (), again) = tokio::join!(says, moves, again);
        if again.is_some() {
            self.ears[device].connections.push(Vec::new());
            self.ears[device].device = again;
        }
    }

    /// Everybody comes and reads to the end; then the log is the judge.
    async fn judge(mut self) -> Result<(), TestCaseError> {
        for device in 0..DEVICES.len() {
            self.connect(device).await;
        }
        let mut logs = HashMap::new();
        for id in self.ids {
            let log =
                self.company.store.read(id, Seq::ZERO, Seq(u64::MAX >> 1), 500, Timestamp(0)).await.unwrap();
            prop_assert!(log.iter().zip(1..).all(|(entry, seq)| entry.seq == Seq(seq)), "the log is dense");
            logs.insert(id, log);
        }
        for who in 0..PEOPLE.len() {
            self.list_agrees(who, &logs).await?;
        }
        for (ears, (who, _)) in self.ears.iter_mut().zip(DEVICES) {
            let begin = ears.begin.take().unwrap();
            let expected: Expected =
                logs.iter().map(|(id, log)| (*id, audible(log, who, begin[id]))).collect();
            ears.read_to_the_end(&expected).await;
            ears.check(&expected, &Erased::new())?;
        }
        Ok(())
    }
    /// A list has the rooms one is in, and counts what the log has after the mark.
    async fn list_agrees(&self, who: usize, logs: &HashMap<RoomId, Vec<Entry>>) -> Result<(), TestCaseError> {
        let user = self.account(who).await.id;
        let lists = self.company.store.conversations();
        let list = lists.list(user, None, None, 200, Timestamp(0)).await.unwrap();
        let is_in = |log: &Vec<Entry>| {
            let last = log.last().map_or(Seq::ZERO, |last| last.seq);
            audible(log, PEOPLE[who], last.before()).contains(&last.0)
                && !matches!(log.last(), Some(Entry { act: Act::Left { who: left }, .. }) if left.as_str() == PEOPLE[who])
        };
        let rooms = logs.values().filter(|log| is_in(log)).count();
        prop_assert_eq!(list.len(), rooms, "the rooms of {}", PEOPLE[who]);
        for one in list {
            let log = &logs[&one.room];
            let unread =
                log.iter().filter(|entry| entry.seq > one.read_seq && entry.act.kind().counts()).count();
            prop_assert_eq!((one.last_seq.0, one.unread), (log.len() as u64, unread as u64));
        }
        Ok(())
    }
}

/// The entries of a log that somebody may hear: those of their memberships, after `begin`.
fn audible(log: &[Entry], who: &str, begin: Seq) -> Vec<u64> {
    let mut member = false;
    let mut heard = Vec::new();
    for entry in log {
        let is = |name: &chat::Handle| name.as_str() == who;
        let leaves = match &entry.act {
            Act::Created { members } => {
                member = members.iter().any(is);
                false
            }
            Act::Joined { who } => {
                member |= is(who);
                false
            }
            Act::Left { who } | Act::Banned { who } => is(who),
            Act::Unbanned { .. } | Act::Appointed { .. } | Act::Muted { .. } => false,
            Act::Unmuted { .. } | Act::HandedOver { .. } | Act::Set(_) => false,
            Act::Invited { .. } | Act::Uninvited { .. } | Act::Requested { .. } => false,
            Act::Declined { .. } | Act::LinkMade { .. } | Act::LinkEnded { .. } => false,
            Act::Said(_) | Act::Recalled | Act::Did(_) | Act::Told(_) | Act::Reactions { .. } => false,
        };
        if member && entry.seq > begin {
            heard.push(entry.seq.0);
        }
        member &= !leaves;
    }
    heard
}

fn cases(engine: Engine) -> u32 {
    match (engine, std::env::var_os("NATTER_LONG").is_some()) {
        (Engine::Embedded, false) => 48,
        (Engine::Embedded, true) => 600,
        // Each has a schema made for it, and every commit is a round to a server that writes it to the disk.
        (Engine::Postgres, false) => 8,
        (Engine::Postgres, true) => 100,
    }
}

fn members_hear_each_room(engine: Engine) {
    let config = ProptestConfig { cases: cases(engine), max_shrink_iters: 200, ..ProptestConfig::default() };
    proptest!(config, |(events in proptest::collection::vec(event(), 1..60))| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut play = Play::begin(engine).await;
            for event in events {
                play.happen(event).await;
            }
            play.judge().await
        })?;
    });
}

#[test]
fn members_hear_each_room_in_seq_order_without_gaps_or_doubles() {
    members_hear_each_room(Engine::Embedded);
}

#[test]
fn over_postgres_members_hear_each_room_in_seq_order_without_gaps_or_doubles() {
    members_hear_each_room(Engine::Postgres);
}
