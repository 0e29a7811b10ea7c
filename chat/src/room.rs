//! The rule: what a member may say becomes [`MessageSaid`], everything else a [`Refusal`].

use crate::{
    Content, Deed, Denial, Draft, Handle, Mention, Objection, Origin, Policy, Power, Refusal, Role, RoomId,
    RoomKind, Seat, Seq, Timestamp, UserId, Warrant, Windows,
};
use std::time::Duration;

/// Counts the changes of a room's membership, roles and settings: a command says which rules it was judged
/// by, and the store refuses to commit it under others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RulesVersion(pub i64);

/// One user's place in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// What they are.
    pub role: Role,
    /// The first entry they may read.
    pub from_seq: Seq,
    /// Until when they listen only.
    pub muted_until: Option<Timestamp>,
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
    /// What is set for it.
    pub policy: Policy,
    /// The user's place, if they have one.
    pub member: Option<Member>,
    /// Whether it is a room of two of whom one keeps the other away: nothing is said there, by either.
    pub closed: bool,
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
    /// What they ask for.
    pub ask: Ask,
    /// When it shall stop being shown.
    pub expires_at: Option<Timestamp>,
}

/// What a client asks a room to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Let this be said.
    Say(Content),
    /// Let this be done to what was said.
    Do(Deed),
    /// Let a message of another room be said here too, as it is worded now. Whoever knows that room makes an
    /// [`Ask::Say`] of it, if who asks may read it.
    Forward {
        /// The other room.
        room: Handle,
        /// The message.
        of: Seq,
    },
}

impl Ask {
    /// How many bytes of the sender's are in it.
    fn len(&self) -> usize {
        match self {
            Ask::Say(content) => content.len(),
            Ask::Do(Deed::Edit { wording, .. }) => wording.len(),
            // A sign is short, or it would be none.
            Ask::Do(_) | Ask::Forward { .. } => 0,
        }
    }

    /// Whom it calls.
    #[must_use]
    pub fn mentions(&self) -> &[Mention] {
        match self {
            Ask::Say(content) => &content.mentions,
            Ask::Do(Deed::Edit { wording, .. }) => &wording.mentions,
            Ask::Do(_) | Ask::Forward { .. } => &[],
        }
    }

    /// What is wrong with one that says nothing.
    fn emptiness(&self) -> Option<&'static str> {
        match self {
            Ask::Say(content) => content.is_empty().then_some("the message is empty"),
            Ask::Do(Deed::Edit { wording, .. }) => {
                wording.is_empty().then_some("the edit is empty; to take a message back, say `recall` of it")
            }
            Ask::Do(_) | Ask::Forward { .. } => None,
        }
    }
}

/// A message that the rules allow, judged under `rules`. It is not in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSaid {
    /// Where.
    pub room: RoomId,
    /// Which rules allowed it.
    pub rules: RulesVersion,
    /// How long after their last message, where the room is slow.
    pub pause: Option<Duration>,
    /// What.
    pub say: Say,
}

impl Ask {
    /// Whether it is a message of one's own, or other words for one: what takes the right to write.
    const fn writes(&self) -> bool {
        matches!(self, Ask::Say(_) | Ask::Do(Deed::Edit { .. }))
    }

    /// Whether it only takes back what was done or said, which those who are muted may, too.
    const fn takes_back(&self) -> bool {
        matches!(self, Ask::Do(Deed::Recall { .. } | Deed::Unreact { .. } | Deed::Unpin { .. }))
    }
}

impl Standing {
    /// Whether this user may say this here and now. `limit` is the largest message in bytes.
    ///
    /// # Errors
    /// The [`Refusal`] that the sender is told.
    pub fn say(&self, say: Say, limit: usize, now: Timestamp) -> Result<MessageSaid, Refusal> {
        let member = self.member.ok_or(Refusal::NotAMember)?;
        if say.ask.writes() && !Power::Write.is_of(member.role, self.kind, &self.policy) {
            return Err(Denial::ReadOnly.into());
        }
        if !say.ask.takes_back() {
            Seat { role: member.role, muted_until: member.muted_until }.may_speak(now)?;
        }
        // One's own words can be taken back wherever they are.
        if self.closed && !matches!(say.ask, Ask::Do(Deed::Recall { .. })) {
            return Err(Objection::NotAllowed.into());
        }
        let (len, mentions) = (say.ask.len(), say.ask.mentions());
        if len > limit {
            return Err(Refusal::TooLarge { len, limit });
        }
        if let Some(flaw) = say.ask.emptiness() {
            return Err(Refusal::Payload(flaw.into()));
        }
        if mentions.len() > Content::MAX_MENTIONS {
            return Err(Refusal::Payload(format!(
                "`mentions` has more than {} names",
                Content::MAX_MENTIONS
            )));
        }
        let may_call_all = Power::CallAll.is_of(member.role, self.kind, &self.policy);
        if mentions.contains(&Mention::All) && !may_call_all {
            return Err(Refusal::MayNotCallAll);
        }
        let pause = matches!(say.ask, Ask::Say(_)).then(|| self.policy.pause_of(member.role)).flatten();
        Ok(MessageSaid { room: self.room, rules: self.rules, pause, say })
    }

    /// Whether this user may show that they are writing here now: who may not write has nothing to write.
    ///
    /// # Errors
    /// The [`Refusal`] that they are told.
    pub fn may_type(&self, now: Timestamp) -> Result<(), Refusal> {
        let member = self.member.ok_or(Refusal::NotAMember)?;
        if !Power::Write.is_of(member.role, self.kind, &self.policy) {
            return Err(Denial::ReadOnly.into());
        }
        self.may_signal(now)
    }

    /// Whether this user may signal something to the others here now. Who only listens may, but who was muted may not.
    ///
    /// # Errors
    /// The [`Refusal`] that they are told.
    pub fn may_signal(&self, now: Timestamp) -> Result<(), Refusal> {
        let member = self.member.ok_or(Refusal::NotAMember)?;
        Seat { role: member.role, muted_until: member.muted_until }.may_speak(now)?;
        match self.closed {
            true => Err(Objection::NotAllowed.into()),
            false => Ok(()),
        }
    }

    /// By what right this user does something to a message here. What the message has to say about that is
    /// known only when the deed is committed: see [`Warrant::permits`].
    ///
    /// # Errors
    /// [`Refusal::NotAMember`].
    pub fn warrant(&self, windows: Windows) -> Result<Warrant, Refusal> {
        let member = self.member.ok_or(Refusal::NotAMember)?;
        let has = |power: Power| power.is_of(member.role, self.kind, &self.policy);
        let (moderates, pins) = (has(Power::Moderate), has(Power::Pin));
        Ok(Warrant { hears_from: member.from_seq, moderates, pins, windows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Wording;

    fn tea(member: Option<Member>) -> Standing {
        Standing {
            room: RoomId(7),
            handle: Handle::new("tea").unwrap(),
            kind: RoomKind::Group,
            rules: RulesVersion(3),
            policy: Policy::of(RoomKind::Group),
            member,
            closed: false,
        }
    }

    fn kettle() -> Say {
        Say {
            sender: UserId(1),
            origin: None,
            draft: None,
            ask: Ask::Say(Content::text("the kettle is on")),
            expires_at: None,
        }
    }

    const NOW: Timestamp = Timestamp(1_000);
    const BO: Option<Member> = Some(Member { role: Role::Member, from_seq: Seq::FIRST, muted_until: None });

    #[test]
    fn a_member_is_heard_under_the_rules_in_force() {
        let said = tea(BO).say(kettle(), 100, NOW).unwrap();
        assert_eq!((said.room, said.rules), (RoomId(7), RulesVersion(3)));
    }

    #[test]
    fn who_listens_only_signals_and_does_not_type_and_who_is_muted_or_kept_away_does_neither() {
        let guest = Some(Member { role: Role::Guest, from_seq: Seq::FIRST, muted_until: None });
        let policy = Policy { write: Role::Member, ..Policy::of(RoomKind::Group) };
        let room = Standing { policy, ..tea(guest) };
        assert_eq!((room.may_type(NOW), room.may_signal(NOW)), (Err(Denial::ReadOnly.into()), Ok(())));
        assert_eq!((tea(BO).may_type(NOW), tea(None).may_type(NOW)), (Ok(()), Err(Refusal::NotAMember)));
        let muted = Member { muted_until: Some(Timestamp(2_000)), ..BO.unwrap() };
        assert!(matches!(tea(Some(muted)).may_signal(NOW), Err(Refusal::Denied(Denial::Muted(Some(_))))));
        let closed = Standing { closed: true, ..tea(BO) };
        assert_eq!(closed.may_type(NOW), Err(Objection::NotAllowed.into()));
    }

    #[test]
    fn a_stranger_is_refused() {
        assert_eq!(tea(None).say(kettle(), 100, NOW), Err(Refusal::NotAMember));
    }

    #[test]
    fn a_message_has_at_least_one_byte_and_at_most_the_limit() {
        let len = "the kettle is on".len();
        assert!(tea(BO).say(kettle(), len, NOW).is_ok());
        assert_eq!(tea(BO).say(kettle(), len - 1, NOW), Err(Refusal::TooLarge { len, limit: len - 1 }));
        let nothing = Say { ask: Ask::Say(Content::text("")), ..kettle() };
        assert!(matches!(tea(BO).say(nothing, 100, NOW), Err(Refusal::Payload(_))));
    }

    #[test]
    fn a_message_calls_at_most_fifty_people_by_name() {
        let calling = |people| Say {
            ask: Ask::Say(Content {
                mentions: vec![Mention::new("bo").unwrap(); people],
                ..Content::text("tea is ready")
            }),
            ..kettle()
        };
        assert!(tea(BO).say(calling(Content::MAX_MENTIONS), 100, NOW).is_ok());
        let refused = tea(BO).say(calling(Content::MAX_MENTIONS + 1), 100, NOW);
        assert_eq!(refused, Err(Refusal::Payload("`mentions` has more than 50 names".into())));
    }

    #[test]
    fn everybody_is_called_by_whom_the_room_lets_and_by_both_of_two() {
        let mentions = vec![Mention::new("bo").unwrap(), Mention::All];
        let all = Ask::Say(Content { mentions: mentions.clone(), ..Content::text("tea is ready") });
        let wording = Wording { mentions, ..Wording::text("tea is ready") };
        let owner = Some(Member { role: Role::Owner, from_seq: Seq::FIRST, muted_until: None });
        for ask in [all, Ask::Do(Deed::Edit { of: Seq(2), wording })] {
            let say = Say { ask, ..kettle() };
            assert!(tea(owner).say(say.clone(), 100, NOW).is_ok());
            assert_eq!(tea(BO).say(say.clone(), 100, NOW), Err(Refusal::MayNotCallAll));
            let policy = Policy { call_all: Role::Member, ..Policy::of(RoomKind::Group) };
            assert!(Standing { policy, ..tea(BO) }.say(say.clone(), 100, NOW).is_ok());
            let policy = Policy { call_all: Role::Owner, ..policy };
            let admin = Some(Member { role: Role::Admin, from_seq: Seq::FIRST, muted_until: None });
            let refused = Standing { policy, ..tea(admin) }.say(say.clone(), 100, NOW);
            assert_eq!(refused, Err(Refusal::MayNotCallAll));
            assert!(Standing { kind: RoomKind::Direct, ..tea(BO) }.say(say, 100, NOW).is_ok());
        }
    }

    #[test]
    fn an_edit_is_measured_like_a_message_and_a_recall_has_nothing_to_measure() {
        let edit = |body: &'static str| Say {
            ask: Ask::Do(Deed::Edit { of: Seq(2), wording: Wording::text(body) }),
            ..kettle()
        };
        assert!(tea(BO).say(edit("off"), 3, NOW).is_ok());
        assert_eq!(tea(BO).say(edit("off"), 2, NOW), Err(Refusal::TooLarge { len: 3, limit: 2 }));
        assert!(
            matches!(tea(BO).say(edit(""), 3, NOW), Err(Refusal::Payload(words)) if words.contains("recall"))
        );
        let recall = Say { ask: Ask::Do(Deed::Recall { of: Seq(2) }), ..kettle() };
        assert!(tea(BO).say(recall, 0, NOW).is_ok());
    }

    #[test]
    fn an_owner_moderates_and_pins_in_a_group_and_in_a_room_of_two_both_pin_and_nobody_moderates() {
        let windows = Windows::default();
        let owner = Some(Member { role: Role::Owner, from_seq: Seq(3), muted_until: None });
        assert!(tea(owner).warrant(windows).unwrap().moderates);
        assert!(!tea(BO).warrant(windows).unwrap().moderates);
        let direct = Standing { kind: RoomKind::Direct, ..tea(owner) };
        assert!(!direct.warrant(windows).unwrap().moderates);
        let pins = |standing: &Standing| standing.warrant(windows).unwrap().pins;
        let both = Standing { member: BO, ..direct.clone() };
        assert_eq!([pins(&tea(owner)), pins(&tea(BO)), pins(&both)], [true, false, true]);
        assert_eq!(direct.warrant(windows).unwrap().hears_from, Seq(3));
        assert_eq!(tea(None).warrant(windows), Err(Refusal::NotAMember));
    }

    #[test]
    fn where_one_keeps_the_other_away_nothing_is_said_and_ones_own_words_can_be_taken_back() {
        let closed = |member| Standing { closed: true, kind: RoomKind::Direct, ..tea(member) };
        assert_eq!(closed(BO).say(kettle(), 100, NOW), Err(Objection::NotAllowed.into()));
        let recall = Say { ask: Ask::Do(Deed::Recall { of: Seq(2) }), ..kettle() };
        assert!(closed(BO).say(recall, 100, NOW).is_ok());
        assert_eq!(closed(None).say(kettle(), 100, NOW), Err(Refusal::NotAMember));
    }

    #[test]
    fn a_stranger_learns_nothing_but_that() {
        let nothing = Say { ask: Ask::Say(Content::text("")), ..kettle() };
        let too_much = Say { ask: Ask::Say(Content::text("x".repeat(101))), ..kettle() };
        let recall = Say { ask: Ask::Do(Deed::Recall { of: Seq(2) }), ..kettle() };
        for said in [nothing, too_much, recall] {
            assert_eq!(tea(None).say(said, 100, NOW), Err(Refusal::NotAMember));
        }
    }

    fn of(role: Role, muted_until: Option<i64>) -> Standing {
        let muted_until = muted_until.map(Timestamp);
        tea(Some(Member { role, from_seq: Seq::FIRST, muted_until }))
    }

    fn deeds() -> [Ask; 4] {
        let sign = || crate::Sign::new("+1").unwrap();
        [
            Ask::Do(Deed::Edit { of: Seq(2), wording: Wording::text("off") }),
            Ask::Do(Deed::React { of: Seq(2), sign: sign() }),
            Ask::Do(Deed::Unreact { of: Seq(2), sign: sign() }),
            Ask::Do(Deed::Recall { of: Seq(2) }),
        ]
    }

    #[test]
    fn who_only_reads_may_put_signs_and_take_things_back_and_write_nothing() {
        let guest = of(Role::Guest, None);
        assert_eq!(guest.say(kettle(), 100, NOW), Err(Denial::ReadOnly.into()));
        let may = deeds().map(|ask| guest.say(Say { ask, ..kettle() }, 100, NOW).is_ok());
        assert_eq!(may, [false, true, true, true]);
        let channel = Standing { policy: Policy::of(RoomKind::Channel), ..of(Role::Member, None) };
        assert_eq!(channel.say(kettle(), 100, NOW), Err(Denial::ReadOnly.into()));
        let admin = Standing { policy: Policy::of(RoomKind::Channel), ..of(Role::Admin, None) };
        assert!(admin.say(kettle(), 100, NOW).is_ok());
    }

    #[test]
    fn who_is_muted_takes_back_what_was_theirs_and_says_nothing_until_it_is_over() {
        let muted = of(Role::Member, Some(NOW.0 + 5_000));
        let told = muted.say(kettle(), 100, NOW).unwrap_err();
        assert_eq!(told, Denial::Muted(Some(Duration::from_secs(5))).into());
        assert_eq!(told.to_string(), "you are muted in this room for 5 more s");
        let may = deeds().map(|ask| muted.say(Say { ask, ..kettle() }, 100, NOW).is_ok());
        assert_eq!(may, [false, false, true, true]);
        assert!(muted.say(kettle(), 100, Timestamp(NOW.0 + 5_000)).is_ok());
    }

    #[test]
    fn in_a_slow_room_a_message_has_its_pause_and_what_is_done_to_one_has_none() {
        let policy = Policy { slow_mode: 30, ..Policy::of(RoomKind::Group) };
        let pause = |role, ask| {
            let slow = Standing { policy, ..of(role, None) };
            slow.say(Say { ask, ..kettle() }, 100, NOW).unwrap().pause.map(|pause| pause.as_secs())
        };
        assert_eq!(pause(Role::Member, kettle().ask), Some(30));
        assert_eq!(pause(Role::Admin, kettle().ask), None);
        assert!(deeds().into_iter().all(|ask| pause(Role::Member, ask).is_none()));
    }
}
