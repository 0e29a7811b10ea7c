//! The whole way: a store in which things are said, people who are here or not, the worker, and providers that are told.

use crate::house::{House, TOPIC, now};
use chat::{Content, Deed, RoomId, Seq, Timestamp, UserId};
use parking_lot::Mutex;
use push_worker::{
    Attendance, Clock, Environment, Form, Here, Kind, Manner, OfStore, Pace, ProviderName, Rules, Schedule,
    Target, Worker,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::contract::bench::{self, ANN, BO, CY, TEA};
use store::{
    Delivery, Fate, MasterKey, NewAct, NewEntry, NewPushDevice, PUSH, PushAddress, PushDevice, PushDeviceId,
    Pushes as _, ReadMark, Store,
};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// Long enough for this machine, and short enough for a test.
pub(crate) const GRACE: Duration = Duration::from_millis(500);

/// Everything but the network.
pub(crate) struct Office {
    pub(crate) house: House,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) here: Arc<Hall>,
    pub(crate) pace: Pace,
    _folder: TempDir,
}

/// Who is connected, as a test says.
#[derive(Default)]
pub(crate) struct Hall(Mutex<Vec<(UserId, Here)>>);

impl Attendance for Hall {
    fn of(&self, user: UserId, _: RoomId) -> Vec<Here> {
        self.0.lock().iter().filter(|(whose, _)| *whose == user).map(|(_, here)| here.clone()).collect()
    }
}

impl Hall {
    /// A device is here, and has acknowledged up to there. It is in the place of what it was before.
    pub(crate) fn enters(&self, user: UserId, device: &str, delivered: u64) {
        let here = Here {
            device: Arc::from(device),
            delivered: Seq(delivered),
            background: false,
            active_at: Timestamp(0),
        };
        let mut hall = self.0.lock();
        hall.retain(|(whose, one)| *whose != user || *one.device != *device);
        hall.push((user, here));
    }
}

impl Office {
    /// Ann, bo and cy, and the room `tea` in which ann and bo are.
    pub(crate) async fn open() -> Office {
        let folder = tempfile::tempdir().expect("a folder");
        let options = Options {
            reserve: 0,
            consumers: vec![PUSH],
            ..Options::new(folder.path(), MasterKey::from_text(KEY).expect("a key"))
        };
        let store = SqliteStore::open(options).await.expect("the store opens");
        for user in [ANN, BO, CY] {
            assert!(store.add_account(&bench::account(user)).await.expect("an account is made"));
        }
        let room = bench::room(TEA, "tea", &[ANN, BO]);
        store::create_room(&*store, room).await.expect("a room is made");
        let schedule = Schedule { first: Duration::from_millis(50), longest: Duration::from_millis(200) };
        let pace = Pace { schedule, ..Pace::default() };
        Office { house: House::open().await, store, here: Arc::default(), pace, _folder: folder }
    }

    /// Begins to decide and to tell.
    pub(crate) fn works(&self) -> Worker {
        let worker = Worker::default();
        self.decides(&worker);
        self.tells(&worker);
        worker
    }

    pub(crate) fn decides(&self, worker: &Worker) {
        let rules = Rules { grace: GRACE, ..Rules::default() };
        worker.decide(self.store.clone(), self.here.clone(), rules, Clock::default());
    }

    pub(crate) fn tells(&self, worker: &Worker) {
        let providers = Arc::new(self.house.providers());
        worker.tell(Arc::new(OfStore(self.store.clone())), providers, self.pace, Clock::default());
    }

    /// Bo's phone, by Apple.
    pub(crate) async fn iphone(&self, id: i64, device: &str) -> PushDeviceId {
        let token = self.house.apple.device(TOPIC);
        self.registers(id, device, (ProviderName::Apns, Kind::Token, &token), MANNER).await
    }

    /// Bo's other phone, by Google.
    pub(crate) async fn android(&self, id: i64, device: &str) -> PushDeviceId {
        let token = self.house.google.device();
        self.registers(id, device, (ProviderName::Fcm, Kind::Token, &token), MANNER).await
    }

    /// A device of bo's registers.
    pub(crate) async fn registers(
        &self,
        id: i64,
        device: &str,
        (provider, kind, value): (ProviderName, Kind, &str),
        manner: Manner,
    ) -> PushDeviceId {
        let target = Target::read(provider, kind, value).expect("an address");
        let id = PushDeviceId(id);
        let new = PushDevice {
            id,
            user: BO,
            device: device.into(),
            app: "natter".into(),
            provider: provider.as_str().into(),
            how: Manner { kind, ..manner }.written(),
            address: PushAddress::from(&target),
            registered_at: Timestamp(now() - 1_000),
            disabled: None,
        };
        self.store.register_push(&NewPushDevice(new), 10_000).await.expect("it registers");
        id
    }

    /// Somebody says something now; where it stands.
    pub(crate) async fn says(&self, who: UserId, text: &str) -> u64 {
        self.put(NewEntry { act: NewAct::Say(Content::text(text.to_owned())), ..bench::say(who, "") }).await
    }

    pub(crate) async fn recalls(&self, who: UserId, of: u64) {
        self.put(bench::does(who, Deed::Recall { of: Seq(of) }, bench::MEMBER)).await;
    }

    pub(crate) async fn put(&self, entry: NewEntry) -> u64 {
        let entry = NewEntry { at: Timestamp(now()), ..entry };
        match self.store.commit(&[entry]).await.expect("it is committed")[0] {
            Fate::Stored { seq, .. } => seq.0,
            ref other => panic!("it is not stored: {other:?}"),
        }
    }

    pub(crate) async fn reads(&self, who: UserId, upto: u64) {
        let mark = ReadMark { user: who, room: TEA, seq: Seq(upto) };
        self.store.mark_read(&[mark]).await.expect("it is marked");
    }

    /// What a device was told, once there are so many lines; each as a word.
    pub(crate) async fn outcomes(&self, device: PushDeviceId, many: usize) -> Vec<String> {
        let lines = self.until(|| async {
            let lines = self.store.deliveries(device).await.expect("they are read");
            (lines.len() >= many).then_some(lines)
        });
        lines.await.into_iter().rev().map(|Delivery { outcome: (word, ..), .. }| word).collect()
    }

    /// Nothing is to be decided, and nothing is to be told.
    pub(crate) async fn is_quiet(&self) {
        self.until(|| async {
            let later = Timestamp(now() + 3_600_000);
            let mut waits = false;
            for kind in [PUSH.kind, store::PUSH_AFTER_GRACE] {
                waits |= !self.store.push_due(kind, later, 1).await.expect("it is read").is_empty();
            }
            waits |= !self.store.backlog().await.expect("it is read").is_empty();
            (!waits).then_some(())
        })
        .await;
    }

    /// Asks until there is an answer.
    pub(crate) async fn until<T, F: Future<Output = Option<T>>>(&self, ask: impl Fn() -> F) -> T {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            assert!(Instant::now() < end, "it did not come about");
            // A store tells nobody what is written to it.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A device that is shown words.
pub(crate) const MANNER: Manner =
    Manner { kind: Kind::Token, environment: Environment::Production, form: Form::Alert, content: true };
