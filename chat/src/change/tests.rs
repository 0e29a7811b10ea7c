use super::*;
use crate::Denial::{Banned, Full, NoSuchMember, NotInvited, OwnerStays, RoomOfTwo};

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
