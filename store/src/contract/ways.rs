//! Invitations, requests and links.

use super::bench::*;
use crate::{Fate, Link, LinkId, NewInvitation, NewLink, NewRequest, Way};
use chat::{Change, Denial, LinkHash, Member, NewSettings, Role, RulesVersion, Timestamp, UserId};

fn invitation(user: UserId, role: Role) -> NewInvitation {
    NewInvitation {
        room: TEA,
        rules: FIRST_RULES,
        user,
        by: ANN,
        role,
        at: Timestamp(500),
        expires_at: Timestamp(5_000),
    }
}

fn request(user: UserId, words: &str) -> NewRequest {
    let (handle, words) = (called(user), words.to_owned());
    NewRequest { room: TEA, rules: FIRST_RULES, user, handle, words, at: Timestamp(500) }
}

fn link(id: u8, uses: Option<u32>) -> NewLink {
    NewLink {
        id: LinkId(id.into()),
        room: TEA,
        rules: FIRST_RULES,
        hash: LinkHash([id; 32]),
        by: ANN,
        role: Role::Member,
        uses,
        at: Timestamp(500),
        expires_at: Some(Timestamp(5_000)),
    }
}

fn comes_by(user: UserId, link: Option<u8>) -> crate::NewEntry {
    let link = link.map(|id| LinkHash([id; 32]));
    changes(user, Change::Join { who: person(user), link })
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

    async fn links(&self, now: i64) -> Vec<Link> {
        self.store.ways().links(TEA, Timestamp(now)).await.expect("they are read")
    }
}

/// Who is invited comes in as what the invitation says, once, until it ends.
pub async fn who_is_invited_comes_in(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let ways = scene.store.ways();
    let invite = async |new: &NewInvitation| ways.invite(new).await.expect("it is tried");
    assert_eq!(invite(&invitation(BO, Role::Member)).await, Way::Pointless, "bo is in");
    let stale = NewInvitation { rules: RulesVersion(9), ..invitation(CY, Role::Guest) };
    assert_eq!(invite(&stale).await, Way::Stale);
    assert_eq!(invite(&invitation(CY, Role::Guest)).await, Way::Open);
    assert_eq!(invite(&invitation(CY, Role::Guest)).await, Way::Open, "again is once");
    let tea = ("tea".to_owned(), "ann".to_owned());
    assert_eq!(scene.invited(CY, 4_999).await, [tea]);
    assert_eq!(scene.invited(CY, 5_000).await, []);
    let to = ways.invitations_to(TEA, Timestamp(1_000)).await.expect("they are read");
    assert_eq!(to.iter().map(|one| (one.user, one.role)).collect::<Vec<_>>(), [(CY, Role::Guest)]);
    let late = crate::NewEntry { at: Timestamp(5_000), ..comes_by(CY, None) };
    assert_eq!(scene.put(late).await, Fate::NoSuchRoom, "it is over, and nobody learns of the room");
    assert_eq!(scene.put(comes_by(CY, None)).await, stored(2, 0));
    assert_eq!(scene.role(CY).await, Some(Role::Guest));
    assert_eq!(scene.invited(CY, 1_000).await, [], "it is answered");
    let kick = changes(ANN, Change::Kick { who: person(CY) });
    assert_eq!(scene.put(kick).await, stored(3, 0));
    assert_eq!(scene.put(comes_by(CY, None)).await, Fate::Denied(Denial::NotInvited));
    let again = NewInvitation { rules: RulesVersion(3), ..invitation(CY, Role::Member) };
    assert_eq!(invite(&again).await, Way::Open);
    assert!(ways.end_invitation(TEA, CY).await.expect("it is tried"));
    assert!(!ways.end_invitation(TEA, CY).await.expect("it is tried"));
    assert_eq!(scene.put(comes_by(CY, None)).await, Fate::Denied(Denial::NotInvited));
}

/// Who asks to be let in is answered by coming in, by a ban, or by a no.
pub async fn who_asks_to_be_let_in_is_answered(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let ways = scene.store.ways();
    let asks = async |new: &NewRequest| ways.ask_in(new).await.expect("it is tried");
    let there = async || {
        let found = ways.requests(TEA, None, 10).await.expect("they are read");
        found.into_iter().map(|one| (one.handle.to_string(), one.words)).collect::<Vec<_>>()
    };
    assert_eq!(asks(&request(BO, "")).await, Way::Pointless);
    assert_eq!(asks(&request(CY, "it is me")).await, Way::Open);
    assert_eq!(asks(&request(CY, "it is me, cy")).await, Way::Open);
    assert_eq!(there().await, [("cy".to_owned(), "it is me, cy".to_owned())]);
    assert!(ways.requests(TEA, Some(&called(CY)), 10).await.expect("they are read").is_empty());
    let add = changes(ANN, Change::Add { who: person(CY), role: Role::Member });
    assert_eq!(scene.put(add).await, stored(2, 0));
    assert_eq!(there().await, []);
    scene.put(changes(ANN, Change::Kick { who: person(CY) })).await;
    let again = NewRequest { rules: RulesVersion(3), ..request(CY, "") };
    assert_eq!(asks(&again).await, Way::Open);
    scene.put(changes(ANN, Change::Ban { who: person(CY) })).await;
    assert_eq!(there().await, [], "a ban is an answer, too");
    let banned = NewRequest { rules: RulesVersion(4), ..again };
    assert_eq!(asks(&banned).await, Way::Pointless);
    assert!(!ways.end_request(TEA, CY).await.expect("it is tried"));
}

/// A link lets in as often as it says, whoever has it, until it ends or is taken back.
pub async fn a_link_lets_in_as_often_as_it_says(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let ways = scene.store.ways();
    for new in [link(1, Some(1)), link(2, None)] {
        assert_eq!(ways.add_link(&new).await.expect("it is tried"), Way::Open);
    }
    let leads = async |id: u8, now: i64| {
        let room = ways.linked(&LinkHash([id; 32]), Timestamp(now)).await.expect("it is read");
        room.map(|room| room.to_string())
    };
    assert_eq!(leads(1, 1_000).await.as_deref(), Some("tea"));
    assert_eq!((leads(1, 5_000).await, leads(3, 1_000).await), (None, None));
    let over = crate::NewEntry { at: Timestamp(5_000), ..comes_by(CY, Some(1)) };
    assert_eq!(scene.put(over).await, Fate::NoSuchRoom);
    assert_eq!(scene.put(comes_by(CY, Some(3))).await, Fate::NoSuchRoom);
    let go = |user| changes(user, Change::Leave { who: person(user) });
    let batch = [comes_by(CY, Some(1)), go(CY), comes_by(CY, Some(1))];
    let not_again = Fate::Denied(Denial::NotInvited);
    assert_eq!(scene.commit(&batch).await, [stored(2, 0), stored(3, 0), not_again]);
    assert_eq!(leads(1, 1_000).await, None, "it is used up");
    assert_eq!(scene.put(comes_by(CY, Some(2))).await, stored(4, 0));
    let links = scene.links(1_000).await;
    assert_eq!(links.iter().map(|one| (one.id, one.uses_left)).collect::<Vec<_>>(), [(LinkId(2), None)]);
    assert_eq!((links[0].by.as_str(), links[0].hash), ("ann", LinkHash([2; 32])));
    scene.put(go(CY)).await;
    assert!(ways.end_link(TEA, LinkId(2)).await.expect("it is tried"));
    assert!(!ways.end_link(TEA, LinkId(2)).await.expect("it is tried"));
    assert_eq!(scene.put(comes_by(CY, Some(2))).await, not_again);
}

/// A link is not used by who had another way, and of links a room has a bounded number.
pub async fn a_room_has_a_bounded_number_of_links(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let ways = scene.store.ways();
    let most = u8::try_from(Way::LINKS).expect("they are few");
    for id in 1..=most {
        assert_eq!(ways.add_link(&link(id, Some(1))).await.expect("it is tried"), Way::Open);
    }
    let one_more = link(most + 1, None);
    assert_eq!(ways.add_link(&one_more).await.expect("it is tried"), Way::TooMany);
    let later = NewLink { at: Timestamp(5_000), expires_at: None, ..one_more };
    assert_eq!(ways.add_link(&later).await.expect("it is tried"), Way::Open, "those that are over make room");
    assert_eq!(scene.links(5_000).await.len(), 1);
    let open = NewSettings { join: Some(chat::Joining::Open), ..NewSettings::default() };
    scene.put(changes(ANN, Change::Set(Box::new(open)))).await;
    ways.invite(&NewInvitation { rules: RulesVersion(2), ..invitation(CY, Role::Guest) })
        .await
        .expect("it is");
    let by_both = comes_by(CY, Some(most + 1));
    assert_eq!(scene.put(by_both).await, stored(3, 0));
    assert_eq!(scene.role(CY).await, Some(Role::Guest), "the invitation was for them");
}
