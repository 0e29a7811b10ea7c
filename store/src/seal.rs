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

mod content; // what is said, packed and sealed

mod unsaid; // and what was begun and not said

mod settings; // what was set for a room, packed

mod file; // what was uploaded, piece by piece

mod about; // and what is known of it

mod keyring; // keys that were unwrapped lately

mod damage; // what does not open any more

pub use about::{open_about, seal_about};
pub use content::{Place, open_words, pack_fact, seal_content, seal_deed, seal_event, unpack_fact};
pub use damage::Damage;
pub use file::{FileKey, PieceSealer};
pub use keyring::{Era, Keyring, Keys, Voice};
pub use keys::{RoomKey, SALT_LEN, SenderKey, SessionKey, new_salt};
pub use master::MasterKey;
pub use unsaid::{open_unsaid, seal_unsaid};
