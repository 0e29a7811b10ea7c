//! From a request over MQTT to a method and back. The bridge carries it; here it is judged and done, as one by HTTP is.

use crate::Asker;
use crate::perform::{Answer, Api};
use crate::problem::{Code, Problem};
use bridge::requests::{Answered, Asked, Requests};
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use topics::rpc::Method;
use uuid::Uuid;

/// A request that takes longer is answered without its result: a session has few under way, and others wait for them.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

impl Requests for Api {
    fn knows(&self, method: &Method) -> bool {
        self.method(method.as_str()).is_some()
    }

    fn answer(self: Arc<Api>, asked: Asked) -> BoxFuture<'static, Answered> {
        Box::pin(async move {
            let name = asked.method.clone();
            let done = tokio::time::timeout(ANSWER_WITHIN, self.ask(asked)).await;
            match done.unwrap_or_else(|_| Err(Problem::unavailable("it was not done in time"))) {
                Ok(json) => Answered::Result(json),
                Err(problem) => {
                    let id = Uuid::now_v7().simple().to_string();
                    tracing::debug!(
                        request.id = id,
                        method = name.as_str(),
                        code = problem.code.word(),
                        "a request was refused"
                    );
                    Answered::Problem(serde_json::to_string(&problem.written(&id)).unwrap_or_default())
                }
            }
        })
    }
}

impl Api {
    async fn ask(self: &Arc<Api>, asked: Asked) -> Result<String, Problem> {
        let Asked { method, params, key, caller, address, most } = asked;
        let method = self.method(method.as_str()).ok_or_else(|| Problem::not_found("method"))?;
        let asker = Asker { caller: caller?.map(Arc::new), address: Some(address) };
        let admitted = self.admit(method, asker)?;
        let input: Value =
            serde_json::from_str(&params).map_err(|_| Problem::bad_request("`params` is no JSON object"))?;
        let Answer { body, .. } = self.perform(admitted, input, key.as_deref()).await?;
        match body.len() {
            0 => Ok("null".to_owned()),
            len if len > most => {
                let words =
                    format!("the answer has {len} bytes, and {most} fit here; ask for less at a time");
                Err(Problem::new(Code::TooLarge, words))
            }
            _ => String::from_utf8(body.into()).map_err(|error| Problem::internal(&error)),
        }
    }
}
