//! Who sends this CONNECT? A good proof, for this device, or a refusal that tells a stranger nothing.

use super::known::{ANONYMOUS, NOBODY, Nobody, openness};
use super::{Caller, Doorkeeper, NotKnown, Scope, carried, system_time};
use crate::share::names_a_group;
use broker::application::{ConnectRefusal, Identity, Introduction};
use chat::{Handle, Timestamp};
use mqtt::ReasonCode;
use mqtt::packet::Connect;
use std::sync::Arc;
use std::time::Duration;
use store::{By, Error, Store};

/// Enough for a person to choose a name and for a device to register; whoever stays longer holds a place for nothing.
const NOBODY_STAYS: Duration = Duration::from_secs(60);

impl Doorkeeper {
    /// Who sends this CONNECT?
    pub(crate) async fn authenticate(
        &self,
        store: &dyn Store,
        introduction: &Introduction<'_>,
        now: Timestamp,
    ) -> Result<Identity, ConnectRefusal> {
        let connect = introduction.connect;
        let said_nothing = connect.user_name.is_none() && connect.password.is_none();
        let caller = match &connect.authentication_method {
            Some(method) => self.by_method(store, connect, method, now).await?,
            None if let Some(certified) = introduction.certified.filter(|_| connect.password.is_none()) => {
                self.by_certificate(store, connect, certified).await?
            }
            None if self.anonymous && said_nothing => return anonymous(store).await,
            None if self.mqtt_strangers && said_nothing => return Ok(nobody(now)),
            None => self.by_name(store, connect, now).await?,
        };
        self.may_connect(store, &caller, &connect.client_id, now).await?;
        Ok(Identity {
            user: caller.account.handle.as_str().into(),
            id: caller.account.id.0,
            known: true,
            expires_at: caller.expires_at,
            proof: carried(caller.by, caller.effective_scopes()),
            grants: caller.grants,
        })
    }

    /// Who gives this user name, and in the password field a token, a key or a password?
    async fn by_name(
        &self,
        store: &dyn Store,
        connect: &Connect,
        now: Timestamp,
    ) -> Result<Caller, ConnectRefusal> {
        let (Some(user), Some(password)) = (&connect.user_name, &connect.password) else {
            return Err(refusal(ReasonCode::NotAuthorized, "give a user name, and a token or a password"));
        };
        let handle = Handle::new(user).map_err(|_| unknown())?;
        let proof = std::str::from_utf8(&password.0).map_err(|_| unknown())?;
        let known = match self.by_carried(store, proof, now).await {
            Some(known) => known,
            None if !self.mqtt_password => {
                return Err(refusal(ReasonCode::BadUserNameOrPassword, "this server takes tokens only"));
            }
            None => self.by_password(store, &handle, proof).await,
        };
        let caller = known.map_err(|why| not_known(&why))?;
        if caller.account.handle != handle {
            return Err(unknown());
        }
        Ok(caller)
    }

    /// A device's proof is for that device only, and no other proof takes its place: not even a token that names the device
    /// and is no credential of it.
    pub(super) async fn may_connect(
        &self,
        store: &dyn Store,
        caller: &Caller,
        client_id: &str,
        now: Timestamp,
    ) -> Result<(), ConnectRefusal> {
        if !caller.scopes.has(Scope::Mqtt) {
            return Err(refusal(ReasonCode::NotAuthorized, "this key has no scope `mqtt`"));
        }
        let not_this_id = |reason: &str| Err(refusal(ReasonCode::ClientIdentifierNotValid, reason));
        if names_a_group(client_id) {
            return not_this_id("a client id can't begin with `$share/`");
        }
        if let Some(device) = caller.device.as_ref().filter(|device| *device != client_id) {
            return not_this_id(&format!("this token is for the client id `{device}`"));
        }
        let is_its_own = caller.device.is_some() && matches!(caller.by, By::Credential(_));
        if is_its_own || !caller.account.has_credentials {
            return Ok(());
        }
        let bound = store.people().is_bound(caller.account.id, client_id, now).await;
        match bound.map_err(|error| unavailable(&error))? {
            true => not_this_id("this client id comes in by a token of its own"),
            false => Ok(()),
        }
    }
}

pub(super) fn not_known(why: &NotKnown) -> ConnectRefusal {
    match why {
        NotKnown::Unknown => unknown(),
        NotKnown::Deactivated => refusal(ReasonCode::Banned, &why.to_string()),
        NotKnown::Busy => refusal(ReasonCode::QuotaExceeded, &why.to_string()),
        NotKnown::Store(error) => unavailable(error),
    }
}

pub(super) fn refusal(code: ReasonCode, reason: &str) -> ConnectRefusal {
    ConnectRefusal { code, reason: reason.to_owned() }
}

/// Somebody who does not say who they are: they may ask what anybody may, for as long as it takes. Each is a nobody of
/// their own, so that none takes another's seat.
fn nobody(now: Timestamp) -> Identity {
    let Nobody { user, proof } = Nobody::new();
    let expires_at = Some(system_time(now) + NOBODY_STAYS);
    Identity { user, id: NOBODY.0, known: false, expires_at, grants: Arc::default(), proof }
}

/// Somebody who came to use what is open. All of them are one user, so that a device is found again by its client id.
async fn anonymous(store: &dyn Store) -> Result<Identity, ConnectRefusal> {
    let unavailable = |error| unavailable(&error);
    let handle = Handle::new(ANONYMOUS).map_err(|_| unknown())?;
    let account = store.account(&handle).await.map_err(unavailable)?.ok_or_else(unknown)?;
    Ok(Identity {
        user: ANONYMOUS.into(),
        id: account.id.0,
        known: false,
        expires_at: None,
        grants: Arc::default(),
        proof: openness(),
    })
}

/// One answer for a user who does not exist, a wrong password and a token that is not good.
fn unknown() -> ConnectRefusal {
    refusal(ReasonCode::BadUserNameOrPassword, "user name or password are not right")
}

fn unavailable(error: &Error) -> ConnectRefusal {
    tracing::warn!(%error, "a CONNECT could not be checked: {error}");
    refusal(ReasonCode::ServerUnavailable, "the server can't check who you are just now")
}
