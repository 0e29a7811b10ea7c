//! Two times at which a connection ends by itself: the client was silent for too long, or its proof has run out.

use super::Ending;
use crate::application::Farewell;
use mqtt::ReasonCode;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::SystemTime;
use tokio::time::{Duration, Instant, Sleep, sleep_until};

/// A proof that ends later than this is looked at again then: no timer can be set for ever.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

/// When the proof of a connection runs out, in milliseconds since 1970. A fresh proof changes it while the clock runs.
#[derive(Debug)]
pub(super) struct ProofEnd(AtomicU64);

impl ProofEnd {
    /// So many are never.
    const NEVER: u64 = u64::MAX;

    pub(super) fn new(at: Option<SystemTime>) -> ProofEnd {
        let end = ProofEnd(AtomicU64::new(ProofEnd::NEVER));
        end.set(at);
        end
    }

    /// The client has another proof.
    pub(super) fn set(&self, at: Option<SystemTime>) {
        let since =
            |at: SystemTime| at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let at = at.map_or(ProofEnd::NEVER, |at| u64::try_from(since(at)).unwrap_or(ProofEnd::NEVER));
        self.0.store(at, Ordering::Relaxed);
    }

    fn get(&self) -> Option<SystemTime> {
        let at = self.0.load(Ordering::Relaxed);
        (at != ProofEnd::NEVER).then(|| SystemTime::UNIX_EPOCH + Duration::from_millis(at))
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Clock {
    /// None where neither time comes.
    timer: Option<Pin<Box<Sleep>>>,
    heard: Instant,
    /// One and a half times the keep alive. `[MQTT5-3.1.2-22]`, `[MQTT3-3.1.2-24]`
    silence: Option<Duration>,
    /// The end of the proof that the timer was set by.
    expires_at: Option<SystemTime>,
}

impl Clock {
    /// A clock that begins now. A keep alive of 0 is none.
    pub(super) fn new(keep_alive: u16, proof: &ProofEnd) -> Clock {
        let silence = (keep_alive > 0).then(|| Duration::from_secs(u64::from(keep_alive)) * 3 / 2);
        let mut clock = Clock { timer: None, heard: Instant::now(), silence, expires_at: proof.get() };
        clock.set();
        clock
    }

    /// The client said something, or we did not listen.
    pub(super) fn heard(&mut self) {
        if self.silence.is_some() {
            self.heard = Instant::now();
        }
    }

    /// Ready when a time has come. While we do not read, silence is our own.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, reading: bool, proof: &ProofEnd) -> Poll<Ending> {
        if !reading {
            self.heard();
        }
        let expires_at = proof.get();
        if self.expires_at != expires_at {
            self.expires_at = expires_at;
            self.set();
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
            self.set();
        }
    }

    /// Sets the timer to when to look next.
    fn set(&mut self) {
        let next = self.next();
        match (self.timer.as_mut(), next) {
            (Some(timer), Some(next)) => timer.as_mut().reset(next),
            (_, next) => self.timer = next.map(|next| Box::pin(sleep_until(next))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    fn so_far_from_now(seconds: i64) -> Option<SystemTime> {
        let far = Duration::from_secs(seconds.unsigned_abs());
        let now = SystemTime::now();
        Some(if seconds < 0 { now - far } else { now + far })
    }

    /// Whether it ends the connection within a second.
    async fn rings(clock: &mut Clock, proof: &ProofEnd) -> bool {
        let ending = poll_fn(|cx| clock.poll(cx, true, proof));
        tokio::time::timeout(Duration::from_secs(1), ending).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn a_fresh_proof_moves_the_end_to_its_own() {
        for (first, then) in [(-1, Some(60)), (-1, None), (60, Some(-1))] {
            let proof = ProofEnd::new(so_far_from_now(first));
            let mut clock = Clock::new(0, &proof);
            proof.set(then.and_then(so_far_from_now));
            let ended = then.is_some_and(|seconds| seconds < 0);
            assert_eq!(rings(&mut clock, &proof).await, ended, "{first} became {then:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_had_no_end_may_get_one() {
        let proof = ProofEnd::new(None);
        let mut clock = Clock::new(0, &proof);
        assert!(!rings(&mut clock, &proof).await);
        proof.set(so_far_from_now(-1));
        assert!(rings(&mut clock, &proof).await);
    }
}
