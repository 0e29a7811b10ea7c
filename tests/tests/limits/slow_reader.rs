//! Somebody stops reading while much is said.

use mqtt::packet::Qos;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tests::{Wire, World, filter, subscribe, within_time};

/// Messages said meanwhile.
const MESSAGES: u32 = 100_000;

/// What the server may need for it.
const GROWTH: u64 = 32 << 20;

/// What reading the log may cost beside that, whoever reads it: the page caches of the four connections that read the
/// database, 2 MiB each.
const READING: u64 = 8 << 20;

/// How long it all may take on a slow machine.
const LONG: Duration = Duration::from_secs(180);

/// Says everything, with as much under way as the server allows.
async fn say_all(mut wire: Wire, growth: &Growth<'_>) {
    for thousand in 0..MESSAGES / 1_000 {
        let numbers = thousand * 1_000..(thousand + 1) * 1_000;
        let bodies = numbers.map(|number| format!("message {number} of many, about as long as people write"));
        wire.say_all("tea", bodies).await;
        growth.look(0);
    }
}

/// Hears everything, in order.
async fn hear_all(wire: &mut Wire, mut each: impl FnMut(u64)) {
    for seq in 2..=u64::from(MESSAGES) + 1 {
        let entry = wire.hear().await;
        assert_eq!((entry.seq(), entry.prev()), (seq, seq - 1));
        each(seq);
    }
}

/// How much memory the server has needed so far beyond what it had.
struct Growth<'a> {
    world: &'a World,
    before: u64,
    most: AtomicU64,
}

impl Growth<'_> {
    /// Looks now and then.
    fn look(&self, count: u64) {
        if count.is_multiple_of(1_000) {
            self.most.fetch_max(self.world.server().memory(), Ordering::Relaxed);
        }
    }

    #[expect(clippy::print_stdout, reason = "how near the bound is tells more than that it holds")]
    fn is_under(&self, limit: u64, when: &str) {
        let grown = self.most.load(Ordering::Relaxed).saturating_sub(self.before);
        println!("{when} the server had grown by {} KiB from {} KiB", grown / 1024, self.before / 1024);
        assert!(grown < limit, "{when} the server had grown by {} KiB", grown / 1024);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_costs_bounded_memory_and_slows_nobody_else() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo", "cy"]).await;
    let ann = world.device("ann", "phone").connect().await;
    let mut quick = world.device("cy", "phone").connect().await;
    quick.listens("rooms/+/said").await;
    let mut slow = world.device("bo", "phone").lasting().connect().await;
    slow.listens("rooms/+/said").await;
    let mut slow_and_unsure = world.device("bo", "radio").lasting().connect().await;
    let at_most_once = mqtt::packet::Subscription { qos: Qos::AtMostOnce, ..filter("rooms/+/said") };
    slow_and_unsure.subscribe(subscribe([at_most_once])).await;

    let growth = Growth { before: world.server().memory(), world: &world, most: AtomicU64::new(0) };
    let all = async { tokio::join!(say_all(ann, &growth), hear_all(&mut quick, |_| {})) };
    within_time(LONG, "everything to be said, and heard by who reads", all).await;
    growth.is_under(GROWTH, "while they did not read,");

    let look = |count| growth.look(count);
    let both = async { tokio::join!(hear_all(&mut slow, look), hear_all(&mut slow_and_unsure, look)) };
    within_time(LONG, "the slow readers to hear everything", both).await;
    growth.is_under(GROWTH + READING, "when they had read,");
    slow.is_quiet().await;
    slow_and_unsure.is_quiet().await;
}
