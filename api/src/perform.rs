//! May they, and not too often; then, and not twice, it is done. HTTP and MQTT both ask here.

use crate::ask::{Ask, Asker};
use crate::config::Config;
use crate::method::{Access, Method};
use crate::problem::{Code, Problem};
use crate::rates::Rates;
use crate::serve::STREAMS;
use crate::{audited, openapi, table};
use bridge::Bridge;
use bridge::identity::Scope;
use bytes::Bytes;
use chat::Timestamp;
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
    pub(crate) config: Config,
    pub(crate) document: Bytes,
    table: Vec<Method>,
    pub(crate) rates: Rates,
    /// Places for those who watch the counters.
    pub(crate) streams: Arc<Semaphore>,
}

/// A request that its asker may make, and that was counted: what it says may be read now.
#[derive(Debug)]
pub struct Admitted<'a> {
    method: &'a Method,
    asker: Asker,
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
    /// The API over this bridge and its store.
    #[must_use]
    pub fn new(bridge: Arc<Bridge>, store: Arc<dyn Store>, config: Config) -> Arc<Api> {
        let table = table::methods();
        let document = openapi::document(&table);
        let rates = Rates::new(&config);
        let streams = Arc::new(Semaphore::new(STREAMS));
        Arc::new(Api { bridge, store, config, document, table, rates, streams })
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
        Ok(Admitted { method, asker })
    }

    /// Does what is asked. `input` is an object; `key` is the caller's own name for the request, under which it is done
    /// once.
    ///
    /// # Errors
    /// The [`Problem`], in words for the caller.
    pub async fn perform(
        self: &Arc<Api>,
        admitted: Admitted<'_>,
        input: Value,
        key: Option<&str>,
    ) -> Result<Answer, Problem> {
        let Admitted { method, asker } = admitted;
        let ask = Ask { api: self.clone(), asker };
        let Some(key) = key.filter(|_| method.creates) else {
            return answer(method, audited::call(method, ask, input).await?);
        };
        let key = self.request_key(&ask.asker, key)?;
        let request = format!("{}\n{input}", method.name);
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
            Access::Scope(scope) => scope,
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
