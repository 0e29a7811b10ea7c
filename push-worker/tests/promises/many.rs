//! Many at once.

use crate::house::{House, alert};
use futures_util::StreamExt;
use futures_util::stream;
use push_worker::{Address, Answer};
use std::collections::HashMap;
use std::time::Instant;

const MANY: usize = 10_000;
/// As many as whoever sends has under way.
const AT_ONCE: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_go_over_few_connections_each_once() {
    let house = House::open().await;
    let providers = house.providers();
    let to: Vec<Address> =
        (0..MANY).map(|number| if number % 2 == 0 { house.iphone() } else { house.android() }).collect();
    let began = Instant::now();
    let sent = stream::iter(&to).map(|to| {
        let providers = &providers;
        async move { providers.send(to, &alert()).await }
    });
    let answers: Vec<Answer> = sent.buffer_unordered(AT_ONCE).collect().await;
    let seconds = began.elapsed().as_secs_f64();
    println!("{:.0} a second", 10_000.0 / seconds);
    let mut outcomes: HashMap<&str, usize> = HashMap::new();
    for answer in &answers {
        *outcomes.entry(answer.outcome()).or_default() += 1;
    }
    assert_eq!(outcomes, HashMap::from([("sent", MANY)]));
    assert_eq!((house.apple.script.heard().len(), house.google.script.heard().len()), (MANY / 2, MANY / 2));
    // Two to Apple; two to Google, and one for its token.
    assert_eq!((house.apple.connections(), house.google.connections()), (2, 3));
}
