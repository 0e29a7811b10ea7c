//! Several people do whatever comes to their minds, and after each step the store says what the plainest model says:
//! numbers, what is unread, who is called, lists, what changed in them since a token, and what each device hears.

use super::bench::*;
use super::dice::Dice;
use super::model::{EVERYBODY, Line, Model};
use crate::{Moment, NewEntry, PushLevel, Settings, SettingsChange, Unsaid};
use chat::{Content, Deed, Mention, RoomId, RulesVersion, Seq, Timestamp, UserId, Warrant, Wording};
use std::collections::BTreeMap;

const ROOMS: [RoomId; 3] = [TEA, RoomId(7_002), RoomId(7_003)];
const PEOPLE: [UserId; 3] = [ANN, BO, CY];
const SEEDS: [u64; 3] = [3, 1_414, 271_828];
const STEPS: u64 = 220;

/// One walk.
struct Walk {
    scene: Scene,
    model: Model,
    dice: Dice,
    /// What each person's list last had as its token, and the step it was given at.
    tokens: BTreeMap<UserId, (Moment, u64)>,
    /// How far each person's device has heard each room.
    heard: BTreeMap<(UserId, RoomId), u64>,
}

/// Whatever people do, in whatever order, the store and the model agree.
pub async fn whatever_people_do_a_store_and_the_plainest_model_agree(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (mut scene, mut model) = (scene, Model::default());
    model.make(TEA, ANN, &[ANN, BO], 500);
    for (id, handle) in [(ROOMS[1], "attic"), (ROOMS[2], "cellar")] {
        scene.make(room(id, handle, &PEOPLE)).await;
        model.make(id, ANN, &PEOPLE, 500);
    }
    for seed in SEEDS {
        let (tokens, heard) = (BTreeMap::new(), BTreeMap::new());
        let mut walk = Walk { scene, model, dice: Dice(seed), tokens, heard };
        for step in 0..STEPS {
            walk.model.step += 1;
            walk.step().await;
            walk.agree(&format!("seed {seed}, step {step}")).await;
        }
        (scene, model) = (walk.scene, walk.model);
        scene = scene.reopened(bench).await;
    }
}

impl Walk {
    async fn step(&mut self) {
        let (user, id) = (self.dice.one_of(&PEOPLE), self.dice.one_of(&ROOMS));
        match self.dice.below(20) {
            0 => self.read(user, id).await,
            1 => self.set(user, id).await,
            2 => self.begin(user, id).await,
            3 => self.join(user, id).await,
            4 if self.dice.once_in(2) => self.leave(user, id).await,
            5..=8 => self.does(user, id).await,
            _ => self.say(user, id).await,
        }
    }

    /// Two steps share a millisecond, so that a list has to keep its order by more than that.
    fn at(&self) -> i64 {
        1_000 + (self.model.step / 2).cast_signed()
    }

    fn entry(&self, id: RoomId, entry: NewEntry) -> NewEntry {
        let rules = self.model.rooms.get(&id).map_or(1, |room| room.rules);
        NewEntry { room: id, rules: RulesVersion(rules), at: Timestamp(self.at()), ..entry }
    }

    fn names(&mut self) -> (Vec<UserId>, Vec<Mention>) {
        let all = [EVERYBODY, ANN, BO, CY];
        let names: Vec<UserId> = (0..self.dice.below(3)).map(|_| self.dice.one_of(&all)).collect();
        let mention = |who: &UserId| if *who == EVERYBODY { Mention::All } else { called(*who).into() };
        (names.clone(), names.iter().map(mention).collect())
    }

    async fn say(&mut self, user: UserId, id: RoomId) {
        let (names, mentions) = self.names();
        let content = Content { mentions, ..Content::text("hello") };
        let said = self.entry(id, NewEntry { act: crate::NewAct::Say(content), ..say(user, "") });
        let at = self.at();
        if self.model.rooms[&id].member(user).is_some() {
            assert_eq!(self.scene.put(said).await, self.model.say(id, user, at, &names));
        }
    }

    /// To one of the last few entries, whatever it is.
    async fn does(&mut self, user: UserId, id: RoomId) {
        let room = &self.model.rooms[&id];
        let Some(from) = room.member(user) else { return };
        let (of, at) = ((room.last() + 1).saturating_sub(self.dice.below(7)).max(1), self.at());
        let warrant = Warrant { hears_from: Seq(from), ..MEMBER };
        let (deed, fate) = match self.dice.below(3) {
            0 => {
                let (names, mentions) = self.names();
                let wording = Wording { mentions, ..Wording::text("or so") };
                (Deed::Edit { of: Seq(of), wording }, self.model.edit(id, user, at, of, &names))
            }
            1 => (Deed::Recall { of: Seq(of) }, self.model.recall(id, user, at, of)),
            _ => (Deed::React { of: Seq(of), sign: sign_of("+1") }, self.model.react(id, user, at, of)),
        };
        let entry = NewEntry { at: Timestamp(at), ..self.entry(id, does(user, deed, warrant)) };
        assert_eq!(self.scene.put(entry).await, fate);
    }

    async fn join(&mut self, user: UserId, id: RoomId) {
        let (entry, at) = (self.entry(id, join(user)), self.at());
        assert_eq!(self.scene.put(entry).await, self.model.join(id, user, at));
    }

    /// By themselves, or shown out by ann.
    async fn leave(&mut self, user: UserId, id: RoomId) {
        let (by, at) = (self.dice.one_of(&[user, ANN]), self.at());
        let entry = self.entry(id, NewEntry { sender: by, ..leave(user) });
        assert_eq!(self.scene.put(entry).await, self.model.leave(id, user, by, at));
    }

    async fn read(&mut self, user: UserId, id: RoomId) {
        let seq = self.dice.below(self.model.rooms[&id].last() + 5);
        let mark = crate::ReadMark { user, room: id, seq: Seq(seq) };
        self.scene.store.mark_read(&[mark]).await.expect("a mark is moved");
        self.model.read(id, user, seq);
    }

    async fn set(&mut self, user: UserId, id: RoomId) {
        let mut yes = || self.dice.once_in(2).then(|| self.dice.once_in(2));
        let (pinned, archived, marked) = (yes(), yes(), yes());
        let muted_until = self.dice.one_of(&[None, Some(None), Some(Some(Settings::FOR_EVER))]);
        let push_level = self.dice.one_of(&[None, Some(None), Some(Some(PushLevel::Mentions))]);
        let change = SettingsChange { muted_until, pinned, archived, marked, push_level };
        let set = self.scene.store.conversations().set(user, id, &change).await.expect("it is tried");
        assert_eq!(set, self.model.set(id, user, &change));
    }

    async fn begin(&mut self, user: UserId, id: RoomId) {
        let text = self.dice.one_of(&["", "well", "the kettle ☕"]);
        let unsaid = Unsaid { text: text.into(), at: Timestamp(self.at()) };
        let kept = self.scene.store.conversations().keep_unsaid(user, id, &unsaid).await;
        assert_eq!(kept.expect("it is tried"), self.model.begin(id, user, text));
    }

    /// Somebody looks at their list, at what changed in it, and hears what they have not heard.
    async fn agree(&mut self, when: &str) {
        let user = self.dice.one_of(&PEOPLE);
        let lists = self.scene.store.conversations();
        let list = |since| lists.list(user, since, None, 200, Timestamp(9_000));
        let now = lists.moment().await.expect("it is read");
        let all = list(None).await.expect("it is read");
        assert_eq!(lines(&all), self.model.list(user, None), "{user}'s list: {when}");
        for one in &all {
            let unread = self.scene.store.unread(user, one.room).await.expect("it is read");
            assert_eq!((one.read_seq, one.unread), unread, "{when}");
        }
        if let Some((then, step)) = self.tokens.get(&user).copied() {
            let changed = list(Some(then)).await.expect("it is read");
            assert_eq!(lines(&changed), self.model.list(user, Some(step)), "what is new to {user}: {when}");
            let gone = lists.gone(user, then, 100).await.expect("it is read");
            let handles = |id: &RoomId| name(["tea", "attic", "cellar"][(id.0 - TEA.0) as usize]);
            let mut expected: Vec<_> = self.model.gone(user, step).iter().map(handles).collect();
            expected.sort();
            assert_eq!(gone, expected, "what is gone for {user}: {when}");
        }
        if self.dice.once_in(3) {
            self.tokens.insert(user, (now, self.model.step));
        }
        if self.dice.once_in(4) {
            self.hear(user, when).await;
        }
    }

    /// A device asks for what it has not heard, within its memberships, and hears exactly that.
    async fn hear(&mut self, user: UserId, when: &str) {
        for id in ROOMS {
            let room = &self.model.rooms[&id];
            let stretches = room.stretches.get(&user).cloned().unwrap_or_default();
            let stored = self.scene.store.intervals(user, id).await.expect("they are read");
            let stored: Vec<_> =
                stored.iter().map(|one| (one.from_seq.0, one.to_seq.map(|to| to.0))).collect();
            assert_eq!(stored, stretches, "{user}'s memberships: {when}");
            let heard = self.heard.get(&(user, id)).copied().unwrap_or(0);
            let (mut told, mut expected) = (Vec::new(), Vec::new());
            for (from, to) in stretches {
                let (after, to) = (heard.max(from - 1), to.unwrap_or(room.last()));
                let read = self.scene.store.read(id, Seq(after), Seq(to), 500, Timestamp(9_000));
                told.extend(read.await.expect("it is read").iter().map(|one| (one.seq.0, one.n, one.sender)));
                expected.extend((after + 1..=to).filter_map(|seq| room.entry(seq).map(|one| (seq, one))));
            }
            // The words of an edit go with its message.
            let seqs: Vec<_> = told.iter().map(|(seq, ..)| *seq).collect();
            let expected: Vec<_> = expected
                .into_iter()
                .filter(|(seq, one)| seqs.contains(seq) || one.is_message)
                .map(|(seq, one)| (seq, one.n, one.sender))
                .collect();
            assert_eq!(told, expected, "what {user} hears of {id}: {when}");
            self.heard.insert((user, id), room.last());
        }
    }
}

fn lines(list: &[crate::Conversation]) -> Vec<Line> {
    list.iter()
        .map(|one| Line {
            room: one.room,
            last: one.last_seq.0,
            read: one.read_seq.0,
            unread: one.unread,
            mentions: one.mentions,
            settings: one.settings,
            unsaid: one.unsaid.as_ref().map(|unsaid| unsaid.text.to_string()),
        })
        .collect()
}
