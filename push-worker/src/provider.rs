//! What a provider can do.

use crate::address::Address;
use crate::answer::Answer;
use crate::notification::Notification;
use async_trait::async_trait;

/// Somebody who tells devices things. One for each app.
#[async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// Tries once to tell a device, within the time that a call may take. What is too large is not made smaller here:
    /// [`crate::Providers::send`] does that.
    async fn send(&self, to: &Address, what: &Notification) -> Answer;
}
