//! The rule: what a member may say becomes [`MessageSaid`], everything else a [`Refusal`].

use crate::{Content, Draft, Handle, Origin, Refusal, RoomId, Seq, Timestamp, UserId};

/// What sort of room it is. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RoomKind {
    /// Two people, or one with themselves.
    Direct = 1,
    /// Any number of people.
    Group = 2,
}

/// What a member is in a room. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// Reads and writes.
    Member = 2,
    /// Made the room.
    Owner = 4,
}

/// Counts the changes of a room's membership, roles and settings: a command says which rules it was judged
/// by, and the store refuses to commit it under others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RulesVersion(pub i64);

/// One user's place in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// What they are.
    pub role: Role,
    /// The entry they hear from.
    pub from_seq: Seq,
}

/// A room as one user meets it: enough to judge what that user asks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The room.
    pub room: RoomId,
    /// What it is called.
    pub handle: Handle,
    /// What sort it is.
    pub kind: RoomKind,
    /// The rules this was read under.
    pub rules: RulesVersion,
    /// The user's place, if they have one.
    pub member: Option<Member>,
}

/// A client's wish: please take this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// Who says it.
    pub sender: UserId,
    /// From which device, where it is one.
    pub origin: Option<Origin>,
    /// Their own key for it.
    pub draft: Option<Draft>,
    /// What they say.
    pub content: Content,
    /// When it shall stop being shown.
    pub expires_at: Option<Timestamp>,
}

/// A message that the rules allow, judged under `rules`. It is not in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSaid {
    /// Where.
    pub room: RoomId,
    /// Which rules allowed it.
    pub rules: RulesVersion,
    /// What.
    pub say: Say,
}

impl Standing {
    /// Whether this user may say this here. `limit` is the largest message in bytes.
    ///
    /// # Errors
    /// The [`Refusal`] that the sender is told.
    pub fn say(&self, say: Say, limit: usize) -> Result<MessageSaid, Refusal> {
        if self.member.is_none() {
            return Err(Refusal::NotAMember);
        }
        if say.content.len() > limit {
            return Err(Refusal::TooLarge { len: say.content.len(), limit });
        }
        if say.content.is_empty() {
            return Err(Refusal::Payload("the message is empty".into()));
        }
        if say.content.mentions.len() > Content::MAX_MENTIONS {
            return Err(Refusal::Payload(format!(
                "`mentions` has more than {} names",
                Content::MAX_MENTIONS
            )));
        }
        Ok(MessageSaid { room: self.room, rules: self.rules, say })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea(member: Option<Member>) -> Standing {
        Standing {
            room: RoomId(7),
            handle: Handle::new("tea").unwrap(),
            kind: RoomKind::Group,
            rules: RulesVersion(3),
            member,
        }
    }

    fn kettle() -> Say {
        Say {
            sender: UserId(1),
            origin: None,
            draft: None,
            content: Content::text("the kettle is on"),
            expires_at: None,
        }
    }

    const BO: Option<Member> = Some(Member { role: Role::Member, from_seq: Seq::FIRST });

    #[test]
    fn a_member_is_heard_under_the_rules_in_force() {
        let said = tea(BO).say(kettle(), 100).unwrap();
        assert_eq!((said.room, said.rules), (RoomId(7), RulesVersion(3)));
    }

    #[test]
    fn a_stranger_is_refused() {
        assert_eq!(tea(None).say(kettle(), 100), Err(Refusal::NotAMember));
    }

    #[test]
    fn a_message_has_at_least_one_byte_and_at_most_the_limit() {
        let len = kettle().content.len();
        assert!(tea(BO).say(kettle(), len).is_ok());
        assert_eq!(tea(BO).say(kettle(), len - 1), Err(Refusal::TooLarge { len, limit: len - 1 }));
        let nothing = Say { content: Content::text(""), ..kettle() };
        assert!(matches!(tea(BO).say(nothing, 100), Err(Refusal::Payload(_))));
    }

    #[test]
    fn a_message_calls_at_most_fifty_people_by_name() {
        let calling = |people| Say {
            content: Content {
                mentions: vec![Handle::new("bo").unwrap(); people],
                ..Content::text("tea is ready")
            },
            ..kettle()
        };
        assert!(tea(BO).say(calling(Content::MAX_MENTIONS), 100).is_ok());
        let refused = tea(BO).say(calling(Content::MAX_MENTIONS + 1), 100);
        assert_eq!(refused, Err(Refusal::Payload("`mentions` has more than 50 names".into())));
    }

    #[test]
    fn a_stranger_learns_nothing_but_that() {
        let nothing = Say { content: Content::text(""), ..kettle() };
        let too_much = Say { content: Content::text("x".repeat(101)), ..kettle() };
        for said in [nothing, too_much] {
            assert_eq!(tea(None).say(said, 100), Err(Refusal::NotAMember));
        }
    }
}
