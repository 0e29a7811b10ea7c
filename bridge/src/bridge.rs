//! The handle to all of it, and the answers to what the broker asks.

use crate::apps::{self, AppCounts, Apps};
use crate::arrive::Often;
use crate::config::Config;
use crate::core::{Clock, Core, system_clock};
use crate::fleeting::{self, Fleeting};
use crate::hub::Hubs;
use crate::identity::{ANONYMOUS, Doorkeeper, SigningKey};
use crate::lane::{self, Lane};
use crate::news::{self, NEWS_DEPTH};
use crate::pace::Pace;
use crate::presence::{self, Presences};
use crate::receipts::{self, Receipts};
use crate::requests::Requests;
use crate::revoke::{self, Revocations};
use crate::session::{NOTICE_LOG, People, READING, Session};
use crate::share::Shares;
use crate::slots::Slots;
use crate::standings::Standings;
use crate::{arrive, ask, counts, depart, flush, renew, say, subscribe, tell, wills};
use broker::application::{
    Acknowledged, Application, Arrival, ConnectRefusal, Departure, Identity, Introduction, Welcome,
};
use broker::outbound::Answer;
use chat::RoomId;
use chat::snowflake::Snowflakes;
use mqtt::ReasonCode;
use mqtt::packet::{Auth, PacketId, Publish, Subscription, UserProperties, Version};
use parking_lot::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use store::{NewAccount, Store};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use topics::realm::Realm;

/// The node's number in ids, until there are several.
const NODE: u16 = 0;

/// The application behind the broker.
pub struct Bridge {
    core: Arc<Core>,
}

impl Bridge {
    /// Begins: the lane, the fan-out, the cursors and the wills run from now on.
    #[must_use]
    pub fn start(config: Config, store: Arc<dyn Store>, key: &SigningKey) -> Arc<Bridge> {
        Bridge::start_with_clock(config, store, key, system_clock())
    }

    /// The same by another clock, for tests.
    #[must_use]
    pub fn start_with_clock(
        config: Config,
        store: Arc<dyn Store>,
        key: &SigningKey,
        clock: Clock,
    ) -> Arc<Bridge> {
        let (lane, exit) = Lane::new(config.lane_depth);
        let (telling, told) = mpsc::channel(NEWS_DEPTH);
        let (apps, published) = Apps::new(&config);
        let core = Arc::new(Core {
            doorkeeper: Doorkeeper::new(&config, key),
            pace: Pace::of_messages(&config),
            strangers: Pace::of_strangers(&config),
            room_pace: Pace::by_second(config.room_rate, Some(config.room_burst)),
            often: Often::new(&config),
            presences: Presences::new(&config),
            fleeting: Fleeting::new(&config),
            config,
            store,
            // Numbers of an earlier life of the server are smaller: a million a millisecond are enough for it.
            connections: AtomicU64::new(clock().0.unsigned_abs() << 20),
            started_at: clock(),
            clock,
            ids: Mutex::new(Snowflakes::new(NODE)),
            standings: Standings::new(),
            lane,
            hubs: Hubs::new(),
            sessions: Slots::new(),
            shares: Shares::default(),
            apps,
            people: People::default(),
            receipts: Receipts::default(),
            revocations: Revocations::default(),
            requests: OnceLock::new(),
            uncounted: Notify::new(),
            reading: Semaphore::new(READING),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        });
        core.tasks.spawn(lane::run(core.clone(), exit, telling));
        core.tasks.spawn(news::run(core.clone(), told));
        core.tasks.spawn(apps::run_lane(core.clone(), published));
        core.tasks.spawn(apps::run_sweep(core.clone()));
        core.tasks.spawn(apps::run_pass_on(core.clone()));
        core.tasks.spawn(tell::run(core.clone()));
        core.tasks.spawn(counts::run(core.clone()));
        core.tasks.spawn(flush::run(core.clone()));
        core.tasks.spawn(receipts::run(core.clone()));
        core.tasks.spawn(wills::keep_time(core.clone()));
        core.tasks.spawn(revoke::watch(core.clone()));
        core.tasks.spawn(presence::run(core.clone()));
        core.tasks.spawn(fleeting::run(core.clone()));
        Arc::new(Bridge { core })
    }

    /// Takes up what apps were granted. Before that nobody is granted anything, or asked what they were.
    ///
    /// # Errors
    /// What the store could not.
    pub async fn load_grants(&self) -> Result<(), store::Error> {
        self.core.apps.load_grants(&*self.core.store).await
    }

    /// Takes up what the store kept of topics that are none of chat's, after the grants. Before that nobody may connect.
    ///
    /// # Errors
    /// What the store could not; [`LoadError::NameTaken`] where a person has the name of those who have none.
    pub async fn load(&self) -> Result<(), LoadError> {
        let core = &self.core;
        if core.config.anonymous {
            make_anonymous(core).await?;
        }
        Ok(core.apps.load(&*core.store, core.now()).await?)
    }

    /// How much of topics that are none of chat's there was and is.
    #[must_use]
    pub fn app_counts(&self) -> AppCounts {
        self.core.apps.counts()
    }

    /// Another handle to the same.
    pub(crate) fn of(core: Arc<Core>) -> Bridge {
        Bridge { core }
    }

    /// From now on requests on `rpc/{method}` are answered by this; before, there are no such topics. Only the first one
    /// counts. It is held by whoever gives it.
    pub fn answer_requests_by(&self, requests: &Arc<impl Requests>) {
        let requests: Arc<dyn Requests> = requests.clone();
        if self.core.requests.set(Arc::downgrade(&requests)).is_err() {
            tracing::warn!("requests are answered by something already");
        }
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// Finishes what is in the lane and tells it, then stops. Connections should be gone by now. False if it
    /// took longer than `deadline`.
    pub async fn drain(&self, deadline: Duration) -> bool {
        self.core.stop.cancel();
        self.core.tasks.close();
        tokio::time::timeout(deadline, self.core.tasks.wait()).await.is_ok()
    }
}

/// Why the server can't begin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Somebody is called as those are who do not say who they are.
    #[error(
        "a user is called `{ANONYMOUS}`, so clients can't come in without a name: leave `mqtt.anonymous` out"
    )]
    NameTaken,
    /// The store could not.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The account of all who use what is open without saying who they are: nobody comes in as it.
async fn make_anonymous(core: &Core) -> Result<(), LoadError> {
    let handle = chat::Handle::new(ANONYMOUS).map_err(|_| LoadError::NameTaken)?;
    match core.store.account(&handle).await? {
        Some(account) if account.service && account.password_hash.is_none() && !account.has_credentials => {
            Ok(())
        }
        Some(_) => Err(LoadError::NameTaken),
        None => {
            let account = NewAccount {
                id: chat::UserId(core.id()?),
                handle,
                password_hash: None,
                admin: false,
                service: true,
                created_at: core.now(),
            };
            core.store.add_account(&account).await?;
            Ok(())
        }
    }
}

impl Application for Bridge {
    type Session = Session;

    async fn authenticate(&self, introduction: Introduction<'_>) -> Result<Identity, ConnectRefusal> {
        let core = &self.core;
        let identity = core.doorkeeper.authenticate(&*core.store, &introduction, core.now()).await?;
        core.may_come(&identity, &introduction.connect.client_id).await?;
        Ok(identity)
    }

    async fn connected(&self, arrival: Arrival) -> Result<Welcome<Session>, ConnectRefusal> {
        arrive::arrive(&self.core, arrival).await
    }

    async fn reauthenticate(
        &self,
        session: &Arc<Session>,
        auth: &Auth,
    ) -> Result<Option<SystemTime>, ReasonCode> {
        renew::renew(&self.core, session, auth).await
    }

    async fn publish(&self, session: &Arc<Session>, publish: Publish, answer: Answer) {
        session.activity.acts(self.core.now());
        if Realm::of(&publish.topic) != Realm::Chat {
            return apps::publish(&self.core, session, publish, answer).await;
        }
        if publish.retain && session.outbound.version() == Version::V5 {
            // A room keeps all that is said, so nothing is retained there. 0x9A is a word for DISCONNECT only.
            session.outbound.end(ReasonCode::RetainNotSupported);
            return answer.give_up();
        }
        match topics::rpc::is_call(&publish.topic) {
            true => ask::ask(&self.core, session, publish, answer),
            false => say::publish(&self.core, session, publish, answer).await,
        }
    }

    async fn released(&self, session: &Arc<Session>, id: PacketId) -> bool {
        let Some((stored, _)) = session.stored else {
            // Without a row the broker alone knows what waited.
            return false;
        };
        match self.core.store.release(stored, id.get()).await {
            Ok(known) => known,
            Err(error) => {
                tracing::warn!(%error, "a PUBREL could not be kept: {error}");
                session.outbound.end(ReasonCode::ServerBusy);
                true
            }
        }
    }

    async fn subscribe(
        &self,
        session: &Arc<Session>,
        subscriptions: &[Subscription],
        id: Option<u32>,
        properties: &UserProperties,
    ) -> Vec<ReasonCode> {
        subscribe::subscribe(&self.core, session, subscriptions, id, properties).await
    }

    async fn unsubscribe(&self, session: &Arc<Session>, filters: &[String]) -> Vec<ReasonCode> {
        subscribe::unsubscribe(&self.core, session, filters).await
    }

    fn acknowledged(&self, session: &Arc<Session>, marks: &[Acknowledged]) {
        if marks.iter().any(|one| apps::is_ours(one.mark)) {
            apps::acknowledged(&self.core, session, marks);
        }
        let mut state = session.state();
        let was_asked = state.acknowledged.is_empty();
        for Acknowledged { mark, by_device } in marks.iter().filter(|one| !apps::is_ours(one.mark)) {
            state.odd_paths.remove(&(mark.log, mark.position));
            state.owed.remove(mark);
            if mark.log == NOTICE_LOG {
                state.replies.acknowledged(*mark);
                continue;
            }
            if session.stored.is_some() || state.share.is_some() {
                state.moved.insert(RoomId(mark.log));
            }
            if *by_device && RoomId(mark.log).owner().is_none() {
                state.acknowledged.insert(RoomId(mark.log));
            }
        }
        if was_asked && !state.acknowledged.is_empty() {
            self.core.receipts.stir(session);
        }
    }

    async fn gone(&self, session: Arc<Session>, departure: Departure) {
        depart::depart(&self.core, session, departure).await;
    }
}
