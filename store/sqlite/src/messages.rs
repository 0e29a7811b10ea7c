//! Messages on topics that are none of chat's: those that wait for sessions, and those that topics retain.

mod publish; // they come

mod rows; // the statements that write them

mod queue; // they wait, and are acknowledged

mod turns; // and are another's, where several share them

mod retained; // they stay at their topic

mod sweep; // nobody wants them any more

pub(crate) use publish::Publish;
pub(crate) use queue::{Begun, Done, pick, waiting};
pub(crate) use retained::retained;
pub(crate) use sweep::Sweep;
pub(crate) use turns::turns;
