//! Who may share what rooms say: programs of a service, by a key that is for reading messages.

use crate::core::Core;
use crate::identity::{Caller, Scope};
use crate::session::Session;
use store::{By, Error};

/// Whether this connection is a service's, and came in by something that is good for reading what was said.
pub(crate) async fn may_share(core: &Core, session: &Session) -> Result<bool, Error> {
    let people = core.store.people();
    match session.proof.map(|proof| proof.by) {
        Some(By::Credential(id)) => {
            let held = people.credential(id, core.now()).await?;
            let caller = held.map(|held| Caller::by_credential(held, None));
            Ok(caller.is_some_and(|one| one.account.service && one.scopes.has(Scope::MessagesRead)))
        }
        // A token that was made for the account as it is, by who runs the server: it is good for everything.
        Some(By::Account(_)) => {
            let account = people.account_of(session.user).await?;
            Ok(account.is_some_and(|account| account.service))
        }
        None => Ok(false),
    }
}
