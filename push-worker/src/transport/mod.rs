//! HTTP, with bounds: no call without an end, no answer without a limit, no redirect.

mod reply; // what came back

mod client; // Apple and Google: few connections, many calls on each

mod strangers; // everybody else: addresses are looked at first

pub(crate) use client::{Client, plain};
pub(crate) use reply::{Reply, Trouble};
pub(crate) use strangers::{Forbidden, Strangers};
