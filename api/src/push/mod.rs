//! What wakes the devices of people who are away: where each is reached, when none is, and what came of it.
//!
//! Who is pushed hears what they may read, so `messages:read` is what all of this asks for. A credential that is bound to
//! a device sees and treats that one; one that is also good for the account, every device of its user.

mod apps; // for which apps

mod given; // what a device says

mod devices; // where it is reached

mod settings; // when it is left in peace

mod log; // what it was told

pub(crate) mod test; // whether that works

pub(crate) mod seen; // as it is answered

use crate::ask::Ask;
use crate::method::{Access, Method, Rate};
use crate::problem::Problem;
use bridge::identity::{Caller, Scope};
use serde::Deserialize;
use store::PushDevice;
use utoipa::ToSchema;

const LOOK: (Access, Rate) = (Access::Scope(Scope::MessagesRead), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::MessagesRead), Rate::Write);

/// A device, for one app or for all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisPushDevice {
    /// Its MQTT client id.
    device: String,
    /// Only for this app; for all of them without it.
    app: Option<String>,
}

pub(crate) fn methods() -> Vec<Method> {
    [apps::methods(), devices::methods(), settings::methods(), log::methods(), test::methods()]
        .into_iter()
        .flatten()
        .collect()
}

/// Whether the caller may see a device of theirs.
fn sees(caller: &Caller, device: &str) -> bool {
    caller.scopes.has(Scope::Account) || caller.device.as_deref().is_none_or(|own| own == device)
}

/// The registrations of one device of the caller, for one app or for all: there is one at least.
async fn registered(ask: &Ask, device: &str, app: Option<&str>) -> Result<Vec<PushDevice>, Problem> {
    let caller = ask.caller()?;
    let mut found = ask.store().pushes().push_devices(caller.account.id).await?;
    found.retain(|one| sees(caller, &one.device));
    seen::only(found, Some(device), app)
}
