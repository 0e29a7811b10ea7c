//! The application of the tests.

use broker::application::{
    Acknowledged, Application, Arrival, ConnectRefusal, Departure, Identity, Introduction, Outcome, Proof,
    Welcome,
};
use broker::outbound::{Answer, Delivery};
use mqtt::ReasonCode;
use mqtt::packet::{Auth, PacketId, Publish, Subscription, UserProperties};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

/// What the application was told.
#[derive(Debug)]
pub(crate) enum Heard {
    Connected(Box<Arrival>),
    /// What the test sends there becomes of it.
    Reauthenticating(Auth, oneshot::Sender<Proven>),
    Published(Box<Publish>, Answer),
    Released(PacketId),
    Subscribed(Vec<String>, Option<u32>),
    Unsubscribed(Vec<String>),
    Acknowledged(Vec<Acknowledged>),
    Gone(Box<Departure>),
}

/// What becomes of a fresh proof.
pub(crate) type Proven = Result<Option<SystemTime>, ReasonCode>;

/// The one Authentication Method of the tests.
pub(crate) const METHOD: &str = "knock-twice";

/// What the application does.
#[derive(Debug)]
pub(crate) struct Script {
    /// Answers every PUBLISH at once; otherwise the test does, through [`Heard::Published`].
    pub(crate) answers: bool,
    pub(crate) session_present: bool,
    pub(crate) session_expiry: Option<u32>,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) refusal: Option<ReasonCode>,
    /// Known, and still not let in.
    pub(crate) full_house: bool,
    pub(crate) connack_properties: UserProperties,
    pub(crate) redeliver: Mutex<Vec<(PacketId, Delivery)>>,
    pub(crate) first_packet_id: u16,
    pub(crate) received: Vec<PacketId>,
    pub(crate) unreleased: Vec<PacketId>,
    /// A PUBLISH is handed over when it gets one of these.
    pub(crate) lane: Arc<Semaphore>,
    /// A connection is gone when it gets one of these.
    pub(crate) door: Arc<Semaphore>,
}

impl Default for Script {
    fn default() -> Script {
        Script {
            answers: false,
            session_present: false,
            session_expiry: None,
            expires_in: None,
            refusal: None,
            full_house: false,
            connack_properties: Vec::new(),
            redeliver: Mutex::default(),
            first_packet_id: 1,
            received: Vec::new(),
            unreleased: Vec::new(),
            lane: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            door: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Fake {
    script: Script,
    heard: UnboundedSender<Heard>,
}

impl Fake {
    pub(crate) fn new(script: Script) -> (Fake, UnboundedReceiver<Heard>) {
        let (heard, reader) = unbounded_channel();
        (Fake { script, heard }, reader)
    }

    /// A test that has ended hears nothing more.
    fn tell(&self, heard: Heard) {
        let _ = self.heard.send(heard);
    }
}

impl Application for Fake {
    type Session = Arc<str>;

    async fn authenticate(&self, introduction: Introduction<'_>) -> Result<Identity, ConnectRefusal> {
        if let Some(code) = self.script.refusal {
            return Err(ConnectRefusal { code, reason: "the script says no".into() });
        }
        let method = introduction.connect.authentication_method.as_deref();
        if method.is_some_and(|method| method != METHOD) {
            let reason = "knock twice".into();
            return Err(ConnectRefusal { code: ReasonCode::BadAuthenticationMethod, reason });
        }
        let user = introduction.connect.user_name.as_deref().unwrap_or("ann");
        let expires_at = self.script.expires_in.map(|after| SystemTime::now() + after);
        let grants = Arc::default();
        Ok(Identity { user: user.into(), id: 1, known: true, expires_at, grants, proof: Proof::default() })
    }

    async fn connected(&self, arrival: Arrival) -> Result<Welcome<Arc<str>>, ConnectRefusal> {
        assert_ne!(&*arrival.client_id, "panics-on-arrival", "as the script says");
        let welcome = Welcome {
            session: Arc::new(Arc::clone(&arrival.client_id)),
            session_present: self.script.session_present,
            session_expiry: self.script.session_expiry.unwrap_or(arrival.session_expiry),
            user_properties: self.script.connack_properties.clone(),
            redeliver: std::mem::take(&mut *self.script.redeliver.lock().unwrap()),
            first_packet_id: PacketId::new(self.script.first_packet_id).unwrap(),
            received: self.script.received.clone(),
            unreleased: self.script.unreleased.clone(),
        };
        self.tell(Heard::Connected(Box::new(arrival)));
        if self.script.full_house {
            return Err(ConnectRefusal {
                code: ReasonCode::QuotaExceeded,
                reason: "too many devices".into(),
            });
        }
        Ok(welcome)
    }

    async fn reauthenticate(&self, _: &Arc<Arc<str>>, auth: &Auth) -> Proven {
        let (decides, decided) = oneshot::channel();
        self.tell(Heard::Reauthenticating(auth.clone(), decides));
        decided.await.expect("the test decides")
    }

    async fn publish(&self, _: &Arc<Arc<str>>, publish: Publish, answer: Answer) {
        assert_ne!(publish.topic, "panic", "as the script says");
        self.script.lane.acquire().await.unwrap().forget();
        if self.script.answers {
            answer.give(Outcome::success());
            self.tell(Heard::Published(Box::new(publish), Answer::nowhere()));
        } else {
            self.tell(Heard::Published(Box::new(publish), answer));
        }
    }

    async fn released(&self, _: &Arc<Arc<str>>, id: PacketId) -> bool {
        self.tell(Heard::Released(id));
        false
    }

    async fn subscribe(
        &self,
        _: &Arc<Arc<str>>,
        subscriptions: &[Subscription],
        id: Option<u32>,
        _: &UserProperties,
    ) -> Vec<ReasonCode> {
        let filters = subscriptions.iter().map(|subscription| subscription.filter.clone()).collect();
        self.tell(Heard::Subscribed(filters, id));
        let granted = |subscription: &Subscription| ReasonCode::from_number(subscription.qos as u8).unwrap();
        subscriptions.iter().map(granted).collect()
    }

    async fn unsubscribe(&self, _: &Arc<Arc<str>>, filters: &[String]) -> Vec<ReasonCode> {
        self.tell(Heard::Unsubscribed(filters.to_vec()));
        filters.iter().map(|_| ReasonCode::Success).collect()
    }

    fn acknowledged(&self, _: &Arc<Arc<str>>, marks: &[Acknowledged]) {
        self.tell(Heard::Acknowledged(marks.to_vec()));
    }

    async fn gone(&self, _: Arc<Arc<str>>, departure: Departure) {
        self.script.door.acquire().await.unwrap().forget();
        self.tell(Heard::Gone(Box::new(departure)));
    }
}
