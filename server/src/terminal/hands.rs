//! What is wished, done: said and read by the SDK, counted by the server on the data folder. Each answer comes back as
//! something that happened.

use super::state::{Happening, ROOMS, Wish};
use crate::control::{self, Answer, Request};
use chat::{Handle, Seq, Timestamp};
use client::{Client, Content, ReplayError, SayError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::Sender;
use tokio_util::task::TaskTracker;

/// How long what was said last may take to be stored when the person leaves.
const FINISH: Duration = Duration::from_secs(3);

/// See the module.
pub(super) struct Hands {
    client: Client,
    happenings: Sender<Happening>,
    /// What was said and is not answered. The SDK's outbox bounds it.
    saying: TaskTracker,
    count: Arc<Notify>,
}

impl Hands {
    /// `folder` is that of the server, where it is known: it tells the rooms.
    pub(super) fn new(
        client: Client,
        user: &Handle,
        folder: Option<PathBuf>,
        happenings: Sender<Happening>,
    ) -> Hands {
        let count = Arc::new(Notify::new());
        if let Some(folder) = folder {
            tokio::spawn(count_when_asked(count.clone(), folder, user.to_string(), happenings.clone()));
        }
        Hands { client, happenings, saying: TaskTracker::new(), count }
    }

    /// Begins to do it.
    pub(super) fn fulfil(&self, wish: Wish) {
        match wish {
            Wish::Say { draft, to, text } => {
                let said = self.client.say_as(draft, &to, &Content::text(text));
                let happenings = self.happenings.clone();
                self.saying.spawn(async move {
                    let answer = said.await.map_err(|error| in_words(&error));
                    happenings.send(Happening::Answered(draft, answer)).await.ok();
                });
            }
            Wish::Act(room, deed) => {
                let done = self.client.act(&room, deed);
                let happenings = self.happenings.clone();
                self.saying.spawn(async move {
                    if let Err(error) = done.await {
                        happenings.send(Happening::Failed(in_words(&error))).await.ok();
                    }
                });
            }
            Wish::Read(room, seq) => {
                let read = self.client.read(&room, seq);
                let happenings = self.happenings.clone();
                tokio::spawn(async move {
                    if let Err(SayError::Refused(why)) = read.await {
                        happenings.send(Happening::Failed(format!("{room}: {why}"))).await.ok();
                    }
                });
            }
            Wish::Newest(room, most) => {
                let client = self.client.clone();
                self.hear(room.clone(), async move { client.replay_newest(&room, most).await });
            }
            Wish::Since(room, seq) => {
                let client = self.client.clone();
                self.hear(room.clone(), async move { client.replay(&room, seq).await });
            }
            Wish::Count => self.count.notify_one(),
            // The loop ends by it.
            Wish::Leave => {}
        }
    }

    fn hear(&self, room: Handle, asked: impl Future<Output = Result<(), ReplayError>> + Send + 'static) {
        let happenings = self.happenings.clone();
        tokio::spawn(async move {
            match asked.await {
                Ok(()) | Err(ReplayError::Closed) => {}
                Err(why) => drop(happenings.send(Happening::Failed(format!("{room}: {why}"))).await),
            }
        });
    }

    /// Ends in order; says how many messages are not known to be stored.
    pub(super) async fn leave(self) -> usize {
        self.saying.close();
        tokio::time::timeout(FINISH, self.saying.wait()).await.ok();
        let left = self.saying.len();
        self.client.close().await;
        left
    }
}

fn in_words(error: &SayError) -> String {
    match error {
        SayError::Refused(why) => why.to_string(),
        error => error.to_string(),
    }
}

/// However often it is asked for meanwhile, the next answer is the newest.
async fn count_when_asked(count: Arc<Notify>, folder: PathBuf, user: String, happenings: Sender<Happening>) {
    loop {
        count.notified().await;
        let request = Request::Inbox { user: user.clone(), room: None, most: ROOMS };
        // Without an answer the rooms stay as they are; the state line says what is wrong with the server.
        let answers = control::answers(&folder, &request).await.ok().flatten().unwrap_or_default();
        for happening in answers.into_iter().filter_map(counted) {
            if happenings.send(happening).await.is_err() {
                return;
            }
        }
    }
}

fn counted(answer: Answer) -> Option<Happening> {
    let Answer::Place(place) = answer else { return None };
    Some(Happening::Counted {
        room: Handle::new(&place.room).ok()?,
        with: place.with.and_then(|with| Handle::new(&with).ok()),
        last: Seq(place.last),
        at: Timestamp(place.at),
        unread: place.unread,
    })
}
