//! A client's certificate in place of a password.
//!
//! The port has checked it, and knows whom it names. It is good for everything that user may, until it ends, and as long
//! as the account is not shown out. A better proof in CONNECT (a token, a password) counts instead of it.

use super::connect::{not_known, refusal};
use super::{Caller, Doorkeeper, NotKnown, active};
use broker::application::ConnectRefusal;
use broker::port::Certified;
use chat::Handle;
use mqtt::ReasonCode;
use mqtt::packet::Connect;
use store::Store;

impl Doorkeeper {
    /// Who sends this CONNECT over a connection with this certificate? A user name that is another one's is refused, since
    /// the certificate is not good for it, and so is a certificate that names nobody: its owner meant to be somebody.
    pub(super) async fn by_certificate(
        &self,
        store: &dyn Store,
        connect: &Connect,
        certified: &Certified,
    ) -> Result<Caller, ConnectRefusal> {
        let nobody = || refusal(ReasonCode::NotAuthorized, "the certificate names no user of this server");
        let user = certified.user.as_deref().ok_or_else(nobody)?;
        if connect.user_name.as_deref().is_some_and(|other| other != user) {
            let reason =
                "the certificate is another user's; to come in as this one, give a token or a password";
            return Err(refusal(ReasonCode::NotAuthorized, reason));
        }
        let handle = Handle::new(user).map_err(|_| nobody())?;
        let account = store.account(&handle).await.map_err(|error| not_known(&error.into()))?;
        let account = account.ok_or_else(nobody)?;
        active(Caller::by_account(account, Some(certified.expires_at))).map_err(|why| match why {
            NotKnown::Unknown => nobody(),
            why => not_known(&why),
        })
    }
}
