//! What was set for a room, as the log keeps it.

use crate::Error;
use chat::{History, Joining, NewSettings, Role};
use serde::{Deserialize, Serialize};

/// The first byte of what has [`More`] in it.
pub(super) const MORE: u8 = 2;

/// What was set, with what rooms did not have in the beginning.
#[derive(Serialize, Deserialize)]
pub(super) struct More<'a> {
    #[serde(borrow)]
    first: Packed<'a>,
    call_all: Option<u8>,
}

impl<'a> More<'a> {
    /// Absent where nothing of that was set: then it is packed as it always was.
    pub(super) fn of(new: &'a NewSettings) -> Option<More<'a>> {
        let call_all = new.call_all.map(|role| role as u8);
        call_all.is_some().then(|| More { first: Packed::of(new), call_all })
    }

    pub(super) fn read(self) -> Result<NewSettings, Error> {
        Ok(NewSettings { call_all: known(self.call_all, Role::from_number)?, ..self.first.read()? })
    }
}

/// What was set, field by field; numbers as they are stored everywhere.
#[derive(Serialize, Deserialize)]
pub(super) struct Packed<'a> {
    name: Option<&'a str>,
    description: Option<&'a str>,
    avatar: Option<&'a str>,
    join: Option<u8>,
    history: Option<u8>,
    write: Option<u8>,
    pin: Option<u8>,
    invite: Option<u8>,
    member_limit: Option<u32>,
    slow_mode: Option<u32>,
    listed: Option<bool>,
}

impl<'a> Packed<'a> {
    pub(super) fn of(new: &'a NewSettings) -> Packed<'a> {
        let role = |role: Option<Role>| role.map(|role| role as u8);
        Packed {
            name: new.name.as_deref(),
            description: new.description.as_deref(),
            avatar: new.avatar.as_deref(),
            join: new.join.map(|join| join as u8),
            history: new.history.map(|history| history as u8),
            write: role(new.write),
            pin: role(new.pin),
            invite: role(new.invite),
            member_limit: new.member_limit,
            slow_mode: new.slow_mode,
            listed: new.listed,
        }
    }

    pub(super) fn read(self) -> Result<NewSettings, Error> {
        Ok(NewSettings {
            name: self.name.map(Into::into),
            description: self.description.map(Into::into),
            avatar: self.avatar.map(Into::into),
            join: known(self.join, Joining::from_number)?,
            history: known(self.history, History::from_number)?,
            write: known(self.write, Role::from_number)?,
            pin: known(self.pin, Role::from_number)?,
            invite: known(self.invite, Role::from_number)?,
            call_all: None,
            member_limit: self.member_limit,
            slow_mode: self.slow_mode,
            listed: self.listed,
        })
    }
}

fn known<T>(number: Option<u8>, find: fn(u8) -> Option<T>) -> Result<Option<T>, Error> {
    let damaged = || Error::Damaged("a setting in the log is none that this program knows".into());
    number.map(|number| find(number).ok_or_else(damaged)).transpose()
}
