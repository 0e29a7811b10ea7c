//! Topics that are none of chat's: `apps/…`, and open ones where the server was told to open them.
//!
//! Plain MQTT, beside chat: whoever subscribed to what matches hears it, and no rule of a room is asked. The promise:
//! a PUBACK means that every session that outlives its connection, and the topic's retained message, have it on the
//! disk; where there is neither, that it was handed to everybody who is connected. Each subscriber hears what one
//! client publishes in its order.
//!
//! ```text
//! publish ──▶ route ──▶ nobody keeps it ────────────────▶ deliver
//!                  └──▶ somebody does ──▶ lane (commit) ──▶ deliver
//! ```
//! It knows nothing of what is said. Start at [`publish`].

mod rights; // who may use which topic

mod granting; // as administrators say

mod message; // what is on its way

mod how; // as one subscription wants it

mod tree; // who wants what

mod share; // several who take turns

mod subscriber; // who that is, and the way there

mod queue; // what waits for one who keeps a session

mod route; // a message meets its subscribers

mod publish; // a client's message, or its will

mod deliver; // to those who are connected

mod published; // what has to be on the disk first

mod entrance; // the way there

mod lane; // what is committed together

mod retained; // the last message of a topic

mod feed; // which a new subscription hears

mod subscribe; // a filter is taken up, and given up

mod catch_up; // what waited is read

mod seat; // a device comes and goes

mod sweep; // what was acknowledged, and what nobody needs

mod legacy; // what a session leaves to those it took turns with

mod pass_on; // and they get it

mod start; // what the store kept

mod counts; // how much of everything

mod status; // how the server is

mod house; // what all of it shares

pub use counts::AppCounts;
pub use granting::{Granted, GrantsSought};
pub(crate) use house::Apps;
pub(crate) use lane::run as run_lane;
pub(crate) use message::will_words;
pub(crate) use pass_on::run as run_pass_on;
pub(crate) use publish::{fire, publish};
pub(crate) use rights::{Claims, Holder};
pub(crate) use seat::{acknowledged, attach, detach, in_flight, renew};
pub(crate) use subscribe::{Wants, subscribe, unsubscribe};
pub(crate) use subscriber::Subscriber;
pub(crate) use sweep::run as run_sweep;

use broker::outbound::Mark;

/// The log of marks on messages that wait in the store: their position is the message's number.
pub(crate) const KEPT_LOG: i64 = i64::MIN + 1;
/// Where the store keeps packet ids whose PUBCOMP is missing.
pub(crate) const RECEIVED: Mark = Mark { log: i64::MIN + 2, position: 0, copy: 0 };
/// The log of marks on messages that one of a group hears, and another if it goes.
pub(crate) const SHARED_LOG: i64 = i64::MIN + 3;

/// Whether a mark is on a message of this module.
pub(crate) fn is_ours(mark: Mark) -> bool {
    mark.log <= SHARED_LOG
}
