//! What a subscription could hear.
//!
//! A filter is laid over the few topics a client may subscribe to, by MQTT's wildcard rules, level by
//! level and without recursion, so a filter of five thousand levels costs no more than the first that fit
//! nothing. What it *does* hear is decided by membership, later and anew for every entry.
//!
//! Start at [`interest`].

use crate::Format;
use crate::rpc::{ReplyTo, is_word};
use chat::Handle;

/// The most bytes a topic filter can have on the wire. `[MQTT5-1.5.4]`
const LONGEST: usize = 65_535;

/// Which rooms.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Rooms {
    /// Every room the user is a member of, now and later.
    All,
    /// This one.
    One(Handle),
}

impl Rooms {
    /// Whether this room is among them.
    #[must_use]
    pub fn include(&self, room: &Handle) -> bool {
        match self {
            Rooms::All => true,
            Rooms::One(one) => one == room,
        }
    }
}

/// Whose presence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum People {
    /// That of everybody around the user, now and later: who is around is the server's to say.
    Around,
    /// That of this one.
    One(Handle),
}

/// Which answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Answers {
    /// Those on `me/replies` itself.
    pub here: bool,
    /// Those on the topics below it.
    pub below: Below,
}

/// Which of the topics below `me/replies`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Below {
    /// None of them.
    None,
    /// Every one.
    All,
    /// This one.
    One(Box<str>),
}

impl Answers {
    /// Whether an answer that goes there is among them.
    #[must_use]
    pub fn include(&self, word: Option<&str>) -> bool {
        match (word, &self.below) {
            (None, _) => self.here,
            (Some(_), Below::None) => false,
            (Some(_), Below::All) => true,
            (Some(word), Below::One(one)) => **one == *word,
        }
    }
}

/// What a filter could hear: at most one entry for each format in each list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interest {
    /// What rooms say, and in which format.
    pub said: Vec<(Format, Rooms)>,
    /// How far members of rooms are, and in which format. It is none of what is shared.
    pub receipts: Vec<(Format, Rooms)>,
    /// Who is writing in rooms, and in which format.
    pub typing: Vec<(Format, Rooms)>,
    /// What members of rooms signal, and in which format.
    pub signals: Vec<(Format, Rooms)>,
    /// Whether people are there, and in which format.
    pub presence: Vec<(Format, People)>,
    /// What this user is told, and in which format.
    pub events: Vec<Format>,
    /// Answers to this client, and in which format.
    pub replies: Vec<(Format, Answers)>,
    /// Whether it is shared with other connections of the same user: what it hears, one of them hears.
    pub shared: bool,
}

/// Why a filter is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// It breaks MQTT's own rules. `[MQTT5-4.7.1-1]` to `[MQTT5-4.7.3-3]`
    #[error("this is no topic filter: {0}")]
    Syntax(&'static str),
    /// It asks for every topic there is.
    #[error(
        "a filter for everything is granted only where topics are open; `rooms/#` and `me/#` are all of chat"
    )]
    OpenOnly,
    /// It asks for a shared subscription.
    #[error("what can be shared is `rooms/+/said`, in one format")]
    Shared,
    /// Nothing its user may hear could ever match it.
    #[error("nothing that you may hear could match this filter")]
    Nothing,
}

impl FilterError {
    /// The reason code of the SUBACK in MQTT 5; 3.1.1 knows only 0x80. `[MQTT5-3.9.3]`
    #[must_use]
    pub const fn reason_code(self) -> u8 {
        match self {
            FilterError::Syntax(_) => 0x8F,
            FilterError::OpenOnly | FilterError::Nothing => 0x87,
            FilterError::Shared => 0x9E,
        }
    }
}

impl Interest {
    /// Whether it hears nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let hears_rooms = self.rooms().next().is_some();
        !hears_rooms && self.presence.is_empty() && self.events.is_empty() && self.replies.is_empty()
    }

    /// The rooms of which it could hear anything.
    pub fn rooms(&self) -> impl Iterator<Item = &Rooms> {
        [&self.said, &self.receipts, &self.typing, &self.signals]
            .into_iter()
            .flatten()
            .map(|(_, rooms)| rooms)
    }

    /// Whether it could hear, in this format, that somebody is writing in this room.
    #[must_use]
    pub fn hears_typing(&self, format: Format, room: &Handle) -> bool {
        among(&self.typing, format, room)
    }

    /// Whether it could hear, in this format, what members of this room signal.
    #[must_use]
    pub fn hears_signals(&self, format: Format, room: &Handle) -> bool {
        among(&self.signals, format, room)
    }

    /// Whether it hears, in this format, if this person is there. `is_around` says whether they are around the user.
    #[must_use]
    pub fn hears_presence(&self, format: Format, user: &Handle, is_around: bool) -> bool {
        let hears = |people: &People| match people {
            People::Around => is_around,
            People::One(one) => one == user,
        };
        self.presence.iter().any(|(of, people)| *of == format && hears(people))
    }

    /// Whether it could hear what this room says, in some format. A user's own room is heard on `me/events`.
    #[must_use]
    pub fn hears(&self, room: &Handle) -> bool {
        Format::ALL.into_iter().any(|format| self.hears_in(format, room))
    }

    /// Whether it could hear what this room says in this format.
    #[must_use]
    pub fn hears_in(&self, format: Format, room: &Handle) -> bool {
        match room.is_own() {
            true => self.events.contains(&format),
            false => among(&self.said, format, room),
        }
    }

    /// Whether it could hear of this room, in this format, how far its members are.
    #[must_use]
    pub fn hears_receipts(&self, format: Format, room: &Handle) -> bool {
        self.receipts.iter().any(|(of, rooms)| *of == format && rooms.include(room))
    }

    /// Whether it hears nothing else than how far members of rooms are.
    #[must_use]
    pub fn hears_only_receipts(&self) -> bool {
        let others = self.said.is_empty() && self.events.is_empty() && self.replies.is_empty();
        others && !self.receipts.is_empty()
    }

    /// Whether it could hear any log.
    #[must_use]
    pub fn hears_logs(&self) -> bool {
        !(self.said.is_empty() && self.events.is_empty())
    }

    /// Whether it hears an answer that goes there.
    #[must_use]
    pub fn answers(&self, to: &ReplyTo) -> bool {
        let hears = |(format, answers): &(Format, Answers)| {
            *format == to.format && answers.include(to.word.as_deref())
        };
        self.replies.iter().any(hears)
    }
}

fn among(heard: &[(Format, Rooms)], format: Format, room: &Handle) -> bool {
    heard.iter().any(|(of, rooms)| *of == format && rooms.include(room))
}

/// What a topic filter could hear.
///
/// # Errors
/// [`FilterError`] when it is no filter, asks for everything, is shared, or could hear nothing.
pub fn interest(filter: &str) -> Result<Interest, FilterError> {
    well_formed(filter)?;
    if let Some(shared) = filter.strip_prefix("$share/") {
        return share(shared);
    }
    if asks_for_everything(filter) {
        return Err(FilterError::OpenOnly);
    }
    within_chat(filter)
}

/// What a topic filter could hear of chat, where topics are open: there one may ask for everything.
///
/// # Errors
/// As [`interest`].
pub fn open_interest(filter: &str) -> Result<Interest, FilterError> {
    match interest(filter) {
        Err(FilterError::OpenOnly) => within_chat(filter),
        other => other,
    }
}

fn within_chat(filter: &str) -> Result<Interest, FilterError> {
    let mut interest = Interest::default();
    for format in Format::ALL {
        let of_rooms = |last| of_rooms(filter, format, last).map(|rooms| (format, rooms));
        interest.said.extend(of_rooms("said"));
        if format != Format::Plain {
            interest.receipts.extend(of_rooms("receipts"));
        }
        interest.typing.extend(of_rooms("typing"));
        interest.signals.extend(of_rooms("signal"));
        interest.presence.extend(presence(filter, format).map(|people| (format, people)));
        interest.events.extend(events(filter, format).then_some(format));
        interest.replies.extend(replies(filter, format).map(|answers| (format, answers)));
    }
    // It is kept for as long as its session is here.
    interest.said.shrink_to_fit();
    interest.receipts.shrink_to_fit();
    interest.typing.shrink_to_fit();
    interest.signals.shrink_to_fit();
    interest.presence.shrink_to_fit();
    interest.events.shrink_to_fit();
    interest.replies.shrink_to_fit();
    if interest.is_empty() { Err(FilterError::Nothing) } else { Ok(interest) }
}

/// What is shared by a group: `{group}/{filter}`. `[MQTT5-4.8.2-1]`
fn share(shared: &str) -> Result<Interest, FilterError> {
    let (group, filter) = shared.split_once('/').unwrap_or((shared, ""));
    if group.is_empty() || group.contains(['+', '#']) {
        return Err(FilterError::Syntax("a shared filter begins with the name of its group")); // [MQTT5-4.8.2-2]
    }
    if filter.starts_with("$share/") {
        return Err(FilterError::Shared);
    }
    let interest = interest(filter)?;
    let is_rooms = matches!(&interest.said[..], [(_, Rooms::All)]);
    match is_rooms && interest.events.is_empty() && interest.replies.is_empty() {
        // What nobody keeps can't be handed on: it is not shared.
        true => Ok(Interest { shared: true, said: interest.said, ..Interest::default() }),
        false => Err(FilterError::Shared),
    }
}

/// MQTT's own rules for a filter; the codec checks them too, and this crate does not rely on it.
fn well_formed(filter: &str) -> Result<(), FilterError> {
    syntax(filter).map_or(Ok(()), |flaw| Err(FilterError::Syntax(flaw)))
}

/// What of a filter breaks those rules, if anything does.
pub(crate) fn syntax(filter: &str) -> Option<&'static str> {
    let flaw = if filter.is_empty() {
        "it is empty" // [MQTT5-4.7.3-1]
    } else if filter.len() > LONGEST {
        "it is too long" // [MQTT5-4.7.3-3]
    } else if filter.contains('\0') {
        "it has U+0000 in it" // [MQTT5-4.7.3-2]
    } else if filter.split('/').any(|level| level.len() > 1 && level.contains(['+', '#'])) {
        "a wildcard shares its level" // [MQTT5-4.7.1-1] [MQTT5-4.7.1-2]
    } else if filter.find('#').is_some_and(|at| at + 1 < filter.len()) {
        "`#` is not its last level" // [MQTT5-4.7.1-1]
    } else {
        return None;
    };
    Some(flaw)
}

/// Whether it names nothing and ends in `#`: `#`, `+/#`, `+/+/#` …
fn asks_for_everything(filter: &str) -> bool {
    filter.ends_with('#') && filter.split('/').all(|level| matches!(level, "+" | "#"))
}

/// The rooms whose `rooms/{room}/{last}` the filter matches in this format.
fn of_rooms(filter: &str, format: Format, last: &str) -> Option<Rooms> {
    let mut levels = Levels::behind(format, filter)?;
    levels.literal("rooms")?;
    let rooms = match levels.take()? {
        "+" | "#" => Rooms::All,
        room => Rooms::One(Handle::new(room).ok()?),
    };
    levels.literal(last)?;
    levels.end().then_some(rooms)
}

/// The people whose `users/{user}/presence` the filter matches in this format.
fn presence(filter: &str, format: Format) -> Option<People> {
    let mut levels = Levels::behind(format, filter)?;
    levels.literal("users")?;
    let people = match levels.take()? {
        "+" | "#" => People::Around,
        user => People::One(Handle::new(user).ok()?),
    };
    levels.literal("presence")?;
    levels.end().then_some(people)
}

/// Whether the filter matches `me/events` in this format.
fn events(filter: &str, format: Format) -> bool {
    let matched = || {
        let mut levels = Levels::behind(format, filter)?;
        levels.literal("me")?;
        levels.literal("events")?;
        levels.end().then_some(())
    };
    matched().is_some()
}

/// Which answers the filter matches in this format. Under `plain/` no answer goes below `me/replies`.
fn replies(filter: &str, format: Format) -> Option<Answers> {
    let mut levels = Levels::behind(format, filter)?;
    levels.literal("me")?;
    levels.literal("replies")?;
    let here = levels.end();
    let below = match levels.take() {
        Some("+" | "#") if levels.end() => Below::All,
        Some(word) if levels.end() && is_word(word) => Below::One(word.into()),
        _ => Below::None,
    };
    let below = if format == Format::Plain { Below::None } else { below };
    (here || below != Below::None).then_some(Answers { here, below })
}

/// A filter, level by level. From a `#` on it gives `#` for ever.
struct Levels<'a> {
    rest: Option<&'a str>,
}

impl<'a> Levels<'a> {
    /// The levels after those that choose the format, if the filter matches them.
    fn behind(format: Format, filter: &'a str) -> Option<Levels<'a>> {
        let mut levels = Levels { rest: Some(filter) };
        if let Some(level) = format.level() {
            levels.literal(level)?;
        }
        Some(levels)
    }

    /// The next level of the filter, if it has one.
    fn take(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        if rest == "#" {
            return Some(rest);
        }
        let (level, rest) = rest.split_once('/').map_or((rest, None), |(level, rest)| (level, Some(rest)));
        self.rest = rest;
        Some(level)
    }

    /// Steps over one level of a topic, if the filter matches it.
    fn literal(&mut self, level: &str) -> Option<()> {
        let mine = self.take()?;
        (mine == level || matches!(mine, "+" | "#")).then_some(())
    }

    /// Whether the filter ends with the topic. `a/#` matches `a` as well. `[MQTT5-4.7.1.2]`
    fn end(&self) -> bool {
        matches!(self.rest, None | Some("#"))
    }
}
