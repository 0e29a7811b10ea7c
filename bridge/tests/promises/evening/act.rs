//! What people do, and how it comes to their minds.

use super::model::{Calls, DEN, PEOPLE, Person, TEA, TWO};
use chat::{History, Joining, Role};
use proptest::prelude::*;
use proptest::strategy::Union;

/// Devices, by whose they are. A person's first one is what they publish with while it is here.
pub(super) const DEVICES: [(Person, &str); 6] =
    [(0, "phone"), (1, "phone"), (1, "watch"), (2, "phone"), (3, "phone"), (3, "watch")];

/// Something that happens.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Somebody does something in a room.
    Act { by: By, room: usize, act: Act },
    /// Somebody keeps another away, or lets them near again.
    Block { by: Person, other: Person, away: bool },
    /// A device comes.
    Connect(usize),
    /// It goes, as a phone in a tunnel does.
    Vanish(usize),
    /// It reads and acknowledges what it finds, but no more than so many.
    Read { device: usize, most: usize },
}

/// Who does it.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Person(Person),
    /// Whoever sees to order in the room then: without them most of what can be done to a room would be refused.
    Manager,
}

/// What somebody does in a room. Messages are counted back from the last entry, whatever stands there.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Say(Calls),
    Edit(u64, Calls),
    Recall(u64),
    React(u64, usize),
    Unreact(u64, usize),
    Pin(u64),
    Unpin(u64),
    /// An entry of this room is said on where the act is.
    Forward(usize, u64),
    Mark(u64),
    Join,
    Leave,
    Add(Person, Role),
    Kick(Person),
    Ban(Person),
    Unban(Person),
    Mute(Person),
    Unmute(Person),
    Appoint(Person, Role),
    HandOver(Person),
    Set(Setting),
    Invite(Person, Role),
    Uninvite(Person),
    Decline,
    AskIn,
    TurnAway(Person),
    Approve(Person),
    Link(Role, Option<u32>),
    EndLink(usize),
    /// One of the links that were ever made, wherever it leads.
    Follow(usize),
    Own(Own),
    Begin(bool),
    /// By an administrator of the server.
    Brought,
    /// By an administrator of the server.
    TakenOut,
    /// Made the owner by an administrator of the server.
    Enthroned,
}

/// What may be set for a room.
#[derive(Debug, Clone, Copy)]
pub(super) enum Setting {
    Description(bool),
    Join(Joining),
    Listed(bool),
    History(History),
    Write(Role),
    Pin(Role),
    Invite(Role),
    CallAll(Role),
    Limit(u32),
}

/// What somebody may set for themselves.
#[derive(Debug, Clone, Copy)]
pub(super) enum Own {
    Pinned(bool),
    Archived(bool),
    Marked(bool),
}

fn person() -> BoxedStrategy<Person> {
    (0..PEOPLE.len()).boxed()
}

fn by() -> BoxedStrategy<By> {
    prop_oneof![1 => Just(By::Manager), 1 => person().prop_map(By::Person)].boxed()
}

/// In the room of two little can be done.
fn room() -> BoxedStrategy<usize> {
    prop_oneof![6 => Just(TEA), 3 => Just(DEN), 1 => Just(TWO)].boxed()
}

fn back() -> BoxedStrategy<u64> {
    prop_oneof![3 => 0..3_u64, 2 => 0..12_u64].boxed()
}

fn calls() -> impl Strategy<Value = Calls> {
    let names = proptest::collection::btree_set(0..PEOPLE.len(), 0..3);
    (proptest::bool::weighted(0.15), names).prop_map(|(all, names)| Calls { all, names })
}

fn to_a_message() -> BoxedStrategy<Act> {
    let sign = || 0..2_usize;
    prop_oneof![
        8 => calls().prop_map(Act::Say),
        2 => (back(), calls()).prop_map(|(back, calls)| Act::Edit(back, calls)),
        2 => back().prop_map(Act::Recall),
        2 => (back(), sign()).prop_map(|(back, sign)| Act::React(back, sign)),
        1 => (back(), sign()).prop_map(|(back, sign)| Act::Unreact(back, sign)),
        2 => back().prop_map(Act::Pin),
        1 => back().prop_map(Act::Unpin),
        1 => (room(), back()).prop_map(|(room, back)| Act::Forward(room, back)),
        3 => back().prop_map(Act::Mark),
    ]
    .boxed()
}

fn to_the_room() -> BoxedStrategy<Act> {
    let low = || proptest::sample::select(vec![Role::Guest, Role::Member]);
    let given = proptest::sample::select(vec![Role::Guest, Role::Member, Role::Admin, Role::Admin]);
    let to_somebody: Vec<fn(Person) -> Act> = vec![
        Act::Kick,
        Act::Ban,
        Act::Ban,
        Act::Unban,
        Act::Unban,
        Act::Mute,
        Act::Mute,
        Act::Unmute,
        Act::HandOver,
    ];
    prop_oneof![
        5 => Just(Act::Join),
        2 => Just(Act::Leave),
        2 => (person(), low()).prop_map(|(who, role)| Act::Add(who, role)),
        8 => (proptest::sample::select(to_somebody), person()).prop_map(|(act, who)| act(who)),
        4 => (person(), given).prop_map(|(who, role)| Act::Appoint(who, role)),
        4 => setting().prop_map(Act::Set),
        1 => Just(Act::Brought),
        1 => Just(Act::TakenOut),
        1 => Just(Act::Enthroned),
    ]
    .boxed()
}

fn setting() -> BoxedStrategy<Setting> {
    let role = || proptest::sample::select(Role::ALL.to_vec());
    prop_oneof![
        1 => any::<bool>().prop_map(Setting::Description),
        // A door that stays shut is dull.
        4 => proptest::sample::select(vec![Joining::Open, Joining::Open, Joining::Request, Joining::Invite])
            .prop_map(Setting::Join),
        1 => any::<bool>().prop_map(Setting::Listed),
        3 => proptest::sample::select(History::ALL.to_vec()).prop_map(Setting::History),
        1 => role().prop_map(Setting::Write),
        1 => role().prop_map(Setting::Pin),
        1 => role().prop_map(Setting::Invite),
        1 => role().prop_map(Setting::CallAll),
        1 => proptest::sample::select(vec![0, 2, 3]).prop_map(Setting::Limit),
    ]
    .boxed()
}

fn to_come_in() -> BoxedStrategy<Act> {
    let low = || proptest::sample::select(vec![Role::Guest, Role::Member]);
    let uses = proptest::option::of(1..3_u32);
    prop_oneof![
        3 => (person(), low()).prop_map(|(who, role)| Act::Invite(who, role)),
        1 => person().prop_map(Act::Uninvite),
        1 => Just(Act::Decline),
        3 => Just(Act::AskIn),
        1 => person().prop_map(Act::TurnAway),
        3 => person().prop_map(Act::Approve),
        2 => (low(), uses).prop_map(|(role, uses)| Act::Link(role, uses)),
        1 => (0..4_usize).prop_map(Act::EndLink),
        3 => (0..4_usize).prop_map(Act::Follow),
    ]
    .boxed()
}

fn for_oneself() -> BoxedStrategy<Act> {
    let own = Union::new([Own::Pinned, Own::Archived, Own::Marked].map(|own| any::<bool>().prop_map(own)));
    prop_oneof![2 => own.prop_map(Act::Own), 1 => any::<bool>().prop_map(Act::Begin)].boxed()
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let act = prop_oneof![8 => to_a_message(), 7 => to_the_room(), 4 => to_come_in(), 1 => for_oneself()];
    let device = 0..DEVICES.len();
    prop_oneof![
        20 => (by(), room(), act).prop_map(|(by, room, act)| Event::Act { by, room, act }),
        1 => (person(), person(), any::<bool>()).prop_map(|(by, other, away)| Event::Block { by, other, away }),
        2 => device.clone().prop_map(Event::Connect),
        1 => device.clone().prop_map(Event::Vanish),
        3 => (device, 1..20_usize).prop_map(|(device, most)| Event::Read { device, most }),
    ]
}
