//! How far messages have come to a member of a room, and how far they read: `rooms/{room}/receipts`.

use super::key::Key;
use super::object::{Notation, Object};
use crate::Format;
use bytes::Bytes;
use chat::{Handle, Seq};

/// What is told of one member. Nothing in a format that has no objects.
#[must_use]
pub fn write(room: &Handle, user: &Handle, (delivered, read): (Seq, Seq), format: Format) -> Option<Bytes> {
    let mut receipt = Object::with_capacity(Notation::of(format)?, 96);
    receipt.text(Key::Room, room.as_str());
    receipt.text(Key::User, user.as_str());
    receipt.number(Key::Delivered, delivered.0);
    receipt.number(Key::Read, read.0);
    Some(receipt.end())
}
