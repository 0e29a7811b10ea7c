//! What a speaker may have under way, and what makes room for more: at QoS 1 the server's PUBACK, at QoS 0, which has
//! none, that everybody has heard it.
//!
//! Without the latter, a publisher of QoS 0 would only find out how fast a server throws away what it cannot deliver. So
//! none is ever further ahead of the slowest who hears it than its window.

use super::followers::Followers;
use crate::wire::Broken;
use mqtt::packet::PacketId;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long the slowest is waited for at QoS 0: longer than a server at work keeps anybody waiting. What has not come
/// by then is lost, and the publisher goes on.
const PATIENCE: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(super) enum Window {
    /// QoS 1.
    Answers(Answers),
    /// QoS 0.
    Lead(Lead),
}

/// Messages that wait for their PUBACKs.
#[derive(Debug)]
pub(super) struct Answers {
    /// Packet ids that no message uses.
    free: Vec<PacketId>,
    /// By packet id: in which room its message was said, and when it was due.
    due: Vec<Option<(u32, u64)>>,
}

/// How far ahead of its listeners a publisher is.
#[derive(Debug)]
pub(super) struct Lead {
    followers: Arc<Followers>,
    /// Messages it may be ahead.
    most: u64,
    said: u64,
    /// Messages that all are past, as far as it has looked.
    past: u64,
}

impl Window {
    /// So many messages without PUBACK.
    pub(super) fn answers(most: u16) -> Window {
        let free = (1..=most).rev().filter_map(PacketId::new).collect();
        Window::Answers(Answers { free, due: vec![None; usize::from(most) + 1] })
    }

    /// So many messages ahead of the slowest of these.
    pub(super) fn lead(most: u16, followers: Arc<Followers>) -> Window {
        Window::Lead(Lead { followers, most: most.into(), said: 0, past: 0 })
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&mut self) -> bool {
        match self {
            Window::Answers(answers) => !answers.free.is_empty(),
            Window::Lead(lead) => lead.has_room(),
        }
    }

    /// One more is said, for which there is room. At QoS 1 it has this packet id.
    pub(super) fn take(&mut self, room: u32, due: u64) -> Option<PacketId> {
        match self {
            Window::Answers(answers) => {
                let id = answers.free.pop()?;
                answers.due[usize::from(id.get())] = Some((room, due));
                Some(id)
            }
            Window::Lead(lead) => {
                lead.said += 1;
                None
            }
        }
    }

    /// The message with this packet id is answered. Gives its room, and when it was due.
    pub(super) fn answered(&mut self, id: u16) -> Result<(u32, u64), Broken> {
        let Window::Answers(answers) = self else { return Err(Broken::Nonsense) };
        let said = answers.due.get_mut(usize::from(id)).and_then(Option::take).ok_or(Broken::Nonsense)?;
        answers.free.extend(PacketId::new(id));
        Ok(said)
    }

    /// Messages that wait for an answer.
    pub(super) fn unanswered(&self) -> u64 {
        match self {
            Window::Answers(answers) => (answers.due.len() - 1 - answers.free.len()) as u64,
            Window::Lead(_) => 0,
        }
    }

    /// Waits for room that no answer makes.
    pub(super) async fn opens(&mut self) {
        match self {
            Window::Answers(_) => std::future::pending().await,
            Window::Lead(lead) => lead.opens().await,
        }
    }
}

impl Lead {
    fn has_room(&mut self) -> bool {
        if self.said >= self.past.saturating_add(self.most) {
            self.past = self.past.max(self.followers.slowest());
        }
        self.said < self.past.saturating_add(self.most)
    }

    async fn opens(&mut self) {
        if self.has_room() {
            return std::future::pending().await;
        }
        let enough = self.said + 1 - self.most;
        if timeout(PATIENCE, self.followers.all_past(enough)).await.is_err() {
            self.past = self.said;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use tokio::time::Instant;

    fn fill(window: &mut Window) -> usize {
        std::iter::from_fn(|| window.has_room().then(|| window.take(0, 0))).take(100).count()
    }

    #[test]
    fn an_answer_makes_room_for_one_and_none_comes_twice() {
        let mut window = Window::answers(3);
        assert_eq!(window.take(7, 99), PacketId::new(1));
        assert_eq!((fill(&mut window), window.unanswered()), (2, 3));
        assert_eq!(window.opens().now_or_never(), None);
        assert_eq!(window.answered(1), Ok((7, 99)));
        assert_eq!((fill(&mut window), window.unanswered()), (1, 3));
        for nobodys in [0, 4, u16::MAX] {
            assert_eq!(window.answered(nobodys), Err(Broken::Nonsense));
        }
    }

    #[tokio::test]
    async fn without_answers_nobody_is_further_ahead_of_the_slowest_than_the_window() {
        let followers = Arc::new(Followers::of(2));
        let mut window = Window::lead(3, followers.clone());
        assert_eq!((fill(&mut window), window.unanswered()), (3, 0));
        followers.pass(0, 3);
        assert_eq!((fill(&mut window), window.opens().now_or_never()), (0, None));
        followers.pass(1, 2);
        window.opens().now_or_never();
        assert_eq!(fill(&mut window), 2);
        assert_eq!(window.answered(1), Err(Broken::Nonsense));
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_comes_holds_a_publisher_up_for_a_moment_only() {
        let followers = Arc::new(Followers::of(2));
        let mut window = Window::lead(3, followers.clone());
        let start = Instant::now();
        for _ in 0..4 {
            assert_eq!(fill(&mut window), 3);
            followers.pass(0, 3);
            window.opens().await;
        }
        assert_eq!(start.elapsed(), 4 * PATIENCE);
    }
}
