//! What is set for a room: what it is called and shown as, and who may do what in it.

use crate::{MediaId, Role, RoomKind};
use std::time::Duration;

/// How one comes in. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Joining {
    /// Whoever likes to.
    Open = 1,
    /// Whoever asks and is let in.
    Request = 2,
    /// Whoever is invited or brought in. To others the room looks like none.
    Invite = 3,
}

impl Joining {
    /// Every way, for tables and tests.
    pub const ALL: [Joining; 3] = [Joining::Open, Joining::Request, Joining::Invite];

    /// The word for it in payloads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Joining::Open => "open",
            Joining::Request => "request",
            Joining::Invite => "invite",
        }
    }

    /// The way with this stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Joining> {
        Joining::ALL.into_iter().find(|way| *way as u8 == number)
    }
}

/// What those who come in may read of what was said before. The numbers are stored; they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum History {
    /// Nothing: their way begins where they came in.
    FromJoin = 1,
    /// All of it, back to where they went the last time, if they had been there. Their devices still begin to hear at
    /// the entry of the join; what was before is there to be read.
    All = 2,
}

impl History {
    /// Both, for tables and tests.
    pub const ALL: [History; 2] = [History::FromJoin, History::All];

    /// The word for it in payloads.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            History::FromJoin => "from_join",
            History::All => "all",
        }
    }

    /// The one with this stored number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<History> {
        History::ALL.into_iter().find(|history| *history as u8 == number)
    }
}

/// Who may do what in a room, as far as that is set. The one table of it is [`crate::Power::least`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    /// How one comes in.
    pub join: Joining,
    /// What newcomers may read.
    pub history: History,
    /// The least role that may write.
    pub write: Role,
    /// The least role that may pin.
    pub pin: Role,
    /// The least role that may invite others and bring them in.
    pub invite: Role,
    /// The least role that may call everybody ([`crate::Mention::All`]).
    pub call_all: Role,
    /// How many people the room takes; `None` is without end.
    pub member_limit: Option<u32>,
    /// How many seconds lie between two messages of one person who does not manage the room; 0 is no limit.
    pub slow_mode: u32,
    /// Whether strangers find it in the list of public rooms.
    pub listed: bool,
}

impl Policy {
    /// What is set for a new room of this kind: only who is invited comes in.
    #[must_use]
    pub const fn of(kind: RoomKind) -> Policy {
        let (write, pin, invite, call_all) = match kind {
            RoomKind::Direct => (Role::Guest, Role::Guest, Role::Owner, Role::Guest),
            RoomKind::Group => (Role::Member, Role::Admin, Role::Member, Role::Admin),
            RoomKind::Channel => (Role::Admin, Role::Admin, Role::Admin, Role::Admin),
            // Nobody may anything there: see `Power::least`.
            RoomKind::Own => (Role::Owner, Role::Owner, Role::Owner, Role::Owner),
        };
        Policy {
            join: Joining::Invite,
            history: History::FromJoin,
            write,
            pin,
            invite,
            call_all,
            member_limit: None,
            slow_mode: 0,
            listed: false,
        }
    }

    /// Whether a stranger may know that there is such a room.
    #[must_use]
    pub fn is_seen_by_strangers(&self) -> bool {
        self.listed || self.join != Joining::Invite
    }

    /// How long this person waits between two messages, if they have to.
    #[must_use]
    pub fn pause_of(&self, role: Role) -> Option<Duration> {
        (self.slow_mode > 0 && !role.manages()).then(|| Duration::from_secs(u64::from(self.slow_mode)))
    }
}

/// How a room is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// What people call it; topics go by its handle.
    pub name: Option<Box<str>>,
    /// What it is about.
    pub description: Option<Box<str>>,
    /// Where the picture that stands for it is: an upload on this server, or somewhere that is reached safely.
    pub avatar: Option<Box<str>>,
}

impl About {
    /// The upload that stands for the room, if it is one.
    #[must_use]
    pub fn portrait(&self) -> Option<MediaId> {
        self.avatar.as_deref().and_then(MediaId::shown_at)
    }
}

/// Everything that is set for a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How it is shown.
    pub about: About,
    /// Who may do what.
    pub policy: Policy,
}

/// What shall be set anew; what is `None` stays as it is. An empty text takes a text away, 0 a limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewSettings {
    /// What people call it.
    pub name: Option<Box<str>>,
    /// What it is about.
    pub description: Option<Box<str>>,
    /// Which picture stands for it.
    pub avatar: Option<Box<str>>,
    /// How one comes in.
    pub join: Option<Joining>,
    /// What newcomers may read.
    pub history: Option<History>,
    /// The least role that may write.
    pub write: Option<Role>,
    /// The least role that may pin.
    pub pin: Option<Role>,
    /// The least role that may invite.
    pub invite: Option<Role>,
    /// The least role that may call everybody.
    pub call_all: Option<Role>,
    /// How many people the room takes.
    pub member_limit: Option<u32>,
    /// Seconds between two messages of one person.
    pub slow_mode: Option<u32>,
    /// Whether strangers find it.
    pub listed: Option<bool>,
}

/// What is wrong with a setting; the text is for whoever wants to set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// A text is too long or can't be shown.
    #[error("`{0}` has up to {1} characters, and no line breaks or control characters")]
    Text(&'static str, usize),
    /// A number is out of range.
    #[error("`{0}` is 0 or a whole number up to {1}")]
    Number(&'static str, u32),
    /// A picture is nowhere that a picture may be.
    #[error("`{0}` begins with https://, or is /v1/media/{{number}}/thumbnail")]
    NoPlace(&'static str),
    /// What is there is no picture, or none that this person may hang there.
    #[error("`{0}` is no picture that you uploaded")]
    NoPicture(&'static str),
}

impl NewSettings {
    /// Longest name, in characters: a line on a phone.
    pub const NAME_MAX: usize = 100;
    /// Longest description, in characters.
    pub const DESCRIPTION_MAX: usize = 1_000;
    /// Longest address of a picture, in characters: what browsers and servers agree on.
    pub const AVATAR_MAX: usize = 2_048;
    /// Most members a room can be limited to.
    pub const MEMBERS_MAX: u32 = 1_000_000;
    /// Longest pause between two messages, in seconds: a day.
    pub const SLOW_MAX: u32 = 86_400;

    /// Looks it over.
    ///
    /// # Errors
    /// [`BadSetting`], about the first that is wrong.
    pub fn check(&self) -> Result<(), BadSetting> {
        let texts = [
            ("name", &self.name, NewSettings::NAME_MAX),
            ("description", &self.description, NewSettings::DESCRIPTION_MAX),
            ("avatar", &self.avatar, NewSettings::AVATAR_MAX),
        ];
        for (key, text, most) in texts {
            let text = text.as_deref().unwrap_or("");
            let breaks = |one: char| one.is_control() && !(key == "description" && one == '\n');
            if text.chars().count() > most || text.chars().any(breaks) {
                return Err(BadSetting::Text(key, most));
            }
        }
        if let Some(place) = self.avatar.as_deref().filter(|place| !place.is_empty())
            && !place.starts_with("https://")
            && MediaId::shown_at(place).is_none()
        {
            return Err(BadSetting::NoPlace("avatar"));
        }
        let numbers = [
            ("member_limit", self.member_limit, NewSettings::MEMBERS_MAX),
            ("slow_mode", self.slow_mode, NewSettings::SLOW_MAX),
        ];
        let wrong = numbers.into_iter().find(|(_, number, most)| number.is_some_and(|number| number > *most));
        wrong.map_or(Ok(()), |(key, _, most)| Err(BadSetting::Number(key, most)))
    }

    /// Whether it is only about how the room is shown.
    #[must_use]
    pub fn is_only_about(&self) -> bool {
        let rules = NewSettings { name: None, description: None, avatar: None, ..self.clone() };
        rules == NewSettings::default()
    }

    /// Whether nothing is to be set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == NewSettings::default()
    }

    /// Only what is not so already.
    #[must_use]
    pub fn unlike(mut self, now: &Settings) -> NewSettings {
        fn keep<T: PartialEq>(new: &mut Option<T>, now: &T) {
            if new.as_ref() == Some(now) {
                *new = None;
            }
        }
        let (about, policy) = (&now.about, &now.policy);
        let text = |text: &Option<Box<str>>| text.clone().unwrap_or_default();
        keep(&mut self.name, &text(&about.name));
        keep(&mut self.description, &text(&about.description));
        keep(&mut self.avatar, &text(&about.avatar));
        keep(&mut self.join, &policy.join);
        keep(&mut self.history, &policy.history);
        keep(&mut self.write, &policy.write);
        keep(&mut self.pin, &policy.pin);
        keep(&mut self.invite, &policy.invite);
        keep(&mut self.call_all, &policy.call_all);
        keep(&mut self.member_limit, &policy.member_limit.unwrap_or(0));
        keep(&mut self.slow_mode, &policy.slow_mode);
        keep(&mut self.listed, &policy.listed);
        self
    }
}

impl Settings {
    /// What a new room of this kind has.
    #[must_use]
    pub fn of(kind: RoomKind) -> Settings {
        Settings { about: About::default(), policy: Policy::of(kind) }
    }

    /// Sets what is new.
    pub fn set(&mut self, new: &NewSettings) {
        fn put<T: Copy>(new: Option<T>, now: &mut T) {
            *now = new.unwrap_or(*now);
        }
        let text = |new: &Option<Box<str>>, now: &mut Option<Box<str>>| {
            if let Some(new) = new {
                *now = Some(new.clone()).filter(|text| !text.is_empty());
            }
        };
        text(&new.name, &mut self.about.name);
        text(&new.description, &mut self.about.description);
        text(&new.avatar, &mut self.about.avatar);
        let policy = &mut self.policy;
        put(new.join, &mut policy.join);
        put(new.history, &mut policy.history);
        put(new.write, &mut policy.write);
        put(new.pin, &mut policy.pin);
        put(new.invite, &mut policy.invite);
        put(new.call_all, &mut policy.call_all);
        put(new.slow_mode, &mut policy.slow_mode);
        put(new.listed, &mut policy.listed);
        if let Some(most) = new.member_limit {
            policy.member_limit = Some(most).filter(|most| *most > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> NewSettings {
        NewSettings {
            name: Some("Tea".into()),
            description: Some("kettles\nand cups".into()),
            avatar: Some("/v1/media/7/thumbnail".into()),
            join: Some(Joining::Open),
            history: Some(History::All),
            write: Some(Role::Guest),
            pin: Some(Role::Owner),
            invite: Some(Role::Admin),
            call_all: Some(Role::Guest),
            member_limit: Some(500),
            slow_mode: Some(30),
            listed: Some(true),
        }
    }

    #[test]
    fn what_is_set_is_so_and_what_is_so_need_not_be_set() {
        let mut settings = Settings::of(RoomKind::Group);
        settings.set(&full());
        assert_eq!(full().unlike(&settings), NewSettings::default());
        assert_eq!((settings.policy.member_limit, settings.about.name.as_deref()), (Some(500), Some("Tea")));
        let other = NewSettings { slow_mode: Some(0), ..full() };
        assert_eq!(other.unlike(&settings), NewSettings { slow_mode: Some(0), ..NewSettings::default() });
    }

    #[test]
    fn an_empty_text_takes_a_text_away_and_nothing_a_limit() {
        let mut settings = Settings::of(RoomKind::Group);
        settings.set(&full());
        let less = NewSettings { name: Some("".into()), member_limit: Some(0), ..NewSettings::default() };
        settings.set(&less);
        assert_eq!((settings.about.name.clone(), settings.policy.member_limit), (None, None));
        assert!(less.unlike(&settings).is_empty());
    }

    #[test]
    fn texts_and_numbers_have_bounds() {
        assert_eq!(full().check(), Ok(()));
        let name = |name: &str| NewSettings { name: Some(name.into()), ..full() }.check();
        assert_eq!(name(&"茶".repeat(100)), Ok(()));
        assert_eq!(name(&"茶".repeat(101)), Err(BadSetting::Text("name", 100)));
        assert_eq!(name("tea\ntime"), Err(BadSetting::Text("name", 100)));
        let shown = |place: &str| NewSettings { avatar: Some(place.into()), ..full() }.check();
        for place in ["", "https://example.org/tea.png", "/v1/media/7/content"] {
            assert_eq!(shown(place), Ok(()));
        }
        for place in
            ["kettle-1", "javascript:alert(1)", "/v1/media/7", "/v1/media/x/content", "/v1/media/7/link"]
        {
            assert_eq!(shown(place), Err(BadSetting::NoPlace("avatar")), "{place}");
        }
        let slow = |seconds| NewSettings { slow_mode: Some(seconds), ..full() }.check();
        assert_eq!((slow(86_400), slow(86_401)), (Ok(()), Err(BadSetting::Number("slow_mode", 86_400))));
    }

    #[test]
    fn only_those_who_do_not_manage_the_room_are_slowed() {
        let slow = Policy { slow_mode: 30, ..Policy::of(RoomKind::Group) };
        let waits = Role::ALL.map(|role| slow.pause_of(role).map(|pause| pause.as_secs()));
        assert_eq!(waits, [Some(30), Some(30), None, None]);
        assert_eq!(Policy::of(RoomKind::Group).pause_of(Role::Guest), None);
    }
}
