//! Two times at which a connection ends by itself: the client was silent for too long, or its proof has run out.

use super::Ending;
use crate::application::Farewell;
use mqtt::ReasonCode;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;
use tokio::time::{Duration, Instant, Sleep, sleep_until};

/// A proof that ends later than this is looked at again then: no timer can be set for ever.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

/// See the module.
#[derive(Debug)]
pub(super) struct Clock {
    /// None where neither time comes.
    timer: Option<Pin<Box<Sleep>>>,
    heard: Instant,
    /// One and a half times the keep alive. `[MQTT5-3.1.2-22]`, `[MQTT3-3.1.2-24]`
    silence: Option<Duration>,
    expires_at: Option<SystemTime>,
}

impl Clock {
    /// A clock that begins now. A keep alive of 0 is none.
    pub(super) fn new(keep_alive: u16, expires_at: Option<SystemTime>) -> Clock {
        let silence = (keep_alive > 0).then(|| Duration::from_secs(u64::from(keep_alive)) * 3 / 2);
        let mut clock = Clock { timer: None, heard: Instant::now(), silence, expires_at };
        clock.timer = clock.next().map(|at| Box::pin(sleep_until(at)));
        clock
    }

    /// The client said something, or we did not listen.
    pub(super) fn heard(&mut self) {
        if self.silence.is_some() {
            self.heard = Instant::now();
        }
    }

    /// Ready when a time has come. While we do not read, silence is our own.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, reading: bool) -> Poll<Ending> {
        if !reading {
            self.heard();
        }
        loop {
            let Some(timer) = self.timer.as_mut() else { return Poll::Pending };
            std::task::ready!(timer.as_mut().poll(cx));
            if self.expires_at.is_some_and(|end| end <= SystemTime::now()) {
                return Poll::Ready(Ending::because(ReasonCode::MaximumConnectTime));
            }
            if self.silence.is_some_and(|silence| self.heard + silence <= Instant::now()) {
                let code = Some(ReasonCode::KeepAliveTimeout);
                return Poll::Ready(Ending { code, farewell: Farewell::WentSilent });
            }
            let next = self.next();
            match (self.timer.as_mut(), next) {
                (Some(timer), Some(next)) => timer.as_mut().reset(next),
                _ => self.timer = None,
            }
        }
    }

    /// When to look next.
    fn next(&self) -> Option<Instant> {
        let silent = self.silence.map(|silence| self.heard + silence);
        let expires = self.expires_at.map(|end| {
            let left = end.duration_since(SystemTime::now()).unwrap_or_default();
            Instant::now() + left.min(FAR)
        });
        silent.into_iter().chain(expires).min()
    }
}
