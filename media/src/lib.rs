//! What people upload: pictures, films, sounds, files.
//!
//! The promise: what is given a number is whole, is what it is said to be, tells nothing of its maker that nobody sees
//! in it (where a picture was taken, by which camera), and can be read by nobody who has only the disk or the bucket. An
//! upload that breaks off, a full disk, a bucket that is away and `kill -9` leave nothing behind that is not swept out.
//!
//! It knows bytes, pictures and objects. Who may see what it leaves to the store, and HTTP to the API. Modules stand in the
//! order in which an upload meets them.

mod config; // the bounds, and why

mod error; // why not

mod kind; // what it is, by looking at it

mod disk; // how much room there is

mod spool; // where it waits until it is whole, sealed

pub mod picture; // pictures made safe, and small

mod depot; // where the bytes lie

mod desk; // from the first byte to the number, and back

mod sweep; // what nobody names goes

pub use config::{Config, Place};
pub use depot::Depot;
pub use desk::{Desk, Incoming, Part, Upload};
pub use error::MediaError;
pub use kind::Kinds;
