//! How many pushes a second go out, from a message that is said to its last device, and what they cost.
//!
//! ```text
//! cargo run --release -p push-worker --example throughput [DEVICES]
//! ```
//! Half of the devices are Apple's, half Google's; both stand in this process, so what is told is shared with them. The store is
//! SQLite in a temporary folder. It prints what it measured and holds nothing against anybody.

#![expect(clippy::print_stdout, reason = "it is what it is for")]

use chat::{Content, Timestamp, UserId};
use providers::{Apple, Authority, Google};
use push_worker::{
    ApnsApp, App, Clock, Environment, FcmApp, Form, Kind, Manner, Nobody, OfStore, Pace, ProviderName,
    Providers, Reach, Rules, Settings, Target, Words, Worker,
};
use secrecy::SecretString;
use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use store::contract::bench::{self, ANN, TEA};
use store::{
    MasterKey, NewAct, NewEntry, NewPushDevice, PUSH, PushAddress, PushDevice, PushDeviceId, Pushes as _,
    Store as _,
};
use store_sqlite::{Options, SqliteStore};
use tokio::task::JoinSet;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const TOPIC: &str = "org.example.natter";
const PROJECT: &str = "natter-of-a-bench";
/// Devices of each person.
const EACH: usize = 20;
/// Writes that are asked for at once.
const AT_ONCE: usize = 256;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let many: usize = std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse())?;
    let authority = Authority::new();
    let (apple, google) = (Apple::start(&authority).await, Google::start(&authority, PROJECT).await);
    let folder = tempfile::tempdir()?;
    let store = furnished(folder.path(), many.div_ceil(EACH)).await?;
    register(&store, &apple, &google, many).await?;
    let providers = Providers::open(&settings(&authority, &apple, &google))?;

    let worker = Worker::default();
    worker.decide(store.clone(), Arc::new(Nobody), Rules::default(), Clock::default());
    worker.tell(Arc::new(OfStore(store.clone())), Arc::new(providers), Pace::default(), Clock::default());
    let (began, cpu) = (Instant::now(), cpu());
    let said = NewEntry { act: NewAct::Say(Content::text("the kettle is on")), ..bench::say(ANN, "") };
    store.commit(&[NewEntry { at: now(), ..said }]).await?;
    let heard = || apple.script.heard().len() + google.script.heard().len();
    while heard() < many {
        // Whoever looks has what was heard copied.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let (took, spent) = (began.elapsed(), self::cpu() - cpu);
    worker.drain(Duration::from_secs(30)).await;

    let connections: HashSet<usize> = google.script.heard().iter().map(|one| one.connection).collect();
    let rate = f64::from(u32::try_from(many)?) / took.as_secs_f64();
    println!("{many} pushes in {:.2} s: {rate:.0} a second", took.as_secs_f64());
    println!("{:.2} s of processor, with Apple and Google in it", spent.as_secs_f64());
    println!("{} connections to Apple, {} to Google", apple.connections(), connections.len());
    store.close().await?;
    Ok(())
}

/// A room with so many people in it.
async fn furnished(folder: &std::path::Path, people: usize) -> Outcome<Arc<SqliteStore>> {
    let master = MasterKey::from_text(KEY)?;
    let options = Options { reserve: 0, consumers: vec![PUSH], ..Options::new(folder, master) };
    let store = SqliteStore::open(options).await?;
    let users: Vec<UserId> = (0..people).map(user).collect();
    let mut making = JoinSet::new();
    for user in std::iter::once(ANN).chain(users.iter().copied()) {
        let store = store.clone();
        making.spawn(async move { store.add_account(&bench::account(user)).await });
    }
    for made in making.join_all().await {
        made?;
    }
    let members: Vec<UserId> = std::iter::once(ANN).chain(users).collect();
    store::create_room(&*store, bench::room(TEA, "tea", &members)).await?;
    Ok(store)
}

fn user(number: usize) -> UserId {
    UserId(10_000 + i64::try_from(number).unwrap_or(0))
}

async fn register(store: &Arc<SqliteStore>, apple: &Apple, google: &Google, many: usize) -> Outcome<()> {
    let mut registering = JoinSet::new();
    for number in 0..many {
        let (provider, token) = match number % 2 {
            0 => (ProviderName::Apns, apple.device(TOPIC)),
            _ => (ProviderName::Fcm, google.device()),
        };
        let device = device(number, provider, &token)?;
        let store = store.clone();
        registering.spawn(async move { store.register_push(&NewPushDevice(device), 1_000).await });
        if registering.len() >= AT_ONCE
            && let Some(done) = registering.join_next().await
        {
            done??;
        }
    }
    for done in registering.join_all().await {
        done?;
    }
    Ok(())
}

fn device(number: usize, provider: ProviderName, token: &str) -> Outcome<PushDevice> {
    let target = Target::read(provider, Kind::Token, token)?;
    let manner =
        Manner { kind: Kind::Token, environment: Environment::Production, form: Form::Alert, content: true };
    Ok(PushDevice {
        id: PushDeviceId(i64::try_from(number)? + 1),
        user: user(number / EACH),
        device: format!("device-{number}"),
        app: "natter".into(),
        provider: provider.as_str().into(),
        how: manner.written(),
        address: PushAddress::from(&target),
        registered_at: Timestamp(0),
        disabled: None,
    })
}

fn settings(authority: &Authority, apple: &Apple, google: &Google) -> Settings {
    let team = apple.team("TEAM000002", &[TOPIC]);
    let reach = |base: String| Reach { authority: Some(authority.pem().to_owned()), ..Reach::at(&base) };
    let app = App {
        name: "natter".to_owned(),
        generic: Words::new("Natter", "You have a new message"),
        apns: Some(ApnsApp {
            topic: TOPIC.to_owned(),
            team: team.team,
            key_id: team.key_id,
            key: SecretString::from(team.pem),
        }),
        fcm: Some(FcmApp { account: SecretString::from(google.account()), project: None, apple: false }),
        web: None,
        log: false,
    };
    Settings { apps: vec![app], apns: reach(apple.base()), fcm: reach(google.base()), ..Settings::default() }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The time that processors spent on this process.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks: u64 = [11, 12].iter().filter_map(|field| fields.get(*field)?.parse::<u64>().ok()).sum();
    Duration::from_millis(10 * ticks)
}
