//! Where a subscription wishes to begin: the user properties of a SUBSCRIBE in MQTT 5.
//!
//! Without a wish a subscription goes on at its session's cursor, or begins now.
//!
//! Start at [`Wish::of`].

use crate::filter::{Interest, Rooms};
use chat::Seq;

/// What a SUBSCRIBE wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// `since`: begin after this entry of the one room that the SUBSCRIBE names; 0 is before the first.
    pub since: Option<Seq>,
    /// `replay`: of what was missed, only so many of the newest, and a gap marker before them.
    pub replay: Option<u64>,
}

/// The wish can't be fulfilled. Every filter of the SUBSCRIBE is then refused with
/// [`WishError::REASON_CODE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// No whole number.
    #[error("`{0}` must be a whole number from 0, given once")]
    NotANumber(&'static str),
    /// `since` with more or less than one log: numbers of one room mean nothing in another.
    #[error("`since` wants a SUBSCRIBE that names one room and no more")]
    NotOneRoom,
}

impl WishError {
    /// For the SUBACK in MQTT 5.
    pub const REASON_CODE: u8 = 0x83;
}

impl Wish {
    /// Reads the wish out of all user properties; others are the client's own affair.
    ///
    /// # Errors
    /// [`WishError::NotANumber`].
    pub fn of<'a>(properties: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Wish, WishError> {
        let mut wish = Wish::default();
        for (name, value) in properties {
            match name {
                "since" => wish.since = Some(Seq(number("since", value, wish.since.is_some())?)),
                "replay" => wish.replay = Some(number("replay", value, wish.replay.is_some())?),
                _ => {}
            }
        }
        Ok(wish)
    }

    /// Whether it can be fulfilled for what the filters of its SUBSCRIBE could hear.
    ///
    /// # Errors
    /// [`WishError::NotOneRoom`].
    pub fn suits(&self, interests: &[Interest]) -> Result<(), WishError> {
        // One filter names at most one room, in however many formats, or none and then this user's own.
        let one_room = match interests {
            [one] if one.said.is_empty() => !one.events.is_empty(),
            [one] => matches!(one.said[..], [(_, Rooms::One(_)), ..]),
            _ => false,
        };
        if self.since.is_some() && !one_room { Err(WishError::NotOneRoom) } else { Ok(()) }
    }
}

/// A number that a log could count to.
fn number(name: &'static str, digits: &str, given: bool) -> Result<u64, WishError> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse::<i64>() {
        Ok(number) if all_digits && !given => Ok(number.unsigned_abs()),
        _ => Err(WishError::NotANumber(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::interest;

    #[test]
    fn a_wish_is_a_number_given_once() {
        let wish = Wish::of([("since", "41"), ("colour", "blue"), ("replay", "0")]);
        assert_eq!(wish, Ok(Wish { since: Some(Seq(41)), replay: Some(0) }));
        for bad in ["", "-1", "+1", "4.0", "x", "9223372036854775808"] {
            assert_eq!(Wish::of([("since", bad)]), Err(WishError::NotANumber("since")));
        }
        assert_eq!(Wish::of([("replay", "1"), ("replay", "1")]), Err(WishError::NotANumber("replay")));
    }

    #[test]
    fn since_is_for_one_room_and_replay_for_any_number() {
        let since = Wish { since: Some(Seq::ZERO), replay: None };
        let heard = |filters: &[&str]| -> Vec<Interest> {
            filters.iter().map(|filter| interest(filter).unwrap()).collect()
        };
        assert_eq!(since.suits(&heard(&["rooms/tea/said"])), Ok(()));
        assert_eq!(since.suits(&heard(&["plain/rooms/tea/#"])), Ok(()));
        for filters in [&["rooms/+/said"][..], &["me/replies"], &["rooms/tea/said", "rooms/den/said"]] {
            assert_eq!(since.suits(&heard(filters)), Err(WishError::NotOneRoom));
        }
        assert_eq!(Wish { since: None, replay: Some(50) }.suits(&heard(&["rooms/#"])), Ok(()));
    }
}
