//! Who may do what in a room: the one table of permissions.
//!
//! What somebody may do follows from their role, the kind of the room and what is set for it, and where it is done to
//! another member also from what that one is.

use crate::{Policy, Role, RoomKind};

/// One thing that not everybody in a room may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// Say something, and give one's own message other words.
    Write,
    /// Pin a message, and take it from there.
    Pin,
    /// Call everybody who is in the room.
    CallAll,
    /// Take back what others said.
    Moderate,
    /// Invite others, bring them in, let those in who asked, and make links that let in.
    Invite,
    /// Set how the room is shown: name, description, picture.
    Describe,
    /// Set everything else.
    Rule,
    /// Show others out, ban and mute them, and let them again. Done only to those with a lesser role.
    Manage,
    /// Say what others are in the room: up to below one's own role, and only of those below it.
    Appoint,
    /// Make another the owner.
    HandOver,
}

impl Power {
    /// Every power, for tables and tests.
    pub const ALL: [Power; 10] = [
        Power::Write,
        Power::Pin,
        Power::CallAll,
        Power::Moderate,
        Power::Invite,
        Power::Describe,
        Power::Rule,
        Power::Manage,
        Power::Appoint,
        Power::HandOver,
    ];

    /// The least role that has it; nobody has it where there is none.
    #[must_use]
    pub const fn least(self, kind: RoomKind, policy: &Policy) -> Option<Role> {
        match self {
            // In a room of two both speak, pin and call each other, and nobody's words are the other's to take back.
            Power::Write | Power::Pin | Power::CallAll if matches!(kind, RoomKind::Direct) => {
                Some(Role::Guest)
            }
            _ if kind.is_closed() => None,
            Power::Write => Some(policy.write),
            Power::Pin => Some(policy.pin),
            Power::Invite => Some(policy.invite),
            Power::CallAll => Some(policy.call_all),
            Power::Moderate | Power::Describe | Power::Rule | Power::Manage | Power::Appoint => {
                Some(Role::Admin)
            }
            Power::HandOver => Some(Role::Owner),
        }
    }

    /// Whether somebody of this role has it.
    #[must_use]
    pub fn is_of(self, role: Role, kind: RoomKind, policy: &Policy) -> bool {
        self.least(kind, policy).is_some_and(|least| role >= least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of guest, member, admin and owner have each power.
    fn table(kind: RoomKind, policy: &Policy) -> Vec<(Power, String)> {
        let has = |power: Power| {
            let has = Role::ALL.into_iter().filter(|role| power.is_of(*role, kind, policy));
            has.map(|role| &role.word()[..1]).collect()
        };
        Power::ALL.into_iter().map(|power| (power, has(power))).collect()
    }

    fn rows(rows: [(Power, &str); 10]) -> Vec<(Power, String)> {
        rows.map(|(power, has)| (power, has.to_owned())).to_vec()
    }

    #[test]
    fn in_a_group_members_talk_and_bring_others_in_and_admins_keep_order() {
        let expected = rows([
            (Power::Write, "mao"),
            (Power::Pin, "ao"),
            (Power::CallAll, "ao"),
            (Power::Moderate, "ao"),
            (Power::Invite, "mao"),
            (Power::Describe, "ao"),
            (Power::Rule, "ao"),
            (Power::Manage, "ao"),
            (Power::Appoint, "ao"),
            (Power::HandOver, "o"),
        ]);
        assert_eq!(table(RoomKind::Group, &Policy::of(RoomKind::Group)), expected);
    }

    #[test]
    fn in_a_channel_few_write_and_many_read() {
        let expected = rows([
            (Power::Write, "ao"),
            (Power::Pin, "ao"),
            (Power::CallAll, "ao"),
            (Power::Moderate, "ao"),
            (Power::Invite, "ao"),
            (Power::Describe, "ao"),
            (Power::Rule, "ao"),
            (Power::Manage, "ao"),
            (Power::Appoint, "ao"),
            (Power::HandOver, "o"),
        ]);
        assert_eq!(table(RoomKind::Channel, &Policy::of(RoomKind::Channel)), expected);
    }

    #[test]
    fn in_a_room_of_two_both_write_pin_and_call_and_nothing_else_can_be_done() {
        let expected = rows([
            (Power::Write, "gmao"),
            (Power::Pin, "gmao"),
            (Power::CallAll, "gmao"),
            (Power::Moderate, ""),
            (Power::Invite, ""),
            (Power::Describe, ""),
            (Power::Rule, ""),
            (Power::Manage, ""),
            (Power::Appoint, ""),
            (Power::HandOver, ""),
        ]);
        let nothing = Power::ALL.map(|power| (power, String::new()));
        assert_eq!(table(RoomKind::Own, &Policy::of(RoomKind::Own)), nothing, "only the server speaks there");
        for write in Role::ALL {
            let policy =
                Policy { write, pin: write, invite: write, call_all: write, ..Policy::of(RoomKind::Direct) };
            assert_eq!(table(RoomKind::Direct, &policy), expected);
        }
    }

    #[test]
    fn writing_pinning_inviting_and_calling_all_begin_with_the_role_that_is_set() {
        for least in Role::ALL {
            let set = Policy { write: least, pin: least, invite: least, ..Policy::of(RoomKind::Group) };
            let policy = Policy { call_all: least, ..set };
            for power in [Power::Write, Power::Pin, Power::Invite, Power::CallAll] {
                let has = Role::ALL.into_iter().filter(|role| power.is_of(*role, RoomKind::Group, &policy));
                assert!(
                    has.eq(Role::ALL.into_iter().filter(|role| *role >= least)),
                    "{power:?} from {least:?}"
                );
            }
        }
    }
}
