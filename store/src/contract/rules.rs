//! What is set for rooms, who is what in them, and what they may do.

use super::bench::*;
use crate::{Ban, Fate, Interval, RoomCard, Seated};
use chat::{
    About, Act, Change, Denial, History, Joining, Member, NewSettings, Objection, Policy, Role, RoomId,
    RoomKind, Seat, Seq, Settings, Timestamp, UserId,
};
use std::time::Duration;

const NOT_ALLOWED: Fate = Fate::Objected(Objection::NotAllowed);

fn set(by: UserId, new: NewSettings) -> crate::NewEntry {
    changes(by, Change::Set(Box::new(new)))
}

fn open() -> NewSettings {
    NewSettings { join: Some(Joining::Open), ..NewSettings::default() }
}

fn comes(user: UserId) -> crate::NewEntry {
    changes(user, Change::Join { who: person(user), link: None })
}

fn goes(user: UserId) -> crate::NewEntry {
    changes(user, Change::Leave { who: person(user) })
}

fn appoints(by: UserId, user: UserId, role: Role) -> crate::NewEntry {
    changes(by, Change::Appoint { who: person(user), role })
}

fn mutes(by: UserId, user: UserId, until: i64) -> crate::NewEntry {
    changes(by, Change::Mute { who: person(user), until: Timestamp(until) })
}

impl Scene {
    async fn member(&self, user: UserId) -> Option<Member> {
        let standing = self.store.standing(&name("tea"), user).await.expect("it is read");
        standing.expect("tea is there").member
    }

    async fn card(&self) -> RoomCard {
        self.store.places().card(&name("tea")).await.expect("it is read").expect("tea is there")
    }

    /// What may be remembered, beside what is looked up each time.
    async fn meets_as_the_file_says(&self, user: UserId) {
        let met = self.store.readable(&name("tea"), user).await.expect("it is read").expect("tea is there");
        let (card, heads) = (self.card().await, self.store.heads(&[TEA]).await.expect("they are read"));
        let intervals = self.store.intervals(user, TEA).await.expect("they are read");
        let seated = self.store.places().seated(TEA, None, 10).await.expect("they are listed");
        let seat = seated.into_iter().find(|one| one.user == user).map(|one| one.seat);
        let member = met.standing.member;
        assert_eq!(member.map(|it| Seat { role: it.role, muted_until: it.muted_until }), seat);
        assert_eq!((met.standing.rules, met.standing.policy), (card.rules, card.settings.policy));
        assert_eq!((met.intervals, met.last_seq), (intervals, heads[0].last_seq));
    }

    async fn rules(&self) -> i64 {
        self.card().await.rules.0
    }

    async fn bans(&self) -> Vec<Ban> {
        self.store.places().bans(TEA, None, 10).await.expect("they are read")
    }
}

/// However often somebody met a room before, they meet it as it is now.
pub async fn a_room_is_met_as_it_is_and_not_as_it_was(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let steps = [
        say(ANN, "tea?"),
        set(ANN, open()),
        comes(CY),
        appoints(ANN, CY, Role::Admin),
        mutes(CY, BO, 90_000),
        goes(CY),
        set(ANN, NewSettings { slow_mode: Some(30), ..NewSettings::default() }),
        comes(CY),
    ];
    for step in steps {
        for who in [ANN, BO, CY].repeat(3) {
            scene.meets_as_the_file_says(who).await;
        }
        assert!(matches!(scene.put(step).await, Fate::Stored { .. }));
    }
    scene.meets_as_the_file_says(CY).await;
}

/// What is set for a room is told with it, and is an entry of its log.
pub async fn what_is_set_for_a_room_is_an_entry_and_holds(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let new = NewSettings {
        name: Some("Tea".into()),
        description: Some("kettles\nand cups".into()),
        avatar: Some("kettle-1".into()),
        join: Some(Joining::Request),
        history: Some(History::All),
        write: Some(Role::Guest),
        pin: Some(Role::Owner),
        invite: Some(Role::Admin),
        call_all: Some(Role::Guest),
        member_limit: Some(500),
        slow_mode: Some(30),
        listed: Some(true),
    };
    assert_eq!(scene.card().await.settings, Settings::of(RoomKind::Group));
    assert_eq!(scene.put(set(BO, new.clone())).await, NOT_ALLOWED);
    assert_eq!(scene.put(set(CY, new.clone())).await, Fate::NoSuchRoom);
    assert_eq!(scene.put(set(ANN, new.clone())).await, stored(2, 0));
    assert_eq!(scene.put(set(ANN, new.clone())).await, Fate::Unchanged);
    assert_eq!(scene.page(1, 9, 9).await[0].act, Act::Set(Box::new(new)));
    let scene = scene.reopened(bench).await;
    let card = scene.card().await;
    let about = About {
        name: Some("Tea".into()),
        description: Some("kettles\nand cups".into()),
        avatar: Some("kettle-1".into()),
    };
    let policy = Policy {
        join: Joining::Request,
        history: History::All,
        write: Role::Guest,
        pin: Role::Owner,
        invite: Role::Admin,
        call_all: Role::Guest,
        member_limit: Some(500),
        slow_mode: 30,
        listed: true,
    };
    assert_eq!(card.settings, Settings { about, policy });
    assert_eq!((card.kind, card.members, card.rules.0), (RoomKind::Group, 2, 2));
    let standing = scene.store.standing(&name("tea"), BO).await.expect("it is read").expect("it is there");
    assert_eq!(standing.policy, policy);
    let less = NewSettings { name: Some("".into()), member_limit: Some(0), ..NewSettings::default() };
    assert_eq!(scene.put(set(ANN, less)).await, stored(3, 0));
    let settings = scene.card().await.settings;
    assert_eq!((settings.about.name, settings.policy.member_limit), (None, None));
    assert_eq!(scene.store.places().card(&name("cellar")).await.expect("it is read"), None);
}

/// Who is what is decided by those above them, and every change makes other rules.
pub async fn roles_are_given_by_those_above(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(join(CY)).await;
    let rules = scene.rules().await;
    assert_eq!(scene.put(appoints(BO, CY, Role::Guest)).await, NOT_ALLOWED);
    assert_eq!(scene.put(appoints(ANN, BO, Role::Admin)).await, stored(3, 0));
    assert_eq!(scene.put(appoints(BO, CY, Role::Guest)).await, stored(4, 0));
    assert_eq!(scene.put(appoints(BO, CY, Role::Guest)).await, Fate::Unchanged);
    assert_eq!(scene.put(appoints(BO, ANN, Role::Guest)).await, NOT_ALLOWED);
    assert_eq!(scene.rules().await, rules + 2);
    assert_eq!(scene.put(judged(say(ANN, "late"), rules)).await, Fate::Stale);
    let seats = scene.store.places().seated(TEA, None, 10).await.expect("they are read");
    let seat = |user, role, joined| Seated {
        user,
        handle: called(user),
        seat: Seat { role, muted_until: None },
        joined: Seq(joined),
    };
    assert_eq!(seats, [seat(ANN, Role::Owner, 1), seat(BO, Role::Admin, 1), seat(CY, Role::Guest, 2)]);
    let page = scene.store.places().seated(TEA, Some(&called(ANN)), 1).await.expect("they are read");
    assert_eq!(page, [seat(BO, Role::Admin, 1)]);
    let mut managers = scene.store.places().managers(TEA).await.expect("they are read");
    managers.sort_unstable();
    assert_eq!(managers, [ANN, BO]);
    let handed = changes(ANN, Change::HandOver { who: person(BO) });
    assert_eq!(scene.put(handed.clone()).await, stored(5, 0));
    assert_eq!(scene.put(handed).await, NOT_ALLOWED, "it is bo's now");
    let roles = [scene.member(ANN).await, scene.member(BO).await].map(|one| one.map(|one| one.role));
    assert_eq!(roles, [Some(Role::Admin), Some(Role::Owner)]);
    assert_eq!(scene.log(2).await, ["bo is admin", "cy is guest", "bo is the owner"]);
}

/// A mute has its end, and says so.
pub async fn a_mute_holds_until_its_end_or_until_it_is_ended(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.put(mutes(ANN, BO, 60_000)).await, stored(2, 0));
    assert_eq!(scene.member(BO).await.and_then(|bo| bo.muted_until), Some(Timestamp(60_000)));
    assert_eq!(scene.put(mutes(ANN, BO, i64::MAX)).await, stored(3, 0));
    assert_eq!(scene.put(mutes(ANN, BO, 0)).await, stored(4, 0));
    assert_eq!(scene.put(mutes(ANN, BO, 0)).await, Fate::Unchanged);
    assert_eq!(scene.member(BO).await.and_then(|bo| bo.muted_until), None);
    assert_eq!(scene.put(mutes(BO, ANN, 60_000)).await, NOT_ALLOWED);
    assert_eq!(scene.put(mutes(ANN, CY, 60_000)).await, Fate::Denied(Denial::NoSuchMember));
    assert_eq!(scene.log(1).await, ["bo is muted until 60000", "bo is muted", "bo speaks again"]);
    // In one batch with the coming, and with the going.
    let batch = [join(CY), mutes(ANN, CY, 70_000)].map(|one| judged(one, 4));
    assert_eq!(scene.commit(&batch).await, [stored(5, 0), stored(6, 0)]);
    assert_eq!(scene.member(CY).await.and_then(|cy| cy.muted_until), Some(Timestamp(70_000)));
    let kick = changes(ANN, Change::Kick { who: person(CY) });
    assert_eq!(scene.commit(&[mutes(ANN, CY, 80_000), kick]).await, [stored(7, 0), stored(8, 0)]);
    assert_eq!(scene.member(CY).await, None);
}

/// Who is shown out may come again, who is banned may not until they may.
pub async fn who_is_banned_comes_in_no_more_until_they_may(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let change = |change: fn(chat::Person) -> Change| changes(ANN, change(person(BO)));
    scene.put(set(ANN, open())).await;
    assert_eq!(scene.put(change(|who| Change::Kick { who })).await, stored(3, 0));
    assert_eq!(scene.put(change(|who| Change::Kick { who })).await, Fate::Denied(Denial::NoSuchMember));
    assert_eq!(scene.put(comes(BO)).await, stored(4, 0));
    assert_eq!(scene.put(change(|who| Change::Ban { who })).await, stored(5, 0));
    assert_eq!(scene.put(change(|who| Change::Ban { who })).await, Fate::Unchanged);
    assert_eq!(scene.put(comes(BO)).await, Fate::Denied(Denial::Banned));
    let add = Change::Add { who: person(BO), role: Role::Member };
    assert_eq!(scene.put(changes(ANN, add)).await, Fate::Denied(Denial::Banned));
    assert_eq!(scene.bans().await, [Ban { handle: called(BO), by: called(ANN), at: Timestamp(1_000) }]);
    assert_eq!(scene.card().await.members, 1);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(comes(BO)).await, Fate::Denied(Denial::Banned));
    assert_eq!(scene.put(change(|who| Change::Unban { who })).await, stored(6, 0));
    assert_eq!(scene.put(change(|who| Change::Unban { who })).await, Fate::Unchanged);
    assert!(scene.bans().await.is_empty());
    // All of it in one batch; and one who was never here can be banned, too.
    let batch = [
        comes(BO),
        change(|who| Change::Ban { who }),
        comes(BO),
        changes(ANN, Change::Ban { who: person(CY) }),
        comes(CY),
    ];
    let banned = Fate::Denied(Denial::Banned);
    assert_eq!(scene.commit(&batch).await, [stored(7, 0), stored(8, 0), banned, stored(9, 0), banned]);
    let names: Vec<_> = scene.bans().await.into_iter().map(|ban| ban.handle).collect();
    assert_eq!(names, [called(BO), called(CY)]);
    // An administrator of the server is not bound by it, and ends it.
    assert_eq!(scene.put(judged(join(CY), scene.rules().await)).await, stored(10, 0));
    assert_eq!(scene.bans().await.len(), 1);
    let stretch = |from, to| Interval { from_seq: Seq(from), joined: Seq(from), to_seq: Some(Seq(to)) };
    let of_bo = scene.store.intervals(BO, TEA).await.expect("they are read");
    assert_eq!(of_bo, [stretch(1, 3), stretch(4, 5), stretch(7, 8)]);
}

/// One comes in by oneself where that is open, while there is room; and the owner goes last.
pub async fn one_comes_and_goes_by_oneself(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.put(comes(CY)).await, Fate::NoSuchRoom, "nobody learns that it is there");
    assert_eq!(scene.put(comes(UserId(404))).await, Fate::NoSuchUser);
    scene.put(set(ANN, open())).await;
    let full = NewSettings { member_limit: Some(2), ..NewSettings::default() };
    scene.put(set(ANN, full)).await;
    assert_eq!(scene.put(comes(CY)).await, Fate::Denied(Denial::Full));
    assert_eq!(scene.put(goes(ANN)).await, Fate::Denied(Denial::OwnerStays));
    assert_eq!(
        scene.commit(&[goes(BO), comes(CY), comes(BO)]).await,
        [stored(4, 0), stored(5, 0), Fate::Denied(Denial::Full)]
    );
    assert_eq!(scene.put(comes(CY)).await, Fate::Unchanged);
    assert_eq!(scene.put(goes(BO)).await, Fate::NoSuchRoom);
    assert_eq!(scene.unread(CY).await, (5, 0));
    let invite = NewSettings { join: Some(Joining::Invite), ..NewSettings::default() };
    scene.put(set(ANN, invite)).await;
    assert_eq!(scene.put(comes(BO)).await, Fate::Denied(Denial::NotInvited), "bo knows that it is there");
    assert_eq!(scene.commit(&[goes(CY), goes(ANN)]).await, [stored(7, 0), stored(8, 0)]);
    assert_eq!(scene.card().await.members, 0);
}

/// Where newcomers may read what was said, they may from their last going on, and count nothing of it as unread.
pub async fn newcomers_read_what_was_said_where_that_is_set(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "one")).await;
    let all = NewSettings { history: Some(History::All), ..open() };
    scene.put(set(ANN, all)).await;
    assert_eq!(scene.put(comes(CY)).await, stored(4, 1));
    let of_cy = || scene.store.intervals(CY, TEA);
    let first = Interval { from_seq: Seq(1), joined: Seq(4), to_seq: None };
    assert_eq!(of_cy().await.expect("they are read"), [first]);
    assert_eq!(scene.unread(CY).await, (4, 0));
    assert_eq!(scene.member(CY).await.map(|cy| cy.from_seq), Some(Seq(1)));
    let rules = scene.rules().await + 1;
    scene.commit(&[goes(CY), judged(say(ANN, "two"), rules), comes(CY)]).await;
    let first = Interval { to_seq: Some(Seq(5)), ..first };
    let second = Interval { from_seq: Seq(6), joined: Seq(7), to_seq: None };
    assert_eq!(of_cy().await.expect("they are read"), [first, second]);
    let (_, all) = scene.store.memberships(CY, Timestamp(0)).await.expect("they are read");
    assert_eq!(all.iter().map(|one| one.interval).collect::<Vec<_>>(), [first, second]);
}

/// In a slow room one waits between two messages, whichever batch they are in, and what is sent again waits for nothing.
pub async fn in_a_slow_room_one_waits_between_two_messages(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let slow = |sender, text, at: i64| crate::NewEntry {
        pause: Some(Duration::from_secs(30)),
        at: Timestamp(at),
        ..say(sender, text)
    };
    let too_soon = |ms| Fate::Denied(Denial::TooSoon(Duration::from_millis(ms)));
    let first = draft(slow(BO, "one", 1_000), "one");
    let batch = [first.clone(), slow(BO, "two", 2_000), slow(ANN, "three", 2_000)];
    assert_eq!(scene.commit(&batch).await, [stored(2, 1), too_soon(29_000), stored(3, 2)]);
    assert_eq!(scene.put(first).await, duplicate(2, 1));
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(slow(BO, "four", 30_999)).await, too_soon(1));
    assert_eq!(scene.put(slow(BO, "four", 31_000)).await, stored(4, 3));
    assert_eq!(scene.put(say(BO, "the room is slow no more")).await, stored(5, 4));
}

/// Strangers find the rooms that are listed, page by page, and no others.
pub async fn listed_rooms_are_found_page_by_page(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (id, handle, listed) in [(7_002, "attic", true), (7_003, "cellar", false), (7_004, "den", true)] {
        let mut room = room(RoomId(id), handle, &[ANN]);
        room.settings.policy.listed = listed;
        room.settings.about.name = Some(handle.to_uppercase().into());
        scene.make(room).await;
    }
    let listed = |after: Option<&'static str>, limit: u32| {
        let store = scene.store.clone();
        async move {
            let after = after.map(name);
            let found = store.places().listed(after.as_ref(), limit).await.expect("they are read");
            found.into_iter().map(|card| card.handle.to_string()).collect::<Vec<_>>()
        }
    };
    assert_eq!(listed(None, 10).await, ["attic", "den"]);
    assert_eq!(listed(None, 1).await, ["attic"]);
    assert_eq!(listed(Some("attic"), 10).await, ["den"]);
    scene.put(set(ANN, NewSettings { listed: Some(true), ..NewSettings::default() })).await;
    assert_eq!(listed(Some("den"), 10).await, ["tea"]);
}

fn succeeds(by: UserId, user: UserId) -> crate::NewEntry {
    crate::NewEntry { act: crate::NewAct::Succeed(person(user)), ..say(by, "") }
}

/// A room with people in it has an owner, whoever goes: another is made it first, and who that is, is known.
pub async fn a_room_is_never_left_without_an_owner(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(join(CY)).await;
    let heir = async |besides| {
        let heir = scene.store.places().heir(TEA, besides).await.expect("it is read");
        heir.map(|heir| heir.id)
    };
    assert_eq!(scene.put(judged(leave(ANN), 2)).await, Fate::Denied(Denial::OwnerStays));
    assert_eq!((heir(ANN).await, heir(BO).await), (Some(BO), Some(ANN)), "bo has been here longest");
    scene.put(appoints(ANN, CY, Role::Admin)).await;
    assert_eq!(heir(ANN).await, Some(CY), "an admin comes first");
    let away = crate::AccountChange::State(crate::AccountState::Deactivated);
    scene.store.people().change_account(CY, &away).await.expect("it is changed");
    assert_eq!(heir(ANN).await, Some(BO), "cy can't come in");
    let rules = scene.rules().await;
    assert_eq!(scene.put(succeeds(ANN, UserId(404))).await, Fate::NoSuchUser);
    assert_eq!(scene.put(succeeds(ANN, BO)).await, stored(4, 0));
    assert_eq!(scene.put(succeeds(ANN, BO)).await, Fate::Unchanged);
    assert_eq!(scene.rules().await, rules + 1);
    let roles = [scene.member(ANN).await, scene.member(BO).await].map(|one| one.map(|one| one.role));
    assert_eq!(roles, [Some(Role::Admin), Some(Role::Owner)]);
    assert_eq!(scene.put(judged(leave(ANN), rules + 1)).await, stored(5, 0));
    assert_eq!(scene.put(succeeds(BO, ANN)).await, Fate::Denied(Denial::NoSuchMember));
    // In one batch, and by somebody else than who was it.
    let both = [succeeds(CY, CY), judged(leave(BO), rules + 3)];
    assert_eq!(scene.commit(&both).await, [stored(6, 0), stored(7, 0)]);
    assert_eq!(heir(CY).await, None);
    // Who is the last one leaves nobody behind.
    assert_eq!(scene.put(judged(leave(CY), rules + 4)).await, stored(8, 0));
    assert_eq!(scene.log(3).await, ["bo is the owner", "ann left", "cy is the owner", "bo left", "cy left"]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.put(succeeds(ANN, ANN)).await, Fate::Denied(Denial::NoSuchMember));
    let pair = RoomId(7_005);
    let direct = crate::NewRoom { kind: RoomKind::Direct, ..room(pair, "pair", &[ANN, BO]) };
    scene.make(direct).await;
    let of_two = crate::NewEntry { room: pair, ..succeeds(ANN, BO) };
    assert_eq!(scene.put(of_two).await, Fate::Denied(Denial::RoomOfTwo));
    assert_eq!(scene.put(crate::NewEntry { room: pair, ..leave(ANN) }).await, stored(2, 0));
}
