//! What a device heard in all its connections, held against what it had to hear.

use crate::company::Company;
use crate::device::{Device, Got, Manner};
use chat::{RoomId, Seq};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use store::Store as _;

/// What a device has to hear: of each room, these entries in this order.
pub(crate) type Expected = BTreeMap<RoomId, Vec<u64>>;

/// Entries that were erased at some time: who was here before heard them, and who came later did not.
pub(crate) type Erased = HashSet<(RoomId, u64)>;

/// A device that comes and goes.
#[derive(Default)]
pub(crate) struct Ears {
    pub(crate) device: Option<Device>,
    /// Where it began in each room, at its first subscription.
    pub(crate) begin: Option<HashMap<RoomId, Seq>>,
    /// What it heard in each connection, in order.
    pub(crate) connections: Vec<Vec<Got>>,
}

impl Ears {
    /// It comes, if it is not here: with a queue so short that it falls behind at the first chance.
    pub(crate) async fn connect(&mut self, company: &Company, (who, name): (&str, &str), rooms: &[RoomId]) {
        if self.device.is_some() {
            return;
        }
        let manner = Manner { queue: 3, ..Manner::default() };
        let arrived = company.arrive(who, name, &manner).await;
        self.connections.push(Vec::new());
        if self.begin.is_none() {
            let heads = company.store.heads(rooms).await.unwrap();
            arrived.subscribe("rooms/+/said").await;
            self.begin = Some(heads.iter().map(|head| (head.room, head.last_seq)).collect());
        }
        self.device = Some(arrived);
    }

    pub(crate) async fn vanish(&mut self) {
        if let Some(gone) = self.device.take() {
            gone.vanish().await;
        }
    }

    pub(crate) async fn read(&mut self, most: usize) {
        if let Some(reader) = &mut self.device {
            let got = reader.take_ready(most).await;
            self.connections.last_mut().unwrap().extend(got);
        }
    }

    pub(crate) fn heard(&self) -> impl Iterator<Item = &Got> {
        self.connections.iter().flatten()
    }

    /// Hears until it has the last entry of each room.
    pub(crate) async fn read_to_the_end(&mut self, expected: &Expected) {
        let mut last: HashMap<RoomId, u64> = HashMap::new();
        for got in self.heard() {
            let seq = last.entry(RoomId(got.mark.log)).or_default();
            *seq = (*seq).max(got.seq());
        }
        let device = self.device.as_mut().unwrap();
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

    /// It heard all of it, once, in order, and nothing else. Devices here acknowledge all they take, so nothing comes
    /// again in a later connection either.
    pub(crate) fn check(&self, expected: &Expected, erased: &Erased) -> Result<(), TestCaseError> {
        for got in self.heard() {
            let room = RoomId(got.mark.log);
            prop_assert!(expected.contains_key(&room), "not theirs: {} of {}", got.seq(), room);
        }
        for (room, seqs) in expected {
            let mut rest = seqs.iter().copied();
            let may_miss = |seq: &u64| erased.contains(&(*room, *seq));
            for got in self.heard().filter(|got| got.mark.log == room.0) {
                let passed = rest.by_ref().find(|seq| *seq == got.seq() || !may_miss(seq));
                prop_assert_eq!(passed, Some(got.seq()), "what comes next in {} of {:?}", room, seqs);
            }
            let missed: Vec<u64> = rest.filter(|seq| !may_miss(seq)).collect();
            prop_assert!(missed.is_empty(), "all of {room}: {missed:?} of {seqs:?} was not heard");
            self.check_path(*room, &may_miss)?;
        }
        Ok(())
    }

    /// `prev` is what this device heard before: a client that compares them sees a gap only where there is one. What was
    /// erased after this device heard it is not on the way any more.
    fn check_path(&self, room: RoomId, is_erased: &dyn Fn(&u64) -> bool) -> Result<(), TestCaseError> {
        let mut mine: Option<u64> = None;
        for got in self.heard().filter(|got| got.mark.log == room.0) {
            if let Some(mine) = mine {
                let was_erased = is_erased(&mine) && got.prev.is_some_and(|prev| prev < mine);
                prop_assert!(
                    got.prev == Some(mine) || was_erased,
                    "{:?}, not {mine}, before {}",
                    got.prev,
                    got.seq()
                );
            }
            mine = Some(got.seq());
        }
        Ok(())
    }
}
