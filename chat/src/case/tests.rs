use super::*;
use crate::Denial::{Banned, Full, NoSuchMember, NotInvited, OwnerStays, Pointless, RoomOfTwo, TooManyWays};
use crate::{Act, Handle, LinkHash, LinkId, NewLink, NewSettings, Person, Plea, UserId};
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_000_000);

fn seat(role: Role) -> Seat {
    Seat { role, muted_until: None }
}

fn group() -> Case {
    Case {
        kind: RoomKind::Group,
        policy: Policy::of(RoomKind::Group),
        members: 5,
        by: None,
        seat: None,
        is_banned: false,
        was_in: false,
        invited: None,
        linked: None,
        is_own: false,
        asks: false,
        has_link: false,
        ways: OpenWays::default(),
    }
}

/// By one of this role to one of that, who may not be in the room.
fn between(by: Role, to: Option<Role>) -> Case {
    Case { by: Some(seat(by)), seat: to.map(seat), ..group() }
}

fn bo() -> Person {
    Person { id: UserId(2), handle: Handle::new("bo").unwrap() }
}

fn join() -> Change {
    Change::Join { who: bo(), link: None }
}

fn denied<T>(denial: Denial) -> Result<T, No> {
    Err(No::Denied(denial))
}

/// Every pair of roles: who may do it, and to whom.
fn pairs(change: &Change, expected: Result<Outcome, No>) -> Vec<(Role, Role)> {
    let pairs = Role::ALL.into_iter().flat_map(|by| Role::ALL.into_iter().map(move |to| (by, to)));
    let (may, may_not): (Vec<_>, Vec<_>) =
        pairs.partition(|(by, to)| between(*by, Some(*to)).judge(change, NOW) == expected);
    for (by, to) in may_not {
        let why = between(by, Some(to)).judge(change, NOW);
        assert!(matches!(why, Err(No::NotAllowed) | Ok(_)), "{by:?} to {to:?}: {why:?}");
    }
    may
}

use Role::{Admin, Guest, Member, Owner};

const DOWNWARDS: [(Role, Role); 5] =
    [(Admin, Guest), (Admin, Member), (Owner, Guest), (Owner, Member), (Owner, Admin)];

#[test]
fn admins_and_owners_show_out_ban_and_mute_those_below_them_and_nobody_else() {
    assert_eq!(pairs(&Change::Kick { who: bo() }, Ok(Outcome::Goes)), DOWNWARDS);
    assert_eq!(pairs(&Change::Ban { who: bo() }, Ok(Outcome::Banned)), DOWNWARDS);
    for to in Role::ALL {
        let until = Timestamp(NOW.0 + 1);
        let muted = Ok(Outcome::Is(Seat { role: to, muted_until: Some(until) }));
        let may: Vec<_> = DOWNWARDS.into_iter().filter(|(_, below)| *below == to).collect();
        assert_eq!(pairs(&Change::Mute { who: bo(), until }, muted), may);
    }
}

#[test]
fn who_is_not_in_the_room_can_be_banned_and_nothing_else() {
    for by in [Admin, Owner] {
        let case = between(by, None);
        assert_eq!(case.judge(&Change::Ban { who: bo() }, NOW), Ok(Outcome::Banned));
        let mute = Change::Mute { who: bo(), until: Timestamp::NEVER };
        let appoint = Change::Appoint { who: bo(), role: Guest };
        for change in [Change::Kick { who: bo() }, mute, appoint] {
            assert_eq!(case.judge(&change, NOW), denied(NoSuchMember), "{change:?}");
        }
        assert_eq!(case.judge(&Change::Unban { who: bo() }, NOW), Ok(Outcome::Nothing));
        let banned = Case { is_banned: true, ..case };
        assert_eq!(banned.judge(&Change::Unban { who: bo() }, NOW), Ok(Outcome::Unbanned));
        assert_eq!(banned.judge(&Change::Ban { who: bo() }, NOW), Ok(Outcome::Nothing));
    }
    for by in [Guest, Member] {
        assert_eq!(between(by, None).judge(&Change::Ban { who: bo() }, NOW), Err(No::NotAllowed));
        assert_eq!(between(by, None).judge(&Change::Unban { who: bo() }, NOW), Err(No::NotAllowed));
    }
}

#[test]
fn a_role_is_given_up_to_below_ones_own_and_only_to_those_below() {
    let mut given = Vec::new();
    for (by, to) in Role::ALL.into_iter().flat_map(|by| Role::ALL.into_iter().map(move |to| (by, to))) {
        for role in Role::ALL {
            let change = Change::Appoint { who: bo(), role };
            match between(by, Some(to)).judge(&change, NOW) {
                Ok(Outcome::Is(now)) if now.role == role => given.push((by, to, role)),
                Ok(Outcome::Nothing) => assert_eq!(to, role),
                other => assert_eq!(other, Err(No::NotAllowed), "{by:?} makes {to:?} {role:?}"),
            }
        }
    }
    let expected = [
        (Admin, Guest, Member),
        (Admin, Member, Guest),
        (Owner, Guest, Member),
        (Owner, Guest, Admin),
        (Owner, Member, Guest),
        (Owner, Member, Admin),
        (Owner, Admin, Guest),
        (Owner, Admin, Member),
    ];
    assert_eq!(given, expected);
}

#[test]
fn only_the_owner_hands_the_room_over() {
    let to = [(Owner, Guest), (Owner, Member), (Owner, Admin)];
    assert_eq!(pairs(&Change::HandOver { who: bo() }, Ok(Outcome::HandedOver)), to);
    assert_eq!(between(Owner, None).judge(&Change::HandOver { who: bo() }, NOW), denied(NoSuchMember));
    let to_self = between(Owner, Some(Owner)).judge(&Change::HandOver { who: bo() }, NOW);
    assert_eq!(to_self, Ok(Outcome::Nothing));
}

#[test]
fn a_mute_ends_by_itself_or_is_ended_and_is_not_said_twice() {
    let mute = |until: i64| Change::Mute { who: bo(), until: Timestamp(until) };
    let muted = |until: i64| Case {
        seat: Some(Seat { role: Member, muted_until: Some(Timestamp(until)) }),
        ..between(Owner, Some(Member))
    };
    let later = NOW.0 + 60_000;
    assert_eq!(muted(later).judge(&mute(later), NOW), Ok(Outcome::Nothing));
    assert_eq!(muted(later).judge(&mute(0), NOW), Ok(Outcome::Is(seat(Member))));
    assert_eq!(muted(NOW.0 - 1).judge(&mute(0), NOW), Ok(Outcome::Nothing), "it was over");
    let speaks = |until: i64| Seat { role: Member, muted_until: Some(Timestamp(until)) }.may_speak(NOW);
    assert_eq!(speaks(NOW.0), Ok(()));
    assert_eq!(speaks(later), Err(Denial::Muted(Some(Duration::from_secs(60)))));
    assert_eq!(speaks(i64::MAX), Err(Denial::Muted(None)));
    let promoted = muted(later).judge(&Change::Appoint { who: bo(), role: Admin }, NOW);
    assert_eq!(promoted, Ok(Outcome::Is(seat(Admin))), "an admin is not muted");
}

#[test]
fn one_comes_in_by_an_open_door_an_invitation_or_a_link() {
    let open = Case { policy: Policy { join: Joining::Open, ..group().policy }, ..group() };
    let comes = |role| Ok(Outcome::Comes(role, History::FromJoin));
    assert_eq!(open.judge(&join(), NOW), comes(Member));
    assert_eq!(Case { invited: Some(Guest), ..group() }.judge(&join(), NOW), comes(Guest));
    assert_eq!(Case { linked: Some(Member), ..group() }.judge(&join(), NOW), comes(Member));
    assert_eq!(Case { seat: Some(seat(Member)), ..open }.judge(&join(), NOW), Ok(Outcome::Nothing));
    let all = Case { policy: Policy { history: History::All, ..open.policy }, ..open };
    assert_eq!(all.judge(&join(), NOW), Ok(Outcome::Comes(Member, History::All)));
}

#[test]
fn a_stranger_learns_nothing_of_a_room_that_is_not_for_them_and_why_not_of_one_they_may_see() {
    assert_eq!(group().judge(&join(), NOW), Err(No::Unseen));
    assert_eq!(Case { is_banned: true, ..group() }.judge(&join(), NOW), Err(No::Unseen));
    let full = Policy { member_limit: Some(5), ..group().policy };
    assert_eq!(Case { policy: full, ..group() }.judge(&join(), NOW), Err(No::Unseen));
    for policy in [
        Policy { listed: true, ..group().policy },
        Policy { join: Joining::Request, ..group().policy },
        Policy { join: Joining::Open, listed: true, ..group().policy },
    ] {
        let seen = Case { policy, ..group() };
        assert_eq!(Case { is_banned: true, ..seen }.judge(&join(), NOW), denied(Banned));
        if policy.join != Joining::Open {
            assert_eq!(seen.judge(&join(), NOW), denied(NotInvited));
        }
    }
    assert_eq!(Case { was_in: true, ..group() }.judge(&join(), NOW), denied(NotInvited));
    assert_eq!(Case { was_in: true, is_banned: true, ..group() }.judge(&join(), NOW), denied(Banned));
    let invited = Case { invited: Some(Member), ..group() };
    assert_eq!(Case { is_banned: true, ..invited }.judge(&join(), NOW), denied(Banned));
    assert_eq!(Case { policy: full, ..invited }.judge(&join(), NOW), denied(Full));
    for change in
        [Change::Add { who: bo(), role: Member }, Change::Kick { who: bo() }, Change::Leave { who: bo() }]
    {
        assert_eq!(group().judge(&change, NOW), Err(No::Unseen));
    }
    assert_eq!(group().judge(&Change::Set(Box::default()), NOW), Err(No::Unseen));
}

#[test]
fn whoever_may_invite_brings_others_in_who_are_not_banned_while_there_is_room() {
    let add = |role| Change::Add { who: bo(), role };
    let may = |by, role| between(by, None).judge(&add(role), NOW).is_ok();
    assert_eq!(Role::ALL.map(|by| may(by, Member)), [false, true, true, true]);
    assert_eq!(Role::ALL.map(|role| may(Owner, role)), [true, true, false, false]);
    let guests_invite = Policy { invite: Guest, ..group().policy };
    let by_guest = Case { policy: guests_invite, ..between(Guest, None) };
    assert_eq!(by_guest.judge(&add(Member), NOW), Err(No::NotAllowed), "nobody gives more than they have");
    assert!(by_guest.judge(&add(Guest), NOW).is_ok());
    let case = between(Owner, None);
    assert_eq!(Case { is_banned: true, ..case }.judge(&add(Member), NOW), denied(Banned));
    let full = Policy { member_limit: Some(5), ..case.policy };
    assert_eq!(Case { policy: full, ..case }.judge(&add(Member), NOW), denied(Full));
    assert_eq!(between(Owner, Some(Guest)).judge(&add(Member), NOW), Ok(Outcome::Nothing));
}

#[test]
fn everybody_may_go_and_the_owner_goes_last() {
    let leave = Change::Leave { who: bo() };
    for role in [Guest, Member, Admin] {
        assert_eq!(between(role, Some(role)).judge(&leave, NOW), Ok(Outcome::Goes));
    }
    let owner = between(Owner, Some(Owner));
    assert_eq!(owner.judge(&leave, NOW), denied(OwnerStays));
    assert_eq!(Case { members: 1, ..owner }.judge(&leave, NOW), Ok(Outcome::Goes));
}

#[test]
fn admins_set_how_a_room_is_shown_and_who_may_do_what() {
    let name = || Change::Set(Box::new(NewSettings { name: Some("Tea".into()), ..NewSettings::default() }));
    let rule = || Change::Set(Box::new(NewSettings { write: Some(Owner), ..NewSettings::default() }));
    for change in [name(), rule()] {
        let may = Role::ALL.map(|by| between(by, None).judge(&change, NOW) == Ok(Outcome::Set));
        assert_eq!(may, [false, false, true, true]);
    }
    assert_eq!(between(Owner, None).judge(&Change::Set(Box::default()), NOW), Ok(Outcome::Nothing));
}

#[test]
fn a_room_of_two_stays_as_it_is() {
    let two = Case { kind: RoomKind::Direct, policy: Policy::of(RoomKind::Direct), members: 2, ..group() };
    assert_eq!(two.judge(&join(), NOW), Err(No::Unseen));
    assert_eq!(Case { linked: Some(Member), ..two }.judge(&join(), NOW), Err(No::Unseen));
    let inside = Case { by: Some(seat(Owner)), seat: Some(seat(Owner)), ..two };
    for change in [
        Change::Add { who: bo(), role: Member },
        Change::Kick { who: bo() },
        Change::Ban { who: bo() },
        Change::Leave { who: bo() },
        Change::HandOver { who: bo() },
        Change::Set(Box::new(NewSettings { name: Some("us".into()), ..NewSettings::default() })),
    ] {
        assert_eq!(inside.judge(&change, NOW), denied(RoomOfTwo), "{change:?}");
    }
}

fn invite(role: Role) -> Change {
    Change::Invite { who: bo(), role, until: NOW }
}

fn ask() -> Change {
    Change::Ask { who: bo(), words: Plea::default() }
}

fn open_link(role: Role) -> Change {
    Change::OpenLink(Box::new(NewLink {
        id: LinkId(9),
        hash: LinkHash([9; 32]),
        role,
        uses: None,
        until: None,
    }))
}

#[test]
fn who_may_invite_opens_ways_and_shuts_them_and_gives_no_more_than_they_are() {
    for change in [invite(Member), open_link(Member)] {
        let may = Role::ALL.map(|by| between(by, None).judge(&change, NOW) == Ok(Outcome::Opens));
        assert_eq!(may, [false, true, true, true], "{change:?}");
        assert_eq!(group().judge(&change, NOW), Err(No::Unseen));
        let two = Case { kind: RoomKind::Direct, ..between(Owner, None) };
        assert_eq!(two.judge(&change, NOW), denied(RoomOfTwo));
    }
    assert_eq!(between(Owner, None).judge(&invite(Admin), NOW), Err(No::NotAllowed));
    let guests_invite = Policy { invite: Guest, ..Policy::of(RoomKind::Group) };
    let guest = Case { policy: guests_invite, ..between(Guest, None) };
    assert_eq!(guest.judge(&invite(Guest), NOW), Ok(Outcome::Opens));
    assert_eq!(guest.judge(&invite(Member), NOW), Err(No::NotAllowed));
    let open = Case { invited: Some(Member), asks: true, has_link: true, ..between(Member, None) };
    let shut = [Change::Uninvite { who: bo() }, Change::TurnAway { who: bo() }, Change::EndLink(LinkId(9))];
    for change in shut {
        assert_eq!(open.judge(&change, NOW), Ok(Outcome::Shuts));
        assert_eq!(between(Member, None).judge(&change, NOW), Ok(Outcome::Nothing));
        assert_eq!(Case { by: Some(seat(Guest)), ..open }.judge(&change, NOW), Err(No::NotAllowed));
        assert_eq!(Case { by: None, ..open }.judge(&change, NOW), Err(No::Unseen));
    }
}

#[test]
fn who_is_in_or_banned_needs_no_way_and_ways_have_bounds() {
    let case = between(Member, None);
    for case in [Case { seat: Some(seat(Guest)), ..case }, Case { is_banned: true, ..case }] {
        assert_eq!(case.judge(&invite(Member), NOW), denied(Pointless));
    }
    let many = |ways| Case { ways, ..case };
    let invitations = OpenWays { invitations: OpenWays::INVITATIONS, ..OpenWays::default() };
    let of_one = OpenWays { of_one: OpenWays::INVITATIONS_OF_ONE, ..OpenWays::default() };
    for ways in [invitations, of_one] {
        assert_eq!(many(ways).judge(&invite(Member), NOW), denied(TooManyWays));
        let again = Case { invited: Some(Guest), ..many(ways) };
        assert_eq!(again.judge(&invite(Member), NOW), Ok(Outcome::Opens), "it takes the place of another");
    }
    let links = OpenWays { links: OpenWays::LINKS, ..OpenWays::default() };
    assert_eq!(many(links).judge(&open_link(Member), NOW), denied(TooManyWays));
}

#[test]
fn who_may_know_of_a_room_asks_to_be_let_in_once_and_takes_it_back() {
    let on = |join| Case { policy: Policy { join, ..Policy::of(RoomKind::Group) }, is_own: true, ..group() };
    let case = on(Joining::Request);
    assert_eq!(case.judge(&ask(), NOW), Ok(Outcome::Opens));
    assert_eq!(on(Joining::Invite).judge(&ask(), NOW), Err(No::Unseen));
    let listed = Policy { listed: true, ..on(Joining::Invite).policy };
    assert_eq!(Case { policy: listed, ..case }.judge(&ask(), NOW), denied(NotInvited));
    assert_eq!(Case { is_banned: true, ..case }.judge(&ask(), NOW), denied(Pointless));
    let full = OpenWays { requests: OpenWays::REQUESTS, ..OpenWays::default() };
    assert_eq!(Case { ways: full, ..case }.judge(&ask(), NOW), denied(TooManyWays));
    let asks = Case { asks: true, ways: full, ..case };
    assert_eq!(asks.judge(&ask(), NOW), Ok(Outcome::Rewords));
    let no_more = Change::TurnAway { who: bo() };
    assert_eq!(asks.judge(&no_more, NOW), Ok(Outcome::Shuts));
    assert_eq!(case.judge(&no_more, NOW), Ok(Outcome::Nothing));
    assert_eq!(on(Joining::Invite).judge(&no_more, NOW), Err(No::Unseen));
    let still = Case { asks: true, ..on(Joining::Invite) };
    assert_eq!(still.judge(&no_more, NOW), Ok(Outcome::Shuts), "the room takes no requests any more");
}

#[test]
fn who_is_invited_declines_and_nobody_else_learns_of_the_room() {
    let decline = Change::Uninvite { who: bo() };
    let case = Case { is_own: true, invited: Some(Member), ..group() };
    assert_eq!(case.judge(&decline, NOW), Ok(Outcome::Shuts));
    assert_eq!(Case { invited: None, ..case }.judge(&decline, NOW), Err(No::Unseen));
}

#[test]
fn what_somebody_says_to_their_request_is_in_no_log() {
    let ask = Change::Ask { who: bo(), words: Plea("the spare key".into()) };
    assert!(!format!("{ask:?}").contains("spare"), "{ask:?}");
    assert_eq!(ask.tells(NOW), Act::Requested { who: bo().handle });
}
