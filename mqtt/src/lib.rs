//! Packets and bytes of MQTT 3.1.1 and 5, strict on the way in and frugal on the way out.
//!
//! Bytes become packets only here, and only if the standard allows every one of them; what it forbids
//! becomes a [`Rejection`] that already knows which reason code to answer. No socket, clock or session is in
//! reach: whether a packet fits the moment is for the broker to say.

pub mod packet; // what travels

mod packet_type; // its first byte

mod property; // what MQTT 5 adds to it

mod reason; // why, in MQTT's own numbers

mod return_code; // and in those of 3.1.1

mod limits; // how much of it is taken here

mod flaw; // every rule that bytes can break

mod rejection; // and what is answered then

mod decode; // bytes become packets

pub mod encode; // packets become bytes

mod frame; // one packet for thousands

pub use decode::{decode, decode_greeting};
pub use encode::encode;
pub use flaw::Flaw;
pub use frame::{Alias, Content, Dress, Frame};
pub use limits::Limits;
pub use reason::ReasonCode;
pub use rejection::{Answer, Rejection};
