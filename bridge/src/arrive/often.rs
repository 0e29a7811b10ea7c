//! How often somebody may come, and how many of them may be here at once: each device, and each user.
//!
//! It is asked when it is known who comes, so that nobody uses up what is another's. Who comes too soon waits for their
//! turn, so two programs that throw each other out with one client id do so slowly. `[SEMANTICS 27]`

use super::origin;
use crate::config::Config;
use crate::core::Core;
use crate::identity::{is_anonymous, is_nobody};
use crate::pace::Pace;
use broker::application::{ConnectRefusal, Identity};
use chat::{Origin, UserId};
use mqtt::ReasonCode;
use std::time::Instant;

/// When each may come again.
pub(crate) struct Often {
    users: Pace<UserId>,
    devices: Pace<Origin>,
}

impl Often {
    pub(crate) fn new(config: &Config) -> Often {
        let (users, devices) = (config.connects_per_user, config.connects_per_device);
        Often {
            users: Pace::by_second(users, users),
            devices: Pace::by_second(devices, Some(config.connects_at_once)),
        }
    }
}

impl Core {
    /// Waits until they may come; or why they may not. Who did not say who they are is counted by their address.
    pub(crate) async fn may_come(&self, identity: &Identity, client_id: &str) -> Result<(), ConnectRefusal> {
        if is_nobody(identity.proof) || is_anonymous(identity.proof) {
            return Ok(());
        }
        let (now, user) = (Instant::now(), UserId(identity.id));
        let patience = Some(self.config.turn_within);
        let mut turn = self.often.users.turn((user, false), now, patience);
        // A name that the server gives is nobody else's.
        if !client_id.is_empty() {
            let device = (origin(user, client_id), false);
            turn = turn.and_then(|turn| Ok(turn.max(self.often.devices.turn(device, now, patience)?)));
        }
        match turn {
            Ok(turn) => {
                tokio::time::sleep_until(turn.into()).await;
                Ok(())
            }
            Err(_) => Err(ConnectRefusal {
                code: ReasonCode::ConnectionRateExceeded,
                reason: "you, or your client id, came too often just now".into(),
            }),
        }
    }
}

/// There are as many of this user's as may be.
pub(super) fn too_many() -> ConnectRefusal {
    ConnectRefusal {
        code: ReasonCode::QuotaExceeded,
        reason: "you have as many connections as one user may have".into(),
    }
}
