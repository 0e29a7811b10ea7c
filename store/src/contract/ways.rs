//! Invitations, requests and links: what opens them, what answers them, and that the log tells it.

use super::bench::*;
use crate::{Fate, Link, NewEntry};
use chat::{
    Change, Denial, Joining, LinkHash, LinkId, Member, NewLink, NewSettings, Objection, OpenWays, Plea, Role,
    Timestamp, UserId,
};

const POINTLESS: Fate = Fate::Denied(Denial::Pointless);
const TOO_MANY: Fate = Fate::Denied(Denial::TooManyWays);
const NOT_INVITED: Fate = Fate::Denied(Denial::NotInvited);

fn invites(by: UserId, user: UserId, role: Role) -> NewEntry {
    changes(by, Change::Invite { who: person(user), role, until: Timestamp(5_000) })
}

fn uninvites(by: UserId, user: UserId) -> NewEntry {
    changes(by, Change::Uninvite { who: person(user) })
}

fn asks(user: UserId, words: &str) -> NewEntry {
    changes(user, Change::Ask { who: person(user), words: Plea(words.into()) })
}

fn turns_away(by: UserId, user: UserId) -> NewEntry {
    changes(by, Change::TurnAway { who: person(user) })
}

fn opens(id: u8, uses: Option<u32>, until: Option<i64>) -> NewEntry {
    let (hash, until) = (LinkHash([id; 32]), until.map(Timestamp));
    let link = NewLink { id: LinkId(id.into()), hash, role: Role::Member, uses, until };
    changes(ANN, Change::OpenLink(Box::new(link)))
}

fn ends(by: UserId, id: i64) -> NewEntry {
    changes(by, Change::EndLink(LinkId(id)))
}

fn comes_by(user: UserId, link: Option<u8>) -> NewEntry {
    let link = link.map(|id| LinkHash([id; 32]));
    changes(user, Change::Join { who: person(user), link })
}

fn goes(user: UserId) -> NewEntry {
    changes(user, Change::Leave { who: person(user) })
}

fn joining(join: Joining) -> NewEntry {
    changes(ANN, Change::Set(Box::new(NewSettings { join: Some(join), ..NewSettings::default() })))
}

impl Scene {
    async fn role(&self, user: UserId) -> Option<Role> {
        let standing = self.store.standing(&name("tea"), user).await.expect("it is read");
        standing.expect("tea is there").member.map(|Member { role, .. }| role)
    }

    async fn invited(&self, user: UserId, now: i64) -> Vec<(String, String)> {
        let found = self.store.ways().invitations_of(user, Timestamp(now)).await.expect("they are read");
        found.iter().map(|one| (one.handle.to_string(), one.by.to_string())).collect()
    }

    async fn asking(&self) -> Vec<(String, String)> {
        let found = self.store.ways().requests(TEA, None, 10).await.expect("they are read");
        found.into_iter().map(|one| (one.handle.to_string(), one.words)).collect()
    }

    async fn links(&self, now: i64) -> Vec<Link> {
        self.store.ways().links(TEA, Timestamp(now)).await.expect("they are read")
    }
}

/// Who is invited comes in as what the invitation says, once, until it ends.
pub async fn who_is_invited_comes_in(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.put(invites(ANN, BO, Role::Member)).await, POINTLESS, "bo is in");
    assert_eq!(scene.put(invites(CY, BO, Role::Member)).await, Fate::NoSuchRoom);
    assert_eq!(scene.put(invites(ANN, UserId(404), Role::Member)).await, Fate::NoSuchUser);
    let admin = Fate::Objected(Objection::NotAllowed);
    assert_eq!(scene.put(invites(ANN, CY, Role::Admin)).await, admin);
    assert_eq!(scene.put(invites(BO, CY, Role::Member)).await, stored(2, 0));
    assert_eq!(scene.put(invites(ANN, CY, Role::Guest)).await, stored(3, 0), "it takes the other's place");
    assert_eq!(scene.invited(CY, 4_999).await, [("tea".to_owned(), "ann".to_owned())]);
    assert_eq!(scene.invited(CY, 5_000).await, []);
    let to = scene.store.ways().invitations_to(TEA, Timestamp(1_000)).await.expect("they are read");
    assert_eq!(to.iter().map(|one| (one.user, one.role)).collect::<Vec<_>>(), [(CY, Role::Guest)]);
    let late = NewEntry { at: Timestamp(5_000), ..comes_by(CY, None) };
    assert_eq!(scene.put(late).await, Fate::NoSuchRoom, "it is over, and nobody learns of the room");
    assert_eq!(scene.put(comes_by(CY, None)).await, stored(4, 0));
    assert_eq!(scene.role(CY).await, Some(Role::Guest));
    assert_eq!(scene.invited(CY, 1_000).await, [], "it is answered");
    assert_eq!(scene.put(changes(ANN, Change::Kick { who: person(CY) })).await, stored(5, 0));
    assert_eq!(scene.put(comes_by(CY, None)).await, NOT_INVITED);
    assert_eq!(scene.put(invites(ANN, CY, Role::Member)).await, stored(6, 0));
    assert_eq!(scene.put(uninvites(BO, CY)).await, stored(7, 0));
    assert_eq!(scene.put(uninvites(BO, CY)).await, Fate::Unchanged);
    assert_eq!(scene.put(comes_by(CY, None)).await, NOT_INVITED);
    scene.put(invites(ANN, CY, Role::Member)).await;
    assert_eq!(scene.put(uninvites(CY, CY)).await, stored(9, 0), "cy declines");
    assert_eq!(scene.put(uninvites(CY, CY)).await, Fate::NoSuchRoom);
    let log = scene.page(0, 99, 99).await;
    let told: Vec<_> = log.iter().map(|one| (one.from.to_string(), words(one))).collect();
    let told: Vec<_> = told.iter().map(|(from, words)| (from.as_str(), words.as_str())).collect();
    assert_eq!(
        told[1..],
        [
            ("bo", "cy is invited as member until 5000"),
            ("ann", "cy is invited as guest until 5000"),
            ("cy", "cy came"),
            ("ann", "cy left"),
            ("ann", "cy is invited as member until 5000"),
            ("bo", "cy is invited no more"),
            ("ann", "cy is invited as member until 5000"),
            ("cy", "cy is invited no more"),
        ]
    );
}

/// Who asks to be let in is answered by coming in, by a ban, or by a no.
pub async fn who_asks_to_be_let_in_is_answered(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.put(asks(CY, "it is me")).await, Fate::NoSuchRoom, "nobody learns of the room");
    scene.put(joining(Joining::Request)).await;
    assert_eq!(scene.put(asks(BO, "")).await, POINTLESS);
    assert_eq!(scene.put(asks(CY, "it is me")).await, stored(3, 0));
    assert_eq!(scene.put(asks(CY, "it is me, cy")).await, Fate::Unchanged, "they ask already");
    assert_eq!(scene.asking().await, [("cy".to_owned(), "it is me, cy".to_owned())]);
    let after = scene.store.ways().requests(TEA, Some(&called(CY)), 10).await.expect("they are read");
    assert!(after.is_empty());
    let add = changes(ANN, Change::Add { who: person(CY), role: Role::Member });
    assert_eq!(scene.put(add).await, stored(4, 0));
    assert_eq!(scene.asking().await, []);
    scene.put(changes(ANN, Change::Kick { who: person(CY) })).await;
    assert_eq!(scene.put(asks(CY, "")).await, stored(6, 0));
    assert_eq!(scene.put(turns_away(BO, CY)).await, stored(7, 0));
    assert_eq!(scene.put(turns_away(BO, CY)).await, Fate::Unchanged);
    assert_eq!(scene.put(asks(CY, "")).await, stored(8, 0));
    assert_eq!(scene.put(turns_away(CY, CY)).await, stored(9, 0), "cy takes it back");
    scene.put(asks(CY, "")).await;
    scene.put(changes(ANN, Change::Ban { who: person(CY) })).await;
    assert_eq!(scene.asking().await, [], "a ban is an answer, too");
    assert_eq!(scene.put(asks(CY, "")).await, POINTLESS);
    assert_eq!(
        scene.log(2).await,
        [
            "cy asks to be let in",
            "cy came",
            "cy left",
            "cy asks to be let in",
            "cy asks no more",
            "cy asks to be let in",
            "cy asks no more",
            "cy asks to be let in",
            "cy is banned",
        ]
    );
}

/// A link lets in as often as it says, whoever has it, until it ends or is taken back; what is in it is in no entry.
pub async fn a_link_lets_in_as_often_as_it_says(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.put(opens(1, Some(1), Some(5_000))).await, stored(2, 0));
    assert_eq!(scene.put(opens(2, None, Some(5_000))).await, stored(3, 0));
    let leads = async |id: u8, now: i64| {
        let room = scene.store.ways().linked(&LinkHash([id; 32]), Timestamp(now)).await.expect("it is read");
        room.map(|room| room.to_string())
    };
    assert_eq!(leads(1, 1_000).await.as_deref(), Some("tea"));
    assert_eq!((leads(1, 5_000).await, leads(3, 1_000).await), (None, None));
    let over = NewEntry { at: Timestamp(5_000), ..comes_by(CY, Some(1)) };
    assert_eq!(scene.put(over).await, Fate::NoSuchRoom);
    assert_eq!(scene.put(comes_by(CY, Some(3))).await, Fate::NoSuchRoom);
    let batch = [comes_by(CY, Some(1)), goes(CY), comes_by(CY, Some(1))];
    assert_eq!(scene.commit(&batch).await, [stored(4, 0), stored(5, 0), NOT_INVITED]);
    assert_eq!(leads(1, 1_000).await, None, "it is used up");
    assert_eq!(scene.put(comes_by(CY, Some(2))).await, stored(6, 0));
    let links = scene.links(1_000).await;
    assert_eq!(links.iter().map(|one| (one.id, one.uses_left)).collect::<Vec<_>>(), [(LinkId(2), None)]);
    assert_eq!((links[0].by.as_str(), links[0].hash), ("ann", LinkHash([2; 32])));
    scene.put(goes(CY)).await;
    assert_eq!(scene.put(ends(CY, 2)).await, Fate::NoSuchRoom);
    assert_eq!(scene.put(ends(BO, 2)).await, stored(8, 0));
    assert_eq!(scene.put(ends(BO, 2)).await, Fate::Unchanged);
    assert_eq!(scene.put(comes_by(CY, Some(2))).await, NOT_INVITED);
    let log = scene.log(1).await;
    assert_eq!(log[0], "link 1 for member Some(1) until Some(Timestamp(5000))");
    assert_eq!(log[6], "no link 2");
}

/// What one batch opens it can use and shut, and of what ended nothing is left.
pub async fn ways_open_and_shut_within_a_batch(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(joining(Joining::Request)).await;
    let batch = [
        invites(ANN, CY, Role::Guest),
        comes_by(CY, None),
        goes(CY),
        asks(CY, "again"),
        turns_away(CY, CY),
        asks(CY, "and again"),
        opens(1, Some(1), None),
        comes_by(CY, Some(1)),
        goes(CY),
        comes_by(CY, Some(1)),
        opens(2, None, None),
        ends(ANN, 2),
        comes_by(CY, Some(2)),
        invites(ANN, CY, Role::Member),
    ];
    let fates = scene.commit(&batch).await;
    let [.., used_up, _, _, gone, last] = &fates[..] else { unreachable!("there are many") };
    assert_eq!((*used_up, *gone, *last), (NOT_INVITED, NOT_INVITED, stored(14, 0)));
    let scene = scene.reopened(bench).await;
    assert_eq!((scene.asking().await, scene.links(1_000).await.len()), (vec![], 0));
    assert_eq!(scene.invited(CY, 1_000).await.len(), 1);
    let head = scene.store.places().card(&name("tea")).await.expect("it is read").expect("it is there");
    // One setting, two comings and two goings: ways change nothing for those who are in.
    assert_eq!(head.rules.0, 6);
}

/// A link is not used by who had another way, and of links a room has a bounded number.
pub async fn a_room_has_a_bounded_number_of_links(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let most = u8::try_from(OpenWays::LINKS).expect("they are few");
    let all: Vec<NewEntry> = (1..=most + 1).map(|id| opens(id, Some(1), Some(5_000))).collect();
    let fates = scene.commit(&all).await;
    assert_eq!((fates[usize::from(most) - 1], fates[usize::from(most)]), (stored(51, 0), TOO_MANY));
    assert_eq!(scene.put(opens(most + 1, None, None)).await, TOO_MANY);
    let later = NewEntry { at: Timestamp(5_000), ..opens(most + 1, None, None) };
    assert_eq!(scene.put(later).await, stored(52, 0), "those that are over make room");
    assert_eq!(scene.links(5_000).await.len(), 1);
    scene.put(joining(Joining::Open)).await;
    scene.put(invites(ANN, CY, Role::Guest)).await;
    assert_eq!(scene.put(comes_by(CY, Some(most + 1))).await, stored(55, 0));
    assert_eq!(scene.role(CY).await, Some(Role::Guest), "the invitation was for them");
}

/// Ways are told among messages, in their order, and nobody has anything to read for it.
pub async fn ways_are_entries_that_count_for_nobody(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.commit(&[say(ANN, "one"), invites(ANN, CY, Role::Guest), say(ANN, "two")]).await;
    assert_eq!(scene.log(1).await, ["one", "cy is invited as guest until 5000", "two"]);
    assert_eq!(scene.unread(BO).await, (0, 2));
    let entries = scene.page(1, 9, 9).await;
    assert_eq!(entries.iter().map(|one| one.n).collect::<Vec<_>>(), [1, 1, 2]);
}
