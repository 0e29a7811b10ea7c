//! What sort of room it is, and what people are in it.

/// What sort of room it is. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RoomKind {
    /// Two people, or one with themselves.
    Direct = 1,
    /// Any number of people who talk with each other.
    Group = 2,
    /// Few write and many read.
    Channel = 3,
    /// One user's, in which only the server speaks: see [`crate::Event`]. It is nobody's conversation.
    Own = 9,
}

impl RoomKind {
    /// Every kind, for tables and tests.
    pub const ALL: [RoomKind; 4] = [RoomKind::Direct, RoomKind::Group, RoomKind::Channel, RoomKind::Own];

    /// The word for it in payloads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            RoomKind::Direct => "direct",
            RoomKind::Group => "group",
            RoomKind::Channel => "channel",
            RoomKind::Own => "own",
        }
    }

    /// Whether who is in it never changes, and nothing can be set for it.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, RoomKind::Direct | RoomKind::Own)
    }

    /// The kind with this stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<RoomKind> {
        RoomKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// What a member is in a room: each may do what the one before may. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// Reads.
    Guest = 1,
    /// Reads and writes.
    Member = 2,
    /// Also sees to it that the others can.
    Admin = 3,
    /// Whose room it is. A group and a channel have one at most, in a direct room both are.
    Owner = 4,
}

impl Role {
    /// Every role, for tables and tests.
    pub const ALL: [Role; 4] = [Role::Guest, Role::Member, Role::Admin, Role::Owner];

    /// The word for it in payloads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Role::Guest => "guest",
            Role::Member => "member",
            Role::Admin => "admin",
            Role::Owner => "owner",
        }
    }

    /// The role with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The role with this stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Role> {
        Role::ALL.into_iter().find(|role| *role as u8 == number)
    }

    /// Whether they see to it that the others can read and write: they are told of each who comes and goes.
    #[must_use]
    pub fn manages(self) -> bool {
        self >= Role::Admin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_kinds_are_found_by_what_is_stored_and_written_of_them() {
        for role in Role::ALL {
            assert_eq!(
                (Role::from_number(role as u8), Role::from_word(role.word())),
                (Some(role), Some(role))
            );
        }
        for kind in RoomKind::ALL {
            assert_eq!(RoomKind::from_number(kind as u8), Some(kind));
        }
        assert_eq!(
            (Role::from_number(0), Role::from_word("king"), RoomKind::from_number(0)),
            (None, None, None)
        );
    }
}
