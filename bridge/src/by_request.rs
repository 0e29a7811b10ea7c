//! What somebody asks for and waits for, over HTTP or by a request: the same commands that a PUBLISH becomes.

use crate::Bridge;
use crate::lane::{Receipt, Reply, SayError};
use crate::say::{Speaker, Spoken, put};
use bytes::Bytes;
use chat::{Handle, Seq};
use store::Account;
use tokio::sync::oneshot;
use topics::{Address, Format, Topic};

impl Bridge {
    /// Says something as this user: `payload` is the JSON of a say. Limits of its rate delay it.
    ///
    /// # Errors
    /// [`SayError`], as the sender of a PUBLISH would hear it.
    pub async fn say_json(&self, by: &Account, room: &Handle, payload: Bytes) -> Result<Receipt, SayError> {
        let (reply, receipt) = oneshot::channel();
        self.put_for(by, Topic::Say(room.clone()), &payload, reply).await;
        receipt.await.unwrap_or(Err(SayError::NotNow))
    }

    /// Marks a room as read up to this entry.
    ///
    /// # Errors
    /// [`SayError`], as the sender of a PUBLISH would hear it.
    pub async fn mark_read(&self, by: &Account, room: &Handle, seq: Seq) -> Result<(), SayError> {
        let (reply, done) = oneshot::channel();
        let payload = Bytes::from(seq.0.to_string());
        self.put_for(by, Topic::Read(room.clone()), &payload, reply).await;
        match done.await {
            // There is no receipt for a mark: a closed channel says that it was made.
            Ok(Ok(_)) | Err(_) => Ok(()),
            Ok(Err(error)) => Err(error),
        }
    }

    async fn put_for(
        &self,
        by: &Account,
        topic: Topic,
        payload: &Bytes,
        reply: oneshot::Sender<Result<Receipt, SayError>>,
    ) {
        let spoken = Spoken {
            topic: &Address { format: Format::Json, topic }.to_string(),
            payload,
            user_properties: &[],
            message_expiry: None,
            inbound: None,
            is_acknowledged: true,
        };
        let speaker = Speaker { user: by.id, handle: &by.handle, session: None };
        put(self.core(), &speaker, &spoken, Reply::Caller(reply)).await;
    }
}
