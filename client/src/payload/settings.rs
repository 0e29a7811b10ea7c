//! What was set for a room, read. Keys and words that a later server may add are passed over.

use chat::{History, Joining, NewSettings, Role};
use serde::Deserialize;
use std::borrow::Cow;

/// The object under `settings`.
#[derive(Default, Deserialize)]
pub(super) struct Keys<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    avatar: Option<Cow<'a, str>>,
    join: Option<Cow<'a, str>>,
    history: Option<Cow<'a, str>>,
    write: Option<Cow<'a, str>>,
    pin: Option<Cow<'a, str>>,
    invite: Option<Cow<'a, str>>,
    call_all: Option<Cow<'a, str>>,
    member_limit: Option<u32>,
    slow_mode: Option<u32>,
    listed: Option<bool>,
}

impl Keys<'_> {
    pub(super) fn read(self) -> NewSettings {
        let text = |text: Option<Cow<'_, str>>| text.map(|text| text.into_owned().into_boxed_str());
        let role = |word: Option<Cow<'_, str>>| word.and_then(|word| Role::from_word(&word));
        let joining = |word: &str| Joining::ALL.into_iter().find(|one| one.word() == word);
        let history = |word: &str| History::ALL.into_iter().find(|one| one.word() == word);
        NewSettings {
            name: text(self.name),
            description: text(self.description),
            avatar: text(self.avatar),
            join: self.join.and_then(|word| joining(&word)),
            history: self.history.and_then(|word| history(&word)),
            write: role(self.write),
            pin: role(self.pin),
            invite: role(self.invite),
            call_all: role(self.call_all),
            member_limit: self.member_limit,
            slow_mode: self.slow_mode,
            listed: self.listed,
        }
    }
}
