//! What a program holds.

use crate::answer::{self, Receipt, Refused, SayError};
use crate::event::{Event, To};
use crate::inbox::Inbox;
use crate::link::{First, Link};
use crate::offline::Offline;
use crate::options::Options;
use crate::outbox::journal::{Journal, OutboxError};
use crate::outbox::{Answer, Outbox, Outgoing};
use crate::payload;
use crate::replay::{ReplayError, Replays, Wish};
use bytes::Bytes;
use chat::{Ask, Content, Deed, Draft, Handle, Seq};
use rumqttc::PubAck;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio_util::sync::{CancellationToken, DropGuard};
use topics::Topic;
use uuid::Uuid;

/// A user's device on a server. Clones are the same one; when the last of them is dropped the connection ends.
#[derive(Debug, Clone)]
pub struct Client {
    inbox: Arc<Inbox>,
    outbox: Arc<Outbox>,
    replays: Arc<Replays>,
    closing: CancellationToken,
    closed: CancellationToken,
    _last: Arc<DropGuard>,
}

impl Client {
    /// Connects, and subscribes to every room the user is in. From then on connections that are lost are made
    /// again until the client is closed.
    ///
    /// # Errors
    /// [`Offline`] when this first attempt fails.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub async fn connect(options: Options) -> Result<Client, Offline> {
        let (first, came_first) = oneshot::channel();
        let client = Client::begin(options, Some(first)).await?;
        came_first.await.unwrap_or(Err(Offline::Closed))?;
        Ok(client)
    }

    /// The same for a program that starts where there may be no network: it doesn't wait for the first connection,
    /// and goes on if that fails. How it fares is told as [`Event::Connection`].
    ///
    /// # Errors
    /// [`OutboxError`] when the outbox file can't be used.
    ///
    /// # Panics
    /// Outside a Tokio runtime.
    pub async fn start(options: Options) -> Result<Client, OutboxError> {
        Client::begin(options, None).await
    }

    async fn begin(options: Options, first: Option<First>) -> Result<Client, OutboxError> {
        let (outbox, journal) = open_outbox(&options).await?;
        let (inbox, replays) = (Arc::<Inbox>::default(), Arc::<Replays>::default());
        let [closing, closed] = [(); 2].map(|()| CancellationToken::new());
        let client = Client {
            inbox: inbox.clone(),
            outbox: outbox.clone(),
            replays: replays.clone(),
            _last: Arc::new(closing.clone().drop_guard()),
            closing: closing.clone(),
            closed: closed.clone(),
        };
        let link = Link { options, inbox, outbox, replays, closing };
        tokio::spawn(async move {
            let _closed = closed.drop_guard();
            link.run(first, journal).await;
        });
        Ok(client)
    }

    /// Says something in a room, and waits until it is on the server's disk.
    ///
    /// The message is in the outbox when this returns, before the future is polled: what is said one after the other
    /// is stored in that order. It is sent again under the same draft, over as many connections as it takes, until
    /// its PUBACK came: it is stored once. If the future is dropped the message goes on nevertheless.
    ///
    /// # Errors
    /// [`SayError`], from the future.
    pub fn say(
        &self,
        room: &Handle,
        content: Content,
    ) -> impl Future<Output = Result<Receipt, SayError>> + Send + use<> {
        self.say_as(Draft(Uuid::now_v7()), &To::Room(room.clone()), &content)
    }

    /// Says something to one user, in the direct room with them; the receipt tells which room that is. The rest is
    /// as with [`Client::say`].
    ///
    /// # Errors
    /// [`SayError`], from the future.
    pub fn say_to(
        &self,
        user: &Handle,
        content: Content,
    ) -> impl Future<Output = Result<Receipt, SayError>> + Send + use<> {
        self.say_as(Draft(Uuid::now_v7()), &To::User(user.clone()), &content)
    }

    /// Says something under a draft of your own choice, for a program that keeps its messages itself: whatever it
    /// says twice under one draft, in the same place and with the same content, is one message. A UUIDv7 is advised.
    ///
    /// # Errors
    /// [`SayError`], from the future.
    pub fn say_as(
        &self,
        draft: Draft,
        to: &To,
        content: &Content,
    ) -> impl Future<Output = Result<Receipt, SayError>> + Send + use<> {
        self.ask(draft, to, &Ask::Say(content.clone()))
    }

    /// Does something to an earlier message of a room: gives it other words, takes it back, puts a sign to it, pins it.
    /// It is in the outbox, and stored once, as what is said with [`Client::say`]; the receipt is that of the deed.
    ///
    /// # Errors
    /// [`SayError`], from the future; [`Refused::Objected`] where it can't be done to that message.
    pub fn act(
        &self,
        room: &Handle,
        deed: Deed,
    ) -> impl Future<Output = Result<Receipt, SayError>> + Send + use<> {
        self.act_as(Draft(Uuid::now_v7()), &To::Room(room.clone()), deed)
    }

    /// The same under a draft of your own choice, as [`Client::say_as`] does it.
    ///
    /// # Errors
    /// [`SayError`], from the future.
    pub fn act_as(
        &self,
        draft: Draft,
        to: &To,
        deed: Deed,
    ) -> impl Future<Output = Result<Receipt, SayError>> + Send + use<> {
        self.ask(draft, to, &Ask::Do(deed))
    }

    fn ask(
        &self,
        draft: Draft,
        to: &To,
        ask: &Ask,
    ) -> impl Future<Output = Result<Receipt, SayError>> + Send + use<> {
        let answer = payload::ask(draft, ask)
            .ok_or_else(|| Refused::Payload("`data` must be a JSON object".to_owned()).into())
            .and_then(|payload| self.put(&payload::topic(to), Some(draft), payload));
        async move { answer::receipt(&puback(answer).await?) }
    }

    /// Waits until everything that was said before is in the outbox file, and on the disk. With an outbox in memory
    /// there is nothing to wait for.
    ///
    /// # Errors
    /// [`SayError::NotKept`] when the file could not be written.
    pub async fn kept(&self) -> Result<(), SayError> {
        self.outbox.all_kept().await
    }

    /// Marks a room as read up to this entry, and waits until the server keeps it. An earlier number than before
    /// changes nothing. It goes through the outbox as [`Client::say`] does.
    ///
    /// # Errors
    /// [`SayError`], from the future.
    pub fn read(&self, room: &Handle, seq: Seq) -> impl Future<Output = Result<(), SayError>> + Send + use<> {
        let answer = self.put(&Topic::Read(room.clone()), None, seq.to_string().into());
        async move { Ok(answer::accepted(&puback(answer).await?)?) }
    }

    /// Hears a room again, from the entry behind `since` on; with [`Seq::ZERO`] from the first that you may hear. Waits
    /// until the server has taken the wish; the entries come as events, oldest first, before anything newer of the
    /// room.
    ///
    /// What you took before comes again and says so ([`Said::again`](crate::Said::again)); what is in your hands, or
    /// waits to be looked at, comes once. It is acknowledged as everything else, and until then the server counts the
    /// room as heard only up to there: after a reconnect, or a restart of the program, the replay goes on.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn replay(&self, room: &Handle, since: Seq) -> Result<(), ReplayError> {
        self.hear_again(Wish { room: room.clone(), since, newest: None }).await
    }

    /// Hears the newest entries of a room again, at most so many; a [`Gap`](crate::Gap) stands for those before. For
    /// a program that begins with an empty screen.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub async fn replay_newest(&self, room: &Handle, most: u64) -> Result<(), ReplayError> {
        self.hear_again(Wish { room: room.clone(), since: Seq::ZERO, newest: Some(most) }).await
    }

    async fn hear_again(&self, wish: Wish) -> Result<(), ReplayError> {
        let asked = self.closed.run_until_cancelled(self.replays.ask(wish)).await;
        asked.unwrap_or(Err(ReplayError::Closed))
    }

    /// What is said in all rooms, and how the connection fares. Every listener that this gives takes from the same
    /// queue: each event comes to one of them.
    #[must_use]
    pub fn said(&self) -> Events {
        Events { inbox: self.inbox.clone() }
    }

    /// Ends the connection in order: what was taken is acknowledged first. Whoever still waits for a receipt gets
    /// [`SayError::Closed`], on clones too; what is in an outbox file stays there. The session stays on the server for
    /// [`Options::session_expiry`].
    pub async fn close(self) {
        self.closing.cancel();
        self.closed.cancelled().await;
    }

    fn put(&self, topic: &Topic, draft: Option<Draft>, payload: Bytes) -> Result<Asked, SayError> {
        self.outbox.put(Outgoing { topic: topic.to_string().into(), draft, payload })
    }
}

/// Where a PUBACK will be.
type Asked = oneshot::Receiver<Answer>;

async fn open_outbox(options: &Options) -> Result<(Arc<Outbox>, Option<Journal>), OutboxError> {
    let Some(path) = options.outbox_file.clone() else {
        return Ok((Arc::new(Outbox::new(options.outbox)), None));
    };
    let user = options.user.clone();
    let opening = tokio::task::spawn_blocking(move || Journal::open(&path, &user));
    let (journal, left) =
        opening.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    Ok((Arc::new(Outbox::restored(options.outbox, left)), Some(journal)))
}

async fn puback(answer: Result<Asked, SayError>) -> Result<PubAck, SayError> {
    answer?.await.unwrap_or(Err(SayError::Closed))
}

/// Where events come from; see [`Client::said`].
#[derive(Debug, Clone)]
pub struct Events {
    inbox: Arc<Inbox>,
}

impl Events {
    /// The next event; none when the client was closed and everything was told. Dropping this future loses nothing.
    pub async fn next(&self) -> Option<Event> {
        self.inbox.next().await
    }
}
