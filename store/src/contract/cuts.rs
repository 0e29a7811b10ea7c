//! A batch is only a way to write: whatever is sent, the same becomes of it one by one and many at a time.

use super::bench::*;
use super::device::*;
use super::dice::Dice;
use crate::{Fate, NewAct, NewEntry, Opening, Resend, SessionId};
use chat::{
    Change, Content, Deed, Draft, Joining, Mention, NewSettings, Role, RoomId, RulesVersion, Seq, Timestamp,
    UserId, Wording,
};

const SENT: usize = 600;
const SINGLY: RoomId = RoomId(7_101);
const TOGETHER: RoomId = RoomId(7_102);
/// Who never says or reads anything.
const QUIET: UserId = UserId(104);

impl Dice {
    fn mentions(&mut self) -> Vec<Mention> {
        let who = self.one_of(&[ANN, BO, CY, QUIET, UserId(404)]);
        let other = self.one_of(&[ANN, BO, CY]);
        match self.below(4) {
            0 => vec![Mention::All],
            _ => vec![called(who).into(), called(other).into()],
        }
    }

    /// One of the last few entries, which may or may not be a message, and may be gone.
    fn deed(&mut self, last: u64) -> NewAct {
        let of = Seq(1 + last.saturating_sub(self.below(8)));
        let deed = match self.below(7) {
            0 => Deed::Recall { of },
            1 => {
                let mentions = if self.below(2) == 0 { self.mentions() } else { Vec::new() };
                Deed::Edit { of, wording: Wording { mentions, ..Wording::text(self.one_of(&["yes", "no"])) } }
            }
            5 => Deed::Pin { of },
            6 => Deed::Unpin { of },
            2 => Deed::Unreact { of, sign: sign_of("+1") },
            _ => Deed::React { of, sign: sign_of("+1") },
        };
        NewAct::Do { deed, warrant: MEMBER }
    }

    /// Something about the room or who is in it.
    fn change(&mut self) -> NewAct {
        let who = person(self.one_of(&[BO, CY]));
        let join = self.one_of(&[Joining::Open, Joining::Invite]);
        NewAct::Change(match self.below(9) {
            0 => Change::Join { who, link: None },
            1 => Change::Leave { who },
            2 => Change::Kick { who },
            3 => Change::Ban { who },
            4 => Change::Unban { who },
            5 => Change::Mute { who, until: Timestamp(self.one_of(&[0, 5_000])) },
            6 => Change::Appoint { who, role: self.one_of(&[Role::Guest, Role::Member, Role::Admin]) },
            7 => Change::Add { who, role: Role::Member },
            _ => Change::Set(Box::new(NewSettings { join: Some(join), ..NewSettings::default() })),
        })
    }

    /// Few people, words, drafts and packets, so that they meet often.
    fn entry(&mut self, (rules, last): (i64, u64), session: SessionId) -> NewEntry {
        let sender = self.one_of(&[ANN, BO, CY, UserId(404)]);
        if self.below(4) == 0 {
            let by = self.one_of(&[ANN, ANN, BO, CY]);
            return NewEntry { act: self.change(), room: SINGLY, ..say(by, "") };
        }
        let act = match self.below(14) {
            0 => join(self.one_of(&[BO, CY])).act,
            1 => leave(self.one_of(&[BO, CY])).act,
            2..=5 => self.deed(last),
            6..=7 => NewAct::Say(Content { mentions: self.mentions(), ..Content::text("you") }),
            _ => NewAct::Say(Content::text(self.one_of(&["yes", "no"]))),
        };
        let rules = RulesVersion(if self.below(8) == 0 { rules - 1 } else { rules });
        let entry = NewEntry { act, room: SINGLY, rules, ..say(sender, "") };
        let entry = match self.below(3) {
            0 => NewEntry { draft: Some(Draft::from_text(self.one_of(&["1", "2", "3", "4"]))), ..entry },
            _ => entry,
        };
        let resend = self.one_of(&[Resend::New, Resend::IfSame, Resend::Always]);
        let packet_id = self.one_of(&[1, 2, 3]);
        if self.below(2) == 0 { packet(entry, session, packet_id, resend) } else { entry }
    }
}

/// However a sequence is cut into batches, every entry of it comes to the same.
pub async fn a_sequence_comes_to_the_same_however_it_is_cut(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert!(scene.store.add_account(&account(QUIET)).await.expect("an account is made"));
    scene.make(room(SINGLY, "singly", &[ANN, BO, QUIET])).await;
    scene.make(room(TOGETHER, "together", &[ANN, BO, QUIET])).await;
    let (here, there) = (session(&scene, "here").await, session(&scene, "there").await);
    let mut dice = Dice(17);
    let (mut sent, mut singly, mut rules, mut last) = (Vec::new(), Vec::new(), 1, 1);
    for _ in 0..SENT {
        let entry = dice.entry((rules, last), here);
        let fate = scene.put(entry.clone()).await;
        if let Fate::Stored { seq, .. } = fate {
            last = seq.0;
        }
        let changes = !matches!(entry.act, NewAct::Say(_) | NewAct::Do { .. });
        rules += i64::from(changes && matches!(fate, Fate::Stored { .. }));
        let moved = entry.inbound.map(|inbound| crate::Inbound { session: there, ..inbound });
        sent.push(NewEntry { room: TOGETHER, inbound: moved, ..entry });
        singly.push(fate);
    }
    let mut together = Vec::new();
    while together.len() < SENT {
        let end = SENT.min(together.len() + 1 + dice.below(40) as usize);
        together.extend(scene.commit(&sent[together.len()..end]).await);
    }
    for (at, entry) in sent.iter().enumerate() {
        assert_eq!(together[at], singly[at], "entry {at}: {entry:?}");
    }
    assert_eq!(log(&scene, TOGETHER).await, log(&scene, SINGLY).await);
    for user in [ANN, BO, CY] {
        let unread = |room: RoomId| scene.store.unread(user, room);
        assert_eq!(unread(TOGETHER).await.expect("it is read"), unread(SINGLY).await.expect("it is read"));
        assert_eq!(stretches(&scene, user, TOGETHER).await, stretches(&scene, user, SINGLY).await);
        assert_eq!(calls(&scene, user, TOGETHER).await, calls(&scene, user, SINGLY).await);
    }
    assert_eq!(calls(&scene, QUIET, TOGETHER).await, calls(&scene, QUIET, SINGLY).await);
    assert!(calls(&scene, QUIET, SINGLY).await.is_some_and(|calls| calls > 3), "nobody was called");
    every_kind_of_fate_was_met(&singly);
}

/// A test in which nothing happens would prove nothing.
fn every_kind_of_fate_was_met(fates: &[Fate]) {
    let met =
        |kind: fn(&Fate) -> bool| assert!(fates.iter().filter(|fate| kind(fate)).count() > 3, "{fates:?}");
    met(|fate| matches!(fate, Fate::Stored { .. }));
    met(|fate| matches!(fate, Fate::Duplicate { .. }));
    met(|fate| matches!(fate, Fate::DraftReused));
    met(|fate| matches!(fate, Fate::Stale));
    met(|fate| matches!(fate, Fate::Objected(_)));
    met(|fate| matches!(fate, Fate::Denied(_)));
    met(|fate| matches!(fate, Fate::Unchanged));
    met(|fate| matches!(fate, Fate::NoSuchUser));
}

async fn session(scene: &Scene, client_id: &str) -> SessionId {
    let opened = scene.seat(Opening { client_id, ..phone(ANN, 1) }).await;
    opened.id.expect("it is kept")
}

async fn log(scene: &Scene, room: RoomId) -> Vec<String> {
    let page = scene.store.read(room, Seq(0), Seq(u64::MAX), 500, Timestamp(0)).await.expect("it is read");
    page.iter().map(|entry| format!("{} {} {}: {}", entry.seq, entry.n, entry.from, words(entry))).collect()
}

async fn calls(scene: &Scene, user: UserId, room: RoomId) -> Option<u64> {
    let found = scene.store.conversations().conversation(user, room, Timestamp(0)).await;
    found.expect("it is read").map(|one| one.mentions)
}

async fn stretches(scene: &Scene, user: UserId, room: RoomId) -> Vec<crate::Interval> {
    let (_, all) = scene.store.memberships(user, Timestamp(0)).await.expect("they are read");
    all.into_iter().filter(|one| one.room == room).map(|one| one.interval).collect()
}
