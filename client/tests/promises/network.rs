//! When the network fails: cuts, stalls and half-closed connections, at random.

use super::*;
use client::Content;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use tests::{Network, chance, is_long, within_time};
use tokio::sync::watch;

/// Messages that one speaker has under way.
const UNDER_WAY: usize = 20;

/// Between two messages of one speaker.
const BREATH: Duration = Duration::from_millis(15);

/// How long everything may take to arrive when the network is well again: several stalls in a row must be noticed.
const AFTERWARDS: Duration = Duration::from_secs(60);

/// How many messages a user said in a room.
type Counts = HashMap<(Handle, Handle), u64>;

/// Told when nothing more will be said: how much it was.
type Totals = watch::Receiver<Option<Arc<Counts>>>;

const ROOMS: [(&str, &[&str]); 3] =
    [("tea", &["ann", "bo", "cy"]), ("den", &["ann", "bo"]), ("attic", &["bo", "cy"])];

fn rooms_of(user: &str) -> Vec<Handle> {
    let here = ROOMS.iter().filter(|(_, members)| members.contains(&user));
    here.map(|(room, _)| handle(room)).collect()
}

/// What one device heard, and that it was once, in order, and complete.
struct Ears {
    name: String,
    /// A program that starts again may hear again what it had not acknowledged; it knows it by its number.
    knows_again: bool,
    last: HashMap<Handle, Seq>,
    counts: Counts,
}

impl Ears {
    fn of(name: &str, knows_again: bool) -> Ears {
        Ears { name: name.to_owned(), knows_again, last: HashMap::new(), counts: HashMap::new() }
    }

    fn take(&mut self, event: Option<Event>) {
        let mut said = match event {
            Some(Event::Said(said)) => said,
            Some(Event::Connection(_)) => return,
            Some(Event::Answered(mut answered)) => {
                answered.answer.as_ref().expect("everything said is taken");
                return answered.taken();
            }
            other => panic!("{}: expected an entry, got {other:?}", self.name),
        };
        let last = self.last.entry(said.room.clone()).or_default();
        if said.seq > *last {
            *last = said.seq;
            if let Some(words) = said.text() {
                let count = self.counts.entry((said.room.clone(), said.from.clone())).or_default();
                *count += 1;
                assert_eq!(words, count.to_string(), "{} of {} for {}", said.from, said.room, self.name);
            }
        } else {
            assert!(self.knows_again, "{} hears {} of {} again", self.name, said.seq, said.room);
        }
        said.taken();
    }

    fn has_all(&self, totals: &Counts) -> bool {
        let rooms = rooms_of(&self.name);
        let here = totals.iter().filter(|((room, _), _)| rooms.contains(room));
        let mut missing = here.filter(|(place, count)| self.counts.get(*place) != Some(*count));
        missing.next().is_none()
    }

    /// Hears until everything was heard.
    async fn hear_all(mut self, events: Events, mut totals: Totals) {
        loop {
            let told = totals.borrow_and_update().clone();
            if told.is_some_and(|totals| self.has_all(&totals)) {
                return;
            }
            tokio::select! {
                event = events.next() => self.take(event),
                changed = totals.changed() => changed.expect("the test goes on"),
            }
        }
    }
}

/// Says `1`, `2`, `3` … in each room in turn, over restarts of the program.
struct Mouth {
    rooms: Vec<Handle>,
    user: Handle,
    said: Counts,
}

impl Mouth {
    fn of(user: &str) -> Mouth {
        Mouth { rooms: rooms_of(user), user: handle(user), said: HashMap::new() }
    }

    fn next(&mut self) -> (Handle, Content) {
        self.rooms.rotate_left(1);
        let room = self.rooms[0].clone();
        let count = self.said.entry((room.clone(), self.user.clone())).or_default();
        *count += 1;
        (room, Content::text(count.to_string()))
    }

    /// Speaks for a time, and waits for every receipt.
    async fn speak(mut self, client: Client, until: Instant) -> Counts {
        let mut under_way = VecDeque::new();
        while Instant::now() < until {
            let (room, content) = self.next();
            under_way.push_back(client.say(&room, content));
            if under_way.len() >= UNDER_WAY {
                under_way.pop_front().expect("there are some").await.expect("it is taken");
            }
            // A pace, as no event can set it: it spreads what is said over the random moments at which the network
            // fails, and nothing tells when the next of them comes.
            tokio::time::sleep(BREATH).await;
        }
        for receipt in under_way {
            receipt.await.expect("it is taken");
        }
        self.said
    }
}

fn through(network: &Network, world: &World, user: &str) -> Options {
    at(network.address, options(world, user, "phone"))
        .patience(Duration::from_secs(1), Duration::from_secs(2))
        .outbox(100_000)
}

/// Cy's program, with its outbox in a file: it starts, speaks and hears for a while, and ends, again and again.
async fn restless(options: Options, mut chance: fastrand::Rng, until: Instant) -> (Mouth, Ears, Client) {
    let (mut mouth, mut ears) = (Mouth::of("cy"), Ears::of("cy", true));
    loop {
        let client = Client::start(options.clone()).await.expect("its file is fine");
        let events = client.said();
        let end = Instant::now() + Duration::from_secs(2).mul_f64(chance.f64());
        while Instant::now() < end.min(until) {
            let (room, content) = mouth.next();
            // Whether this run gets the receipt or a later one does not matter.
            drop(client.say(&room, content));
            // The same pace: this program waits for no receipt, and speaks also while the network lets nothing come.
            let breath = tokio::time::sleep(BREATH);
            tokio::pin!(breath);
            loop {
                tokio::select! {
                    () = &mut breath => break,
                    event = events.next() => ears.take(event),
                }
            }
        }
        if Instant::now() >= until {
            return (mouth, ears, client);
        }
        client.close().await;
    }
}

async fn everybody_is_up(clients: &[&Client]) {
    for client in clients {
        assert!(!is_up(&client.said()).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_network_that_fails_everything_said_is_heard_once_and_in_order_by_everybody() {
    let (mut world, mut chance, folder) = (World::start().await, chance(), TempDir::new().unwrap());
    world.users(["ann", "bo", "cy"]).await;
    for (room, members) in ROOMS {
        world.natter(&[&["room", "add", room, "--member"], members].concat()).await;
    }
    let network = Network::to(world.mqtt, chance.fork()).await;
    let ann = Client::connect(through(&network, &world, "ann")).await.unwrap();
    let bo = Client::connect(through(&network, &world, "bo")).await.unwrap();
    let cys = through(&network, &world, "cy").outbox_file(folder.path().join("outbox"));
    let cy = Client::connect(cys.clone()).await.unwrap();
    everybody_is_up(&[&ann, &bo, &cy]).await;
    cy.close().await;

    let until = Instant::now() + Duration::from_secs(if is_long() { 60 } else { 6 });
    let (totals, told) = watch::channel(None);
    let listening = [(&ann, "ann"), (&bo, "bo")]
        .map(|(client, name)| tokio::spawn(Ears::of(name, false).hear_all(client.said(), told.clone())));
    network.fails();
    let speaking = [(&ann, "ann"), (&bo, "bo")]
        .map(|(client, name)| tokio::spawn(Mouth::of(name).speak(client.clone(), until)));
    let (mouth, ears, cy) = restless(cys, chance.fork(), until).await;
    network.heals();

    let mut counts = mouth.said;
    for said in speaking {
        counts.extend(within_time(AFTERWARDS, "every receipt", said).await.unwrap());
    }
    println!("{counts:?} over {:?} cuts, stalls and half-closes", network.faults());
    totals.send_replace(Some(Arc::new(counts)));
    within_time(AFTERWARDS, "cy to hear everything", ears.hear_all(cy.said(), told)).await;
    for heard in listening {
        within_time(AFTERWARDS, "everybody to hear everything", heard).await.unwrap();
    }
    let faults = network.faults();
    let is_bad = if is_long() { faults.iter().all(|count| *count > 0) } else { faults != [0, 0, 0] };
    assert!(is_bad, "the network was too good: {faults:?}");
}
