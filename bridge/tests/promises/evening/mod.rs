//! Whatever people do to messages, to rooms and to each other, in whatever order, the product and the plainest model
//! agree: what each may do, the numbers of logs, what is unread and whom it calls, everybody's list, who is what where, and
//! what each device heard.
//!
//! The model knows nothing of how it is done and asks nothing of the product. What comes to people's minds is in [`act`],
//! what the model makes of it in [`model`], [`speech`], [`order`] and [`ways`], what the product makes of it in [`stage`], and
//! whether they agree in [`agree`]. Both engines are asked.

mod act; // what comes to people's minds

mod model; // what there is, in the plainest words

mod speech; // what people say, and do to what was said

mod order; // what is done to rooms and to who is in them

mod ways; // and how others come in

mod stage; // the same, done to the product

mod agree; // whether they agree

use crate::ears::{Ears, Erased, Expected};
use crate::ground::Engine;
use act::{Act, By, DEVICES, Event, event};
use chat::{Role, RoomId};
use model::{Answer, Model, PEOPLE, Person};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use stage::Stage;

/// One evening.
struct Evening {
    stage: Stage,
    model: Model,
    ears: Vec<Ears>,
}

impl Model {
    /// What comes of an act. `room` is where; `of` is the entry it is about, where it is about one.
    fn does(&mut self, (room, by): (usize, Person), act: &Act, of: u64) -> Result<Answer, Answer> {
        let place = (room, by);
        let there = &mut self.rooms[room];
        match act {
            Act::Say(calls) => self.say(place, calls),
            Act::Edit(_, calls) => self.edit(place, of, calls),
            Act::Recall(_) => self.recall(place, of),
            Act::React(_, sign) => self.react(place, of, *sign),
            Act::Unreact(_, sign) => self.unreact(place, of, *sign),
            Act::Pin(_) => self.pin(place, of),
            Act::Unpin(_) => self.unpin(place, of),
            Act::Forward(from, _) => self.forward(place, *from, of),
            Act::Mark(_) => self.mark(place, of),
            Act::Join => self.join(place, None),
            Act::Leave => there.leave(by),
            Act::Add(who, role) => self.add(place, *who, *role),
            Act::Kick(who) => there.kick(by, *who),
            Act::Ban(who) => there.ban(by, *who),
            Act::Unban(who) => there.unban(by, *who),
            Act::Mute(who) => there.mute(by, *who, true),
            Act::Unmute(who) => there.mute(by, *who, false),
            Act::Appoint(who, role) => there.appoint(by, *who, *role),
            Act::HandOver(who) => there.hand_over(by, *who),
            Act::Set(setting) => there.set(by, *setting),
            Act::Invite(who, role) => self.invite(place, *who, *role),
            Act::Uninvite(who) => there.uninvite(by, *who),
            Act::Decline => there.decline(by),
            Act::AskIn => there.ask_in(by),
            Act::TurnAway(who) => there.turn_away(by, *who),
            Act::Approve(who) => self.approve(place, *who),
            Act::Link(role, uses) => self.link(place, *role, *uses),
            Act::EndLink(at) => self.end_link(place, *at),
            Act::Follow(at) => self.follow(by, *at),
            Act::Own(own) => there.set_own(by, *own),
            Act::Begin(text) => there.begin(by, *text),
            Act::Brought => {
                there.brought(by);
                Ok(Answer::Done)
            }
            Act::TakenOut => {
                there.taken_out(by);
                Ok(Answer::Done)
            }
            Act::Enthroned => there.enthroned(by),
        }
    }
}

impl Act {
    /// Where the entry is that it is about, counted back from the end of the log of this room.
    fn about(&self, room: usize) -> Option<(usize, u64)> {
        match self {
            Act::Edit(back, _) | Act::Recall(back) | Act::React(back, _) | Act::Unreact(back, _) => {
                Some((room, *back))
            }
            Act::Pin(back) | Act::Unpin(back) | Act::Mark(back) => Some((room, *back)),
            Act::Forward(from, back) => Some((*from, *back)),
            _ => None,
        }
    }
}

impl Evening {
    async fn begin(engine: Engine) -> Evening {
        let stage = Stage::set(engine).await;
        let ears = DEVICES.iter().map(|_| Ears::default()).collect();
        let mut evening = Evening { stage, model: Model::new(), ears };
        // The others come later, or not before the end.
        for device in 0..DEVICES.len() / 2 {
            evening.connect(device).await;
        }
        evening
    }

    async fn happen(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Act { by, room, act } => {
                let by = self.who(*by, *room);
                self.act((*room, by), act).await?;
            }
            Event::Block { by, other, away } if by != other => {
                match away {
                    true => drop(self.model.away.insert((*by, *other))),
                    false => drop(self.model.away.remove(&(*by, *other))),
                }
                self.stage.blocks(*by, *other, *away).await;
            }
            Event::Block { .. } => {}
            Event::Connect(device) => self.connect(*device).await,
            Event::Vanish(device) => self.ears[*device].vanish().await,
            Event::Read { device, most } => self.ears[*device].read(*most).await,
        }
        Ok(())
    }

    fn who(&self, by: By, room: usize) -> Person {
        let seats = || self.model.rooms[room].seats.iter();
        match by {
            By::Person(who) => who,
            By::Manager => seats().find(|(_, seat)| seat.role >= Role::Admin).map_or(0, |(who, _)| *who),
        }
    }

    async fn connect(&mut self, device: usize) {
        let (who, name) = DEVICES[device];
        self.ears[device].connect(&self.stage.company, (PEOPLE[who], name), &self.stage.ids).await;
    }

    async fn act(&mut self, (room, by): (usize, Person), act: &Act) -> Result<(), TestCaseError> {
        // Nobody brings a third into a room of two, or takes one of them out.
        if room == model::TWO && matches!(act, Act::Brought | Act::TakenOut) {
            return Ok(());
        }
        let of = act.about(room).map_or(1, |(room, back)| self.model.rooms[room].at(back));
        let expected = self.model.does((room, by), act, of);
        let phone = DEVICES.iter().position(|(who, _)| *who == by);
        let phone = phone.and_then(|at| self.ears[at].device.as_ref());
        let came = self.stage.does((room, by), act, |_| of, phone).await;
        prop_assert_eq!(came, expected, "{} did {:?} of {} in room {}", PEOPLE[by], act, of, room);
        self.stage.lists_agree(&self.model).await
    }

    /// Everybody comes and hears to the end.
    async fn end(mut self) -> Result<(), TestCaseError> {
        self.stage.all_agrees(&self.model).await?;
        for device in 0..DEVICES.len() {
            self.connect(device).await;
        }
        let erased = self.erased();
        for ((who, _), ears) in DEVICES.into_iter().zip(&mut self.ears) {
            let begin = ears.begin.take().unwrap();
            let hears = self.model.rooms.iter().zip(self.stage.ids);
            let expected: Expected = hears.map(|(room, id)| (id, room.audible(who, begin[&id].0))).collect();
            ears.read_to_the_end(&expected).await;
            ears.check(&expected, &erased)?;
        }
        self.words_agree()
    }

    fn erased(&self) -> Erased {
        let of_room = |(room, id): (&model::Room, RoomId)| {
            let erased = (1..=room.last()).filter(|seq| room.is_erased(*seq));
            erased.map(move |seq| (id, seq)).collect::<Vec<_>>()
        };
        self.model.rooms.iter().zip(self.stage.ids).flat_map(of_room).collect()
    }

    /// What devices heard is what was done: who did what. What was taken back later may have been heard before.
    fn words_agree(&self) -> Result<(), TestCaseError> {
        for got in self.ears.iter().flat_map(Ears::heard) {
            let at = self.stage.ids.iter().position(|id| id.0 == got.mark.log).unwrap();
            let (room, seq) = (&self.model.rooms[at], got.seq());
            prop_assert_eq!(&got.topic, &format!("rooms/{}/said", self.stage.rooms[at]));
            let told: serde_json::Value = serde_json::from_str(&got.payload).unwrap();
            let entry = room.entry(seq).unwrap();
            let kinds = [entry.kind.word(), room.kind_of(seq).word()];
            prop_assert!(kinds.contains(&told["kind"].as_str().unwrap()), "{told} is none of {kinds:?}");
            prop_assert_eq!(&told["from"], PEOPLE[entry.by]);
            prop_assert_eq!(&told["seq"], seq);
        }
        Ok(())
    }
}

fn cases(engine: Engine) -> u32 {
    match (engine, std::env::var_os("NATTER_LONG").is_some()) {
        (Engine::Embedded, false) => 64,
        (Engine::Embedded, true) => 1_000,
        // Each has a schema made for it, and every commit is a round to a server that writes it to the disk.
        (Engine::Postgres, false) => 12,
        (Engine::Postgres, true) => 200,
    }
}

fn everything_agrees(engine: Engine) {
    let config = ProptestConfig { cases: cases(engine), max_shrink_iters: 300, ..ProptestConfig::default() };
    proptest!(config, |(events in proptest::collection::vec(event(), 1..240))| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut evening = Evening::begin(engine).await;
            for event in &events {
                evening.happen(event).await?;
            }
            evening.end().await
        })?;
    });
}

#[test]
fn whatever_people_do_to_rooms_everything_agrees_with_the_plainest_model() {
    everything_agrees(Engine::Embedded);
}

#[test]
fn over_postgres_whatever_people_do_to_rooms_everything_agrees_with_the_plainest_model() {
    everything_agrees(Engine::Postgres);
}
