//! May they, and not too often; then, and not twice, it is done. HTTP and MQTT both ask here.

use crate::ask::{Ask, Asker, Coming};
use crate::config::Config;
use crate::media::File;
use crate::method::{Access, Carries, Method};
use crate::problem::{Code, Problem};
use crate::rates::Rates;
use crate::serve::STREAMS;
use crate::{audited, openapi, push, table};
use bridge::Bridge;
use bridge::identity::Scope;
use bytes::Bytes;
use chat::Timestamp;
use media::Desk;
use serde_json::Value;
use std::sync::Arc;
use store::stored::now;
use store::{Begun, RequestKey, Store};
use tokio::sync::Semaphore;

/// Bytes of an Idempotency-Key at most.
const KEY_MOST: usize = 255;
/// A request that began so many milliseconds ago and has no answer was lost with its process: none takes so long.
const LOST: i64 = 120_000;

/// Everything that can be asked, and who does it.
pub struct Api {
    pub(crate) bridge: Arc<Bridge>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) media: Arc<Desk>,
    pub(crate) config: Config,
    pub(crate) document: Bytes,
    table: Vec<Method>,
    pub(crate) rates: Rates,
    /// Places for those who watch the counters.
    pub(crate) streams: Arc<Semaphore>,
    /// And for those who test whether their devices can be pushed to.
    pub(crate) tests: Semaphore,
}

/// A request that its asker may make, and that was counted: what it says may be read now.
#[derive(Debug)]
pub struct Admitted<'a> {
    method: &'a Method,
    asker: Asker,
    coming: Option<Coming>,
}

impl Admitted<'_> {
    /// Whether nobody knows who asks.
    pub(crate) fn is_strangers(&self) -> bool {
        self.asker.caller.is_none()
    }

    /// A file comes with it.
    pub(crate) fn with(self, coming: Coming) -> Self {
        Admitted { coming: Some(coming), ..self }
    }
}

/// What is answered to a request that was done.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// JSON; empty where there is nothing to say.
    pub body: Bytes,
    /// Whether it had been done before, under the same key.
    pub again: bool,
}

/// Not the body: it may hold a secret that its caller is given.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Answer { status, again, .. } = self;
        f.debug_struct("Answer").field("status", status).field("again", again).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Api {
    /// The API over this bridge, its store and where uploads go.
    #[must_use]
    pub fn new(bridge: Arc<Bridge>, store: Arc<dyn Store>, media: Arc<Desk>, config: Config) -> Arc<Api> {
        let table = table::methods();
        let document = openapi::document(&table);
        let rates = Rates::new(&config);
        let streams = Arc::new(Semaphore::new(STREAMS));
        let tests = Semaphore::new(push::test::AT_ONCE);
        Arc::new(Api { bridge, store, media, config, document, table, rates, streams, tests })
    }

    /// Everything that can be asked.
    #[must_use]
    pub fn methods(&self) -> &[Method] {
        &self.table
    }

    /// The method of this name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.table.iter().find(|method| method.name == name)
    }

    /// Whether this may be asked by the asker, and not too often: before anything of it is read, so that a stranger's
    /// long request costs no more than a short one.
    ///
    /// # Errors
    /// The [`Problem`], in words for the caller.
    pub fn admit<'a>(&self, method: &'a Method, asker: Asker) -> Result<Admitted<'a>, Problem> {
        self.may_ask(method, &asker)?;
        Ok(Admitted { method, asker, coming: None })
    }

    /// Finds the file that is asked for.
    ///
    /// # Errors
    /// The [`Problem`], in words for the caller.
    pub(crate) async fn give(self: &Arc<Api>, admitted: Admitted<'_>, input: Value) -> Result<File, Problem> {
        let Admitted { method, asker, coming } = admitted;
        method.give(Ask { api: self.clone(), asker, coming }, input).await
    }

    /// Does what is asked. `input` is an object; `key` is the caller's own name for the request, under which it is done
    /// once. What takes or gives a file can't be asked so by others than HTTP.
    ///
    /// # Errors
    /// The [`Problem`], in words for the caller.
    pub async fn perform(
        self: &Arc<Api>,
        admitted: Admitted<'_>,
        input: Value,
        key: Option<&str>,
    ) -> Result<Answer, Problem> {
        let Admitted { method, asker, coming } = admitted;
        if method.carries() != Carries::Nothing && coming.is_none() {
            return Err(Problem::by_http_only());
        }
        let announced = coming.as_ref().and_then(|coming| coming.announced);
        let ask = Ask { api: self.clone(), asker, coming };
        let Some(key) = key.filter(|_| method.creates) else {
            return answer(method, audited::call(method, ask, input).await?);
        };
        let key = self.request_key(&ask.asker, key)?;
        // The bytes of a file are not here yet: how many there will be tells it from most others.
        let request = match announced {
            Some(bytes) => format!("{}\n{input}\n{bytes}", method.name),
            None => format!("{}\n{input}", method.name),
        };
        let request = self.bridge.fingerprint(request.as_bytes());
        let now = now();
        match self.store.people().begin_request(&key, &request, now, Timestamp(now.0 - LOST)).await? {
            Begun::New => self.once(method, ask, input, key).await,
            Begun::Answered(body) => Ok(Answer { again: true, ..answer(method, body)? }),
            Begun::Another => Err(Problem::new(Code::KeyReused, "another request had this Idempotency-Key")),
            Begun::Running => {
                let problem = Problem::new(Code::RequestRunning, "the same request is being done just now");
                Err(Problem { retry_after: Some(std::time::Duration::from_secs(1)), ..problem })
            }
        }
    }

    /// Who waits may go away; what was begun is finished all the same, and its answer kept.
    async fn once(
        self: &Arc<Api>,
        method: &Method,
        ask: Ask,
        input: Value,
        key: RequestKey,
    ) -> Result<Answer, Problem> {
        let (api, name) = (self.clone(), method.name);
        let task = tokio::spawn(async move {
            let method = api.method(name).ok_or_else(|| Problem::not_found("method"))?;
            let done = audited::call(method, ask, input).await;
            let kept = done.as_ref().ok().map(Vec::as_slice);
            api.store.people().end_request(&key, kept).await?;
            done
        });
        let done = task.await.map_err(|error| Problem::internal(&error))?;
        answer(method, done?)
    }

    pub(crate) fn may_ask(&self, method: &Method, asker: &Asker) -> Result<(), Problem> {
        let scope = match method.access {
            Access::Anybody => return self.rates.stranger(asker.address),
            // Without a credential there must be a link, and the method looks at it.
            Access::Link(_) if asker.caller.is_none() => return Ok(()),
            Access::Link(scope) | Access::Scope(scope) => scope,
            Access::Admin => Scope::Admin,
        };
        let Some(caller) = asker.caller.as_deref() else {
            self.rates.stranger(asker.address)?;
            return Err(Problem::new(Code::NoCredentials, "this needs a token"));
        };
        self.rates.user(method.rate, caller.account.id)?;
        if !caller.scopes.has(scope) {
            let words = format!("this needs a credential with the scope `{}`", scope.word());
            return Err(Problem::new(Code::NotAllowed, words));
        }
        if method.access == Access::Admin && !caller.account.admin {
            return Err(Problem::new(Code::NotAllowed, "this is for administrators"));
        }
        Ok(())
    }

    fn request_key(&self, asker: &Asker, key: &str) -> Result<RequestKey, Problem> {
        if key.is_empty() || key.len() > KEY_MOST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let words = format!("an Idempotency-Key has 1 to {KEY_MOST} visible ASCII characters");
            return Err(Problem::bad_request(words));
        }
        let user = asker.caller.as_deref().map(|caller| caller.account.id);
        Ok(RequestKey { user, key: self.bridge.fingerprint(key.as_bytes()) })
    }
}

fn answer(method: &Method, body: Vec<u8>) -> Result<Answer, Problem> {
    let body = if method.output.is_some() { Bytes::from(body) } else { Bytes::new() };
    Ok(Answer { status: method.status(), body, again: false })
}
