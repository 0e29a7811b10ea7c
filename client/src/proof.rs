//! What proves who somebody is, and where a new proof comes from when the old one has run out.
//!
//! Start at [`Proof`].

use crate::offline::Offline;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio_util::task::AbortOnDropHandle;

/// How long a provider may take.
const WITHIN: Duration = Duration::from_secs(10);

/// A token that ends sooner than this is not worth connecting with.
const MARGIN: Duration = Duration::from_secs(5);

/// An access token, or the account's password. It does not print itself.
#[derive(Debug, Clone)]
pub struct Proof {
    secret: SecretString,
    ends: Option<SystemTime>,
}

impl Proof {
    /// A proof that is good until the server says otherwise.
    #[must_use]
    pub fn new(secret: impl Into<SecretString>) -> Proof {
        Proof { secret: secret.into(), ends: None }
    }

    /// It is known to end then: from a few seconds before on, the next connection gets a new one.
    #[must_use]
    pub fn until(mut self, end: SystemTime) -> Proof {
        self.ends = Some(end);
        self
    }

    fn is_good(&self, now: SystemTime) -> bool {
        self.ends.is_none_or(|end| now + MARGIN < end)
    }
}

type Asked = BoxFuture<'static, Result<Proof, String>>;

/// Where proofs come from.
#[derive(Clone)]
pub(crate) enum Source {
    /// None is needed: the certificate of the connection says it.
    Certificate,
    Fixed(SecretString),
    Provider(Arc<dyn Fn() -> Asked + Send + Sync>),
}

impl Source {
    pub(crate) fn provider<F, Fut, E>(provider: F) -> Source
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Proof, E>> + Send + 'static,
        E: Display,
    {
        let ask = move || provider().map(|asked| asked.map_err(|error| error.to_string())).boxed();
        Source::Provider(Arc::new(ask))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Certificate => "Certificate",
            Source::Fixed(_) => "Fixed",
            Source::Provider(_) => "Provider",
        })
    }
}

/// Proves, again and again.
#[derive(Debug)]
pub(crate) struct Prover {
    source: Source,
    /// What the provider gave last, unless the server did not take it.
    last: Option<Proof>,
}

impl Prover {
    pub(crate) fn new(source: Source) -> Prover {
        Prover { source, last: None }
    }

    /// A proof for the next connection, if it needs one.
    pub(crate) async fn proof(&mut self) -> Result<Option<SecretString>, Offline> {
        let ask = match &self.source {
            Source::Certificate => return Ok(None),
            Source::Fixed(secret) => return Ok(Some(secret.clone())),
            Source::Provider(ask) => ask,
        };
        if let Some(last) = self.last.as_ref().filter(|last| last.is_good(SystemTime::now())) {
            return Ok(Some(last.secret.clone()));
        }
        // A task of its own: a provider that panics must not take the connections with it.
        let ask = ask.clone();
        let asked = AbortOnDropHandle::new(tokio::spawn(async move { ask().await }));
        let proof = match tokio::time::timeout(WITHIN, asked).await {
            Ok(Ok(Ok(proof))) => proof,
            Ok(Ok(Err(why))) => return Err(Offline::NoProof(why)),
            Ok(Err(_)) => return Err(Offline::NoProof("the provider panicked".to_owned())),
            Err(_) => return Err(Offline::NoProof(format!("the provider gave none within {WITHIN:?}"))),
        };
        Ok(Some(self.last.insert(proof).secret.clone()))
    }

    /// A connection ended, or was none. One that the server did not take is not shown again.
    pub(crate) fn ended(&mut self, why: &Offline) {
        if matches!(why, Offline::NotAuthorized | Offline::ProofEnded) {
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Gives `1`, `2` …, each good for so long.
    fn counting(good_for: Duration) -> Prover {
        let count = AtomicU32::new(0);
        Prover::new(Source::provider(move || {
            let number = 1 + count.fetch_add(1, Ordering::Relaxed);
            let ends = SystemTime::now() + good_for;
            async move { Ok::<_, String>(Proof::new(number.to_string()).until(ends)) }
        }))
    }

    async fn proof(prover: &mut Prover) -> String {
        prover.proof().await.unwrap().unwrap().expose_secret().to_owned()
    }

    #[tokio::test]
    async fn a_proof_is_used_until_it_ends_or_is_not_taken() {
        let mut prover = counting(Duration::from_secs(3600));
        assert_eq!([proof(&mut prover).await, proof(&mut prover).await], ["1", "1"]);
        prover.ended(&Offline::Lost("away".to_owned()));
        assert_eq!(proof(&mut prover).await, "1");
        prover.ended(&Offline::NotAuthorized);
        assert_eq!(proof(&mut prover).await, "2");
        prover.ended(&Offline::ProofEnded);
        assert_eq!(proof(&mut prover).await, "3");
        let mut short = counting(MARGIN);
        assert_eq!([proof(&mut short).await, proof(&mut short).await], ["1", "2"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_provider_that_fails_panics_or_never_answers_is_told_as_the_reason() {
        let failing = Source::provider(|| async { Err("the account is closed") });
        let panicking = Source::provider(|| async { panic!("oh") as Result<Proof, String> });
        let silent = Source::provider(std::future::pending::<Result<Proof, String>>);
        for (source, why) in [(failing, "account is closed"), (panicking, "panicked"), (silent, "within 10s")]
        {
            let Err(Offline::NoProof(words)) = Prover::new(source).proof().await else {
                panic!("there is no proof")
            };
            assert!(words.contains(why), "{words}");
        }
    }

    #[test]
    fn a_proof_does_not_print_itself() {
        let proof = Proof::new("under the mat");
        let fixed = Prover::new(Source::Fixed("under the mat".into()));
        assert!(!format!("{proof:?} {fixed:?}").contains("mat"));
    }
}
