//! Enhanced authentication: a token shown by a method of its own, which may be followed by a fresh one before it runs
//! out. `[MQTT5-4.12]`
//!
//! The one method is `JWT`. Its data is an access token, and it takes one step. Whoever came in by it may do so again
//! on the same connection, as the same user and on the same device; what is not good ends the connection.

use super::connect::{not_known, refusal};
use super::{Caller, Doorkeeper, NotKnown, token};
use broker::application::ConnectRefusal;
use chat::{Timestamp, UserId};
use mqtt::ReasonCode;
use mqtt::packet::{Auth, Connect};
use store::Store;

/// The name of the method.
const METHOD: &str = "JWT";

impl Doorkeeper {
    /// Who sends this CONNECT with this method? A password beside it is not looked at: the token is the proof.
    pub(super) async fn by_method(
        &self,
        store: &dyn Store,
        connect: &Connect,
        method: &str,
        now: Timestamp,
    ) -> Result<Caller, ConnectRefusal> {
        if method != METHOD {
            // [MQTT5-4.12.0-1]
            return Err(refusal(ReasonCode::BadAuthenticationMethod, "the one method here is `JWT`"));
        }
        let shown = self.by_data(store, connect.authentication_data.as_deref(), now).await;
        let caller = shown.map_err(|why| match why {
            NotKnown::Unknown => {
                refusal(ReasonCode::NotAuthorized, "the token is not right, or not any more")
            }
            why => not_known(&why),
        })?;
        match connect.user_name.as_deref() {
            Some(other) if other != caller.account.handle.as_str() => {
                Err(refusal(ReasonCode::NotAuthorized, "the token is not right, or not any more"))
            }
            _ => Ok(caller),
        }
    }

    /// The fresh proof of a user who is here on this device; or the code that their connection ends with.
    pub(crate) async fn prove_again(
        &self,
        store: &dyn Store,
        (user, device): (UserId, &str),
        auth: &Auth,
        now: Timestamp,
    ) -> Result<Caller, ReasonCode> {
        let shown = self.by_data(store, auth.data.as_deref(), now).await;
        let caller = shown.map_err(|why| match why {
            NotKnown::Store(error) => unavailable(&error),
            _ => ReasonCode::NotAuthorized,
        })?;
        if caller.account.id != user {
            return Err(ReasonCode::NotAuthorized);
        }
        match self.may_connect(store, &caller, device, now).await {
            Ok(()) => Ok(caller),
            Err(refusal) if refusal.code == ReasonCode::ServerUnavailable => Err(ReasonCode::ServerBusy),
            Err(_) => Err(ReasonCode::NotAuthorized),
        }
    }

    /// Whose token is it?
    async fn by_data(
        &self,
        store: &dyn Store,
        data: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Caller, NotKnown> {
        let token = data.and_then(|data| std::str::from_utf8(data).ok());
        let token = token.filter(|token| token::looks_like_one(token)).ok_or(NotKnown::Unknown)?;
        self.by_token(store, token, now).await
    }
}

/// "Server unavailable" is a word for CONNACK only: who is here may come again soon.
fn unavailable(error: &store::Error) -> ReasonCode {
    tracing::warn!(%error, "an AUTH could not be checked: {error}");
    ReasonCode::ServerBusy
}
