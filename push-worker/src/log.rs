//! Nobody: what would be told stands in the log, without its words. For development.

use crate::address::Address;
use crate::answer::Answer;
use crate::notification::Notification;
use crate::provider::Provider;
use async_trait::async_trait;
use tracing::info;

/// Writes a line for each.
#[derive(Debug)]
pub(crate) struct Log;

#[async_trait]
impl Provider for Log {
    async fn send(&self, to: &Address, what: &Notification) -> Answer {
        info!(
            app = to.app,
            to = ?to.target,
            id = %what.id,
            form = ?what.form,
            words = ?what.words,
            data = ?what.data,
            badge = what.badge,
            collapse = what.collapse,
            "would be pushed"
        );
        Answer::Sent { id: what.id.to_string(), whole: true }
    }
}
