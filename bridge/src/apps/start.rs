//! What the store kept, taken up when the server begins: grants, sessions that are away, retained messages.

use super::house::Apps;
use super::how::How;
use super::message::Message;
use super::queue::Queue;
use super::rights::Claims;
use super::subscriber::{Subscriber, Wanted, Way};
use chat::Timestamp;
use parking_lot::Mutex;
use std::sync::Arc;
use store::{AppSession, Error, SessionId, Store};
use topics::grant::Grant;

/// Rows that are read at once.
const PAGE: u32 = 500;

impl Apps {
    /// Takes up the grants.
    pub(crate) async fn load_grants(&self, store: &dyn Store) -> Result<(), Error> {
        for store::Grant { app, user, read, write } in store.apps().grants().await? {
            self.grants.put(user, Grant { app, read, write });
        }
        Ok(())
    }

    /// Takes up the rest; before that nobody may connect.
    pub(crate) async fn load(&self, store: &dyn Store, now: Timestamp) -> Result<(), Error> {
        let mut last = SessionId(0);
        loop {
            let sessions = store.apps().sessions(last, PAGE).await?;
            let Some(end) = sessions.last().map(|session| session.id) else { break };
            last = end;
            sessions.into_iter().for_each(|session| self.restore(session));
        }
        let mut after: Option<String> = None;
        loop {
            let page = store.apps().retained(after.as_deref(), PAGE, now).await?;
            let Some(end) = page.last().map(|message| message.topic.clone()) else { return Ok(()) };
            after = Some(end);
            page.into_iter().for_each(|stored| self.retained.take(&Arc::new(Message::kept(stored))));
        }
    }

    fn restore(&self, session: AppSession) {
        let AppSession { id, user, handle, client_id, subscriptions, waiting, waiting_bytes } = session;
        let restored = subscriptions.iter().filter_map(|(filter, how)| {
            let (_, bare) = super::house::parts(filter);
            let (how, claims) = How::restored(bare, how)?;
            Some((Wanted { filter: filter.as_str().into(), how }, claims))
        });
        let (wanted, claims): (Vec<Wanted>, Vec<Vec<Grant>>) = restored.unzip();
        let mut all: Vec<Grant> = Vec::new();
        claims.into_iter().flatten().for_each(|claim| {
            if !all.contains(&claim) {
                all.push(claim);
            }
        });
        let claims: Claims = all.into();
        let way = Way::Kept(id, Box::new(Mutex::new(Queue::of((waiting, waiting_bytes)))));
        let subscriber =
            Subscriber::new((user, handle, client_id.into()), way, (claims, false), &self.grants);
        self.keep(id, &subscriber);
        for wanted in wanted {
            self.want(&subscriber, wanted);
        }
    }
}
