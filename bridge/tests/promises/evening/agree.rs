//! Whether the product and the model say the same.

use super::model::{Line, Model, Person, Stretch};
use super::stage::{SIGNS, Stage};
use chat::{Entry, Kind, RoomId, Seq, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use std::collections::{BTreeMap, BTreeSet};
use store::{Conversation, Interval, Store as _};

const NOW: Timestamp = Timestamp(1);

impl Stage {
    fn place(&self, id: RoomId) -> usize {
        self.ids.iter().position(|one| *one == id).unwrap()
    }

    fn person_of(&self, name: &chat::Handle) -> Person {
        self.people.iter().position(|one| one.handle == *name).unwrap()
    }

    /// Everybody's list: which rooms, what they are there, where the log ends, what is unread and calls them.
    pub(super) async fn lists_agree(&self, model: &Model) -> Result<(), TestCaseError> {
        for (who, account) in self.people.iter().enumerate() {
            let list =
                self.company.store.conversations().list(account.id, None, None, 200, NOW).await.unwrap();
            let places: Vec<_> = list.iter().map(|one| (one.last_at, one.room)).collect();
            prop_assert!(places.is_sorted_by(|a, b| a > b), "what was said last is first: {places:?}");
            let mut lines: Vec<Line> = list.iter().map(|one| self.line(one)).collect();
            lines.sort_by_key(|line| line.room);
            prop_assert_eq!(lines, model.list(who), "the list of {}", account.handle);
        }
        Ok(())
    }

    fn line(&self, one: &Conversation) -> Line {
        let set = &one.settings;
        Line {
            room: self.place(one.room),
            role: one.role,
            last: one.last_seq.0,
            unread: one.unread,
            mentions: one.mentions,
            mine: super::model::Mine {
                read: one.read_seq.0,
                pinned: set.pinned,
                archived: set.archived,
                marked: set.marked,
                began: one.unsaid.is_some(),
            },
        }
    }

    /// Everything else that is kept of rooms.
    pub(super) async fn all_agrees(&self, model: &Model) -> Result<(), TestCaseError> {
        for room in 0..self.ids.len() {
            self.log_agrees(model, room).await?;
            self.people_agree(model, room).await?;
            self.messages_agree(model, room).await?;
            self.ways_agree(model, room).await?;
        }
        let good =
            model.links.iter().enumerate().filter(|(at, link)| model.good_link(link.room, *at).is_some());
        let good: Vec<_> = good.map(|(at, link)| (at, link.uses_left)).collect();
        prop_assert_eq!(self.good_links().await, good, "links");
        Ok(())
    }

    /// Dense, and of the same people and kinds.
    async fn log_agrees(&self, model: &Model, room: usize) -> Result<(), TestCaseError> {
        let there = &model.rooms[room];
        let log =
            self.company.store.read(self.ids[room], Seq::ZERO, Seq(u64::MAX >> 1), 500, NOW).await.unwrap();
        let mut n = 0;
        let expected = there.log.iter().zip(1..).filter_map(|(entry, seq)| {
            n += u64::from(entry.message.is_some());
            (!there.is_erased(seq)).then_some((seq, n, entry.by, there.kind_of(seq)))
        });
        let expected: Vec<_> = expected.collect();
        let seen = |one: &Entry| (one.seq.0, one.n, self.person_of(&one.from), one.act.kind());
        prop_assert_eq!(
            log.iter().map(seen).collect::<Vec<_>>(),
            expected,
            "the log of {}",
            self.rooms[room]
        );
        let head = self.company.store.heads(&[self.ids[room]]).await.unwrap()[0].last_seq;
        prop_assert_eq!(head.0, there.last());
        Ok(())
    }

    /// Who is in it as what, who may not come, and who was in it from where to where.
    async fn people_agree(&self, model: &Model, room: usize) -> Result<(), TestCaseError> {
        let (there, id) = (&model.rooms[room], self.ids[room]);
        let places = self.company.store.places();
        let seated = places.seated(id, None, 100).await.unwrap();
        let seen = seated.iter().map(|one| {
            let muted = one.seat.muted_until.is_some_and(|until| until == Timestamp::NEVER);
            (self.person_of(&one.handle), (one.seat.role, muted, one.joined.0))
        });
        let joined = |who: &Person| there.stretches[who].last().unwrap().joined;
        let expected = there.seats.iter().map(|(who, seat)| (*who, (seat.role, seat.is_muted, joined(who))));
        prop_assert_eq!(seen.collect::<BTreeMap<_, _>>(), expected.collect::<BTreeMap<_, _>>(), "who is in");
        let bans = places.bans(id, None, 100).await.unwrap();
        let banned: BTreeSet<Person> = bans.iter().map(|ban| self.person_of(&ban.handle)).collect();
        prop_assert_eq!(&banned, &there.banned, "who is banned");
        for (who, account) in self.people.iter().enumerate() {
            let kept = self.company.store.intervals(account.id, id).await.unwrap();
            let stretch = |one: &Interval| Stretch {
                from: one.from_seq.0,
                joined: one.joined.0,
                to: one.to_seq.map(|to| to.0),
            };
            let kept: Vec<Stretch> = kept.iter().map(stretch).collect();
            prop_assert_eq!(
                kept,
                there.stretches.get(&who).cloned().unwrap_or_default(),
                "{}'s",
                account.handle
            );
        }
        Ok(())
    }

    /// What has become of each message, as everybody sees it.
    async fn messages_agree(&self, model: &Model, room: usize) -> Result<(), TestCaseError> {
        let (there, id) = (&model.rooms[room], self.ids[room]);
        let seqs: Vec<Seq> = (1..=there.last()).filter(|seq| there.is_message(*seq)).map(Seq).collect();
        for (who, account) in self.people.iter().enumerate() {
            let mut seen = BTreeMap::new();
            for some in seqs.chunks(256) {
                for one in self.company.store.upshots(id, some, account.id, NOW).await.unwrap() {
                    let signs: Vec<_> = one
                        .signs
                        .iter()
                        .map(|one| (one.sign.as_str().to_owned(), one.people, one.own))
                        .collect();
                    let (is_edited, pin) = (one.edit.is_some(), one.pin.map(|pin| pin.0));
                    seen.insert(one.seq.0, (is_edited, pin, signs));
                }
            }
            prop_assert_eq!(seen, there.upshots(who), "what {} sees of {}", account.handle, self.rooms[room]);
        }
        let pins = self.company.store.pins(id, NOW).await.unwrap();
        let pins: Vec<u64> = pins.iter().map(|entry| entry.seq.0).collect();
        prop_assert_eq!(pins, there.pinned(), "what is pinned in {}", self.rooms[room]);
        Ok(())
    }

    /// Who is invited as what, and who asks.
    async fn ways_agree(&self, model: &Model, room: usize) -> Result<(), TestCaseError> {
        let (there, id) = (&model.rooms[room], self.ids[room]);
        let ways = self.company.store.ways();
        let invited = ways.invitations_to(id, NOW).await.unwrap();
        let invited: BTreeMap<_, _> =
            invited.iter().map(|one| (self.person_of(&one.who), one.role)).collect();
        prop_assert_eq!(&invited, &there.invited, "who is invited");
        for (who, account) in self.people.iter().enumerate() {
            let theirs = ways.invitations_of(account.id, NOW).await.unwrap();
            prop_assert_eq!(theirs.iter().any(|one| one.room == id), there.invited.contains_key(&who));
        }
        let asked = ways.requests(id, None, 100).await.unwrap();
        let asked: BTreeSet<Person> = asked.iter().map(|one| self.person_of(&one.handle)).collect();
        prop_assert_eq!(&asked, &there.asked, "who asks to be let in");
        Ok(())
    }
}

type Seen = (bool, Option<u64>, Vec<(String, u64, bool)>);

impl super::model::Room {
    fn is_message(&self, seq: u64) -> bool {
        self.entry(seq).is_some_and(|entry| entry.message.is_some())
    }

    /// As it is read now.
    pub(super) fn kind_of(&self, seq: u64) -> Kind {
        let entry = self.entry(seq).unwrap();
        match &entry.message {
            Some(message) if message.is_recalled => Kind::Recalled,
            _ => entry.kind,
        }
    }

    /// What has become of the messages to which something was done.
    fn upshots(&self, who: Person) -> BTreeMap<u64, Seen> {
        let messages =
            self.log.iter().zip(1..).filter_map(|(entry, seq)| Some((seq, entry.message.as_ref()?)));
        let seen = messages.map(|(seq, message)| {
            let mut signs: Vec<_> = (0..SIGNS.len())
                .map(|sign| {
                    let people = message.signs.keys().filter(|(_, one)| *one == sign).count() as u64;
                    (SIGNS[sign].to_owned(), people, message.signs.contains_key(&(who, sign)))
                })
                .filter(|(_, people, _)| *people > 0)
                .collect();
            signs.sort();
            (seq, (message.is_edited, message.pinned, signs))
        });
        seen.filter(|(_, (is_edited, pin, signs))| *is_edited || pin.is_some() || !signs.is_empty()).collect()
    }

    fn pinned(&self) -> Vec<u64> {
        let pins = self
            .log
            .iter()
            .zip(1..)
            .filter(|(entry, _)| entry.message.as_ref().is_some_and(|message| message.pinned.is_some()));
        pins.map(|(_, seq)| seq).collect()
    }
}
