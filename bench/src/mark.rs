//! How a message is known again: a run, a room, a number and a moment stand at its front, as text.

/// What a mark begins with. Nothing else in an entry of the log looks like it.
const SIGN: &[u8] = b"natter-bench ";

/// Bytes of a mark.
const LEN: usize = SIGN.len() + 9 + 9 + 9 + 13;

/// What a message of a load carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which run; what an earlier one said is not counted.
    pub(crate) run: u32,
    /// Which room of it, from 0.
    pub(crate) room: u32,
    /// Which message of that room's speaker, from 0.
    pub(crate) number: u32,
    /// When it was due, in microseconds of the run; 48 bits are nine years.
    pub(crate) due: u64,
}

impl Mark {
    /// A message of `size` bytes, of which there are at least 64.
    pub(crate) fn message(self, size: usize) -> Vec<u8> {
        let Mark { run, room, number, due } = self;
        let mut message = Vec::with_capacity(size.max(LEN));
        message.extend_from_slice(SIGN);
        message.extend_from_slice(format!("{run:08x} {room:08x} {number:08x} {due:012x} ").as_bytes());
        message.resize(size.max(LEN), b'.');
        message
    }

    /// The same message of the same room with another number and moment.
    pub(crate) fn renew(message: &mut [u8], number: u32, due: u64) {
        let mark = &mut message[SIGN.len()..LEN];
        write(&mut mark[18..26], number.into());
        write(&mut mark[27..39], due);
    }

    /// The mark in what was heard, wherever the message stands in it: most likely at the `place` of the last one.
    pub(crate) fn find(heard: &[u8], place: &mut usize) -> Option<Mark> {
        if heard.get(*place..*place + SIGN.len()) != Some(SIGN) {
            *place = heard.windows(SIGN.len()).position(|window| window == SIGN)?;
        }
        let at = *place;
        let mark = heard.get(at + SIGN.len()..at + LEN)?;
        let number = |from: usize, len: usize| read(mark.get(from..from + len)?);
        Some(Mark {
            run: u32::try_from(number(0, 8)?).ok()?,
            room: u32::try_from(number(9, 8)?).ok()?,
            number: u32::try_from(number(18, 8)?).ok()?,
            due: number(27, 12)?,
        })
    }
}

/// A number in hexadecimal digits, as many as there is room for.
fn write(digits: &mut [u8], mut number: u64) {
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 0xf) as usize];
        number >>= 4;
    }
}

/// The number of at most sixteen such digits.
fn read(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, &digit| Some(number << 4 | u64::from(char::from(digit).to_digit(16)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_in_the_entry_that_was_made_of_it() {
        let mark = Mark { run: 0xdead_beef, room: 5, number: 17, due: 123_456_789 };
        let message = mark.message(256);
        assert_eq!(message.len(), 256);
        let entry = [br#"{"room":"bench-2-0","body":""#, message.as_slice(), br#"","n":2}"#].concat();
        for mut place in [0, 28, 29, entry.len()] {
            assert_eq!(Mark::find(&entry, &mut place), Some(mark));
            assert_eq!(place, 28);
        }
    }

    #[test]
    fn what_has_no_whole_mark_is_no_message_of_a_load() {
        let message = Mark { run: 1, room: 4, number: 2, due: 3 }.message(64);
        for len in 0..LEN {
            assert_eq!(Mark::find(&message[..len], &mut 0), None, "{len}");
        }
        assert_eq!(Mark::find(br#"{"kind":"joined","user":"bench-2-0-1"}"#, &mut 0), None);
    }
}
