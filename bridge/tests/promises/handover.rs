//! From the log to live and back, whatever happens in between.
//!
//! Random messages and what is done to them, slow readers, reconnects, joins and leaves, against a model so simple that it can't be wrong:
//! the log itself says who was a member when, and a device must hear every entry of its user's memberships
//! after its first subscription, in order and once.

use crate::company::Company;
use crate::device::{Device, Got, Manner};
use chat::{Act, Entry, RoomId, Seq, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
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

/// What one device heard: for each connection, in order.
#[derive(Default)]
struct Ears {
    device: Option<Device>,
    /// Where it began in each room, at its first subscription.
    begin: Option<HashMap<RoomId, Seq>>,
    connections: Vec<Vec<Got>>,
}

impl Ears {
    fn hear(&mut self, got: Vec<Got>) {
        self.connections.last_mut().unwrap().extend(got);
    }
}

struct Play {
    company: Company,
    ids: [RoomId; ROOMS.len()],
    ears: Vec<Ears>,
}

impl Play {
    async fn begin() -> Play {
        let company = Company::of(&PEOPLE).await;
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
            Event::Vanish(device) => self.vanish(device).await,
            Event::Read { device, most } => self.read(device, most).await,
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
        self.company.store.account(&crate::company::handle(PEOPLE[who])).await.unwrap().unwrap()
    }

    async fn last(&self, room: usize) -> u64 {
        self.company.store.heads(&[self.ids[room]]).await.unwrap()[0].last_seq.0
    }

    async fn connect(&mut self, device: usize) {
        if self.ears[device].device.is_some() {
            return;
        }
        let (who, name) = DEVICES[device];
        // A queue so short that a device falls behind at the first chance.
        let manner = Manner { queue: 3, ..Manner::default() };
        let arrived = self.company.arrive(who, name, &manner).await;
        self.ears[device].connections.push(Vec::new());
        if self.ears[device].begin.is_none() {
            let heads = self.company.store.heads(&self.ids).await.unwrap();
            arrived.subscribe("rooms/+/said").await;
            self.ears[device].begin = Some(heads.iter().map(|head| (head.room, head.last_seq)).collect());
        }
        self.ears[device].device = Some(arrived);
    }

    async fn vanish(&mut self, device: usize) {
        if let Some(gone) = self.ears[device].device.take() {
            gone.vanish().await;
        }
    }

    async fn read(&mut self, device: usize, most: usize) {
        if let Some(reader) = &mut self.ears[device].device {
            let got = reader.take_ready(most).await;
            self.ears[device].hear(got);
        }
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
            let expected: BTreeMap<RoomId, Vec<u64>> =
                logs.iter().map(|(id, log)| (*id, audible(log, who, begin[id]))).collect();
            ears.read_to_the_end(&expected).await;
            ears.check(&expected)?;
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
            Act::Said(_) | Act::Recalled | Act::Did(_) | Act::Told(_) | Act::Reactions { .. } => false,
        };
        if member && entry.seq > begin {
            heard.push(entry.seq.0);
        }
        member &= !leaves;
    }
    heard
}

impl Ears {
    async fn read_to_the_end(&mut self, expected: &BTreeMap<RoomId, Vec<u64>>) {
        let device = self.device.as_mut().unwrap();
        let mut last: HashMap<RoomId, u64> = HashMap::new();
        for got in self.connections.iter().flatten() {
            let seq = last.entry(RoomId(got.mark.log)).or_default();
            *seq = (*seq).max(got.seq());
        }
        let missing = |last: &HashMap<RoomId, u64>| {
            expected.iter().any(|(room, seqs)| seqs.last() > last.get(room).or(seqs.last().map(|_| &0)))
        };
        while missing(&last) {
            let got = device.take().await;
            let seq = last.entry(RoomId(got.mark.log)).or_default();
            *seq = (*seq).max(got.seq());
            self.connections.last_mut().unwrap().push(got);
        }
        let rest = device.take_ready(1_000).await;
        self.connections.last_mut().unwrap().extend(rest);
    }

    fn check(&self, expected: &BTreeMap<RoomId, Vec<u64>>) -> Result<(), TestCaseError> {
        for (room, seqs) in expected {
            let mut next = 0;
            for connection in &self.connections {
                let heard: Vec<u64> =
                    connection.iter().filter(|got| got.mark.log == room.0).map(Got::seq).collect();
                prop_assert!(heard.is_sorted_by(|a, b| a < b), "once and in order: {heard:?}");
                let Some(first) = heard.first() else { continue };
                let at = seqs
                    .binary_search(first)
                    .map_err(|_| TestCaseError::fail(format!("not theirs: {first}")))?;
                // Devices here acknowledge all they take, so nothing comes again either.
                prop_assert_eq!(
                    at,
                    next,
                    "after {:?} came {}",
                    next.checked_sub(1).map(|at| seqs[at]),
                    first
                );
                let end = (at + heard.len()).min(seqs.len());
                prop_assert_eq!(&seqs[at..end], &heard[..], "no gap, and nothing that is not theirs");
                next = at + heard.len();
            }
            prop_assert_eq!(next, seqs.len(), "all of it: {:?}", &seqs[next..]);
            self.check_path(*room)?;
        }
        Ok(())
    }

    /// `prev` is what this device heard before: a client that compares them sees a gap only where there is one.
    fn check_path(&self, room: RoomId) -> Result<(), TestCaseError> {
        let path = self.connections.iter().flatten().filter(|got| got.mark.log == room.0);
        let mut mine = None;
        for got in path {
            if mine.is_some() {
                prop_assert_eq!(got.prev, mine, "on the way to {}", got.seq());
            }
            mine = Some(got.seq());
        }
        Ok(())
    }
}

fn cases() -> u32 {
    if std::env::var_os("NATTER_LONG").is_some() { 600 } else { 48 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn members_hear_each_room_in_seq_order_without_gaps_or_doubles(
        events in proptest::collection::vec(event(), 1..60)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut play = Play::begin().await;
            for event in events {
                play.happen(event).await;
            }
            play.judge().await
        })?;
    }
}
