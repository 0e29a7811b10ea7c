//! A publish on `rpc/{method}` is a request: it is read, accepted by its PUBACK, and answered on `me/replies`.
//!
//! A session may have a few requests under way; one more waits for its turn and its PUBACK with it, so whoever asks
//! too fast is slowed down before they are refused. What is asked, and whether it may be, is for whoever answers
//! ([`Requests`]).

use crate::core::Core;
use crate::identity::{Caller, NotKnown};
use crate::lane::{Reply, Said};
use crate::refuse::deliver_reply;
use crate::requests::{Answered, Asked, Requests};
use crate::session::Session;
use broker::application::Outcome;
use broker::outbound::{Answer, Offer};
use bytes::Bytes;
use chat::Refusal;
use mqtt::ReasonCode;
use mqtt::packet::Publish;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use topics::payload::rpc::{self, Request};
use topics::rpc::{Method, ReplyTo};
use topics::{Address, Topic};

/// Requests of one session that are under way at once: an app that opens asks for a handful.
const UNDER_WAY: usize = 16;
/// Bytes of a request, Correlation Data included: room for the largest message and what stands around it.
const REQUEST_MOST: usize = 128 * 1024;
/// Bytes of an answer in JSON: it is kept in memory until the device has it. Lists come in pages.
const ANSWER_MOST: usize = 128 * 1024;
/// What stands around an answer in its packet, beside Correlation Data: topic, properties, method and mark.
const AROUND: usize = 512;
/// How long a device that leaves is waited for by the requests it has under way, so that their answers are kept for it:
/// most take milliseconds.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// What a session that asks has under way.
#[derive(Debug, Clone)]
pub(crate) struct UnderWay {
    turns: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Default for UnderWay {
    fn default() -> UnderWay {
        UnderWay { turns: Arc::new(Semaphore::new(UNDER_WAY)), tasks: TaskTracker::new() }
    }
}

/// A request that was read.
struct Call {
    by: Arc<dyn Requests>,
    method: Method,
    request: Request,
    to: ReplyTo,
    correlation: Option<Bytes>,
}

/// Why a publish is no request.
enum Not {
    Refused(Refusal),
    /// Its Response Topic leads nowhere. `[MQTT5-3.3.2-14]`
    NoReplyTopic,
}

/// A client asked. Returns at once; the answer comes when it is there.
pub(crate) fn ask(core: &Arc<Core>, session: &Arc<Session>, publish: Publish, answer: Answer) {
    let said = Said {
        session: session.clone(),
        answer,
        qos: publish.qos,
        topic: publish.topic.clone(),
        packet: publish.packet_id.map(|id| id.get()),
        draft: None,
        // A request has no draft that a refusal could name.
        payload: Bytes::new(),
    };
    match read(core, publish) {
        // At most as many as the client may have unacknowledged.
        Ok(call) => {
            let under_way = session.state().requests.get_or_insert_default().clone();
            let answered = answer_call(core.clone(), call, said, under_way.turns);
            // The session's own count, so that who leaves can wait for it.
            drop(core.tasks.spawn(under_way.tasks.track_future(answered)));
        }
        Err(Not::Refused(refusal)) => Reply::Client(said).refused(&refusal),
        Err(Not::NoReplyTopic) => {
            session.outbound.end(ReasonCode::ProtocolError);
            said.answer.give_up();
        }
    }
}

fn read(core: &Core, publish: Publish) -> Result<Call, Not> {
    let properties = publish.properties;
    let Ok(Address { format, topic: Topic::Rpc(method) }) = publish.topic.parse() else {
        return Err(Not::Refused(Refusal::NoSuchTopic));
    };
    let to = ReplyTo::of(format, properties.response_topic.as_deref()).map_err(|_| Not::NoReplyTopic)?;
    let by = core.requests.get().and_then(std::sync::Weak::upgrade);
    let by = by.filter(|by| by.knows(&method)).ok_or(Not::Refused(Refusal::NoSuchTopic))?;
    let correlation = properties.correlation_data;
    let len = publish.payload.len() + correlation.as_ref().map_or(0, Bytes::len);
    if len > REQUEST_MOST {
        return Err(Not::Refused(Refusal::TooLarge { len, limit: REQUEST_MOST }));
    }
    let request = rpc::read(format, &publish.payload).map_err(|error| Not::Refused(error.into()))?;
    Ok(Call { by, method, request, to, correlation })
}

async fn answer_call(core: Arc<Core>, call: Call, said: Said, turns: Arc<Semaphore>) {
    let session = said.session.clone();
    let turn = tokio::time::timeout(core.config.quota_patience, turns.acquire()).await;
    let Ok(Ok(_turn)) = turn else {
        let refusal = Refusal::Quota(core.config.quota_patience);
        return Reply::Client(said).refused(&refusal);
    };
    said.answer.give(Outcome::success());
    let Call { by, method, request: Request { id, key, params }, to, correlation } = call;
    let asked = Asked {
        method: method.clone(),
        params,
        key,
        caller: core.caller_of(&session).await,
        address: session.place.peer.ip(),
        most: session.most_answer(correlation.as_ref()),
    };
    let answered = by.answer(asked).await;
    let told = match &answered {
        Answered::Result(json) => rpc::Answer::Result(json),
        Answered::Problem(json) => rpc::Answer::Problem(json),
    };
    let payload = rpc::write(&method, id.as_ref(), told, to.format);
    session.tell_answer(&to, &payload, correlation).await;
}

impl Session {
    /// Waits a little until no request is under way.
    pub(crate) async fn last_answers(&self) {
        let Some(under_way) = self.state().requests.clone() else { return };
        under_way.tasks.close();
        // What takes longer is not heard any more.
        tokio::time::timeout(LAST_ANSWERS, under_way.tasks.wait()).await.ok();
    }

    fn most_answer(&self, correlation: Option<&Bytes>) -> usize {
        let around = AROUND + correlation.map_or(0, Bytes::len);
        let fits = self.outbound.maximum_packet_size().map_or(usize::MAX, |most| most as usize);
        ANSWER_MOST.min(fits.saturating_sub(around))
    }

    /// Keeps an answer until its device has it, and sends it, if a subscription hears it at all.
    async fn tell_answer(&self, to: &ReplyTo, payload: &Bytes, correlation: Option<Bytes>) {
        let (copy, kept) = {
            let mut state = self.state();
            let Some(copy) = state.routes.answer(to) else {
                tracing::debug!(%to, "nobody listens for an answer");
                return;
            };
            (copy, state.replies.push_answer(to, payload, correlation.as_deref()))
        };
        loop {
            let delivery = deliver_reply(&kept, &copy);
            match self.outbound.offer(delivery) {
                Offer::Full => self.outbound.ready().await,
                // It stays kept, and comes when the device is back.
                Offer::Closed => return,
                Offer::Taken => return self.outbound.wake(),
                Offer::NeverFits => {
                    tracing::debug!(%to, "an answer is larger than the client takes");
                    return self.state().replies.acknowledged(kept.mark());
                }
            }
        }
    }
}

impl Core {
    /// Who is behind a session, as they are now: what they came in with may have ended since.
    async fn caller_of(&self, session: &Session) -> Result<Option<Caller>, NotKnown> {
        if session.is_nobody() {
            return Ok(None);
        }
        let proof = session.proof().ok_or(NotKnown::Unknown)?;
        self.doorkeeper.by_proof(&*self.store, &session.handle, proof, self.now()).await.map(Some)
    }
}
