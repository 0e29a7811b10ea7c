//! Bodies that only the owner of the master key can read.
//!
//! A chain of keys: the [`MasterKey`] lies in a file or in the environment and never in the database; it wraps
//! one random [`RoomKey`] for each room; out of that and a random salt comes one [`SenderKey`] for each sender in
//! the room. The salt is a row of its own, so deleting it takes away that sender's bodies for ever, in every
//! backup made later. AES-256-GCM seals; a body can't be moved to another place or given another sender.
//!
//! An engine stores what comes from here and brings it back; it never sees how.

mod master; // the key of keys, in its file

mod keys; // rooms, senders, sessions

mod place; // where a body belongs

mod packed; // values in a row of bytes

mod content; // what is said, packed and sealed

mod deed; // what is done to it in words

mod event; // what a user is told

mod fact; // what is in clear

mod unsaid; // and what was begun and not said

mod presence; // what somebody says of being there

mod settings; // what was set for a room, packed

mod file; // what was uploaded, piece by piece

mod about; // and what is known of it

mod message; // what is said on topics that are none of chat's

mod address; // where a device is reached

mod keyring; // keys that were unwrapped lately

mod damage; // what does not open any more

pub use about::{open_about, seal_about};
pub use content::{open_words, seal_content};
pub use damage::Damage;
pub use deed::seal_deed;
pub use event::seal_event;
pub use fact::{pack_fact, unpack_fact};
pub use file::{FileKey, PieceSealer};
pub use keyring::{Era, Keyring, Keys, Voice};
pub use keys::{RoomKey, SALT_LEN, SenderKey, SessionKey, new_salt};
pub use master::MasterKey;
pub use message::MessageKey;
pub use place::Place;
pub use presence::{open_presence, seal_presence};
pub use unsaid::{open_unsaid, seal_unsaid};
