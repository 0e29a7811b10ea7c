//! Who is here proves again who they are, before their earlier proof runs out.

use crate::apps;
use crate::core::Core;
use crate::session::Session;
use mqtt::ReasonCode;
use mqtt::packet::Auth;
use std::time::SystemTime;
use store::Proof;

/// From now on the session stands on the fresh proof, and what becomes of the earlier one no longer concerns it. When it
/// runs out; or the code that the connection ends with.
pub(crate) async fn renew(
    core: &Core,
    session: &Session,
    auth: &Auth,
) -> Result<Option<SystemTime>, ReasonCode> {
    let who = (session.user, &*session.place.client_id);
    let caller = core.doorkeeper.prove_again(&*core.store, who, auth, core.now()).await?;
    // Only tokens come here, and all of them are good for the same.
    let proof = Proof { user: session.user, by: caller.by };
    session.stand_on(proof, caller.grants);
    apps::renew(core, session);
    // What was revoked before this is found here, what is revoked after it finds the session.
    match core.revocations.covers(proof) {
        true => Err(ReasonCode::NotAuthorized),
        false => Ok(caller.expires_at),
    }
}
