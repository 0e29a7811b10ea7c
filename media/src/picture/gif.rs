//! What of a GIF is kept: frames, their times, and how often they come again.

use super::Unfit;
use bytes::Bytes;

/// How the blocks of a GIF begin.
const EXTENSION: u8 = 0x21;
const FRAME: u8 = 0x2C;
const END: u8 = 0x3B;
/// What an extension is about: a frame's time, or an application's.
const CONTROL: u8 = 0xF9;
const APPLICATION: u8 = 0xFF;

/// Goes along a file; what is passed over is not kept.
struct Walk<'a> {
    file: &'a [u8],
    at: usize,
    out: Vec<u8>,
}

pub(super) fn keep(file: &Bytes) -> Result<Bytes, Unfit> {
    let mut walk = Walk { file, at: 0, out: Vec::with_capacity(file.len()) };
    // Six bytes of name, seven of screen; the fifth of these says whether colours follow.
    walk.colours(10, 13)?;
    walk.keep_from(0);
    loop {
        let start = walk.at;
        match walk.byte(0)? {
            EXTENSION => {
                let about = walk.byte(1)?;
                walk.at += 2;
                let kept = about == CONTROL || about == APPLICATION && walk.says_how_often();
                walk.pass_blocks()?;
                if kept {
                    walk.keep_from(start);
                }
            }
            FRAME => {
                // Nine bytes of place and size, the last says whether colours follow; then a byte for the packing.
                walk.colours(9, 10)?;
                walk.at += 1;
                walk.pass_blocks()?;
                walk.keep_from(start);
            }
            END => {
                walk.out.push(END);
                return Ok(walk.out.into());
            }
            _ => return Err(Unfit::Broken),
        }
    }
}

impl Walk<'_> {
    fn byte(&self, further: usize) -> Result<u8, Unfit> {
        self.file.get(self.at + further).copied().ok_or(Unfit::Broken)
    }

    /// Passes a head of so many bytes and the colours after it, if the byte at `flags` says that there are some.
    fn colours(&mut self, flags: usize, head: usize) -> Result<(), Unfit> {
        let flags = self.byte(flags)?;
        let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
        self.at += head + colours;
        Ok(())
    }

    /// Passes blocks, each behind its length, up to an empty one.
    fn pass_blocks(&mut self) -> Result<(), Unfit> {
        loop {
            let length = usize::from(self.byte(0)?);
            self.at += 1 + length;
            if length == 0 {
                return Ok(());
            }
        }
    }

    fn says_how_often(&self) -> bool {
        let name = self.file.get(self.at + 1..self.at + 12);
        name.is_some_and(|name| name == b"NETSCAPE2.0" || name == b"ANIMEXTS1.0")
    }

    fn keep_from(&mut self, start: usize) {
        let end = self.at.min(self.file.len());
        self.out.extend_from_slice(&self.file[start..end]);
    }
}
