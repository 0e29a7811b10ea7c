//! Who comes in, when, by the paused clock.

use super::*;
use futures_util::future::join_all;

fn ten() -> Option<NonZeroU32> {
    NonZeroU32::new(10)
}

/// When each of so many came in who come at once, in tenths of a second; or for how long they were sent away.
async fn crowd(gates: &Gates, server: &str, many: usize) -> Vec<Result<u128, u128>> {
    let began = Instant::now();
    join_all((0..many).map(|_| async {
        let entered = gates.enter(server).await;
        let at = began.elapsed().as_millis() / 100;
        entered
            .map(|entered| entered.leave(Health::Good))
            .map(|()| at)
            .map_err(|after| after.as_millis() / 100)
    }))
    .await
}

#[tokio::test(start_paused = true)]
async fn a_seconds_worth_goes_at_once_another_within_a_second_and_the_rest_is_told_to_come_again() {
    let gates = Gates::one(&Limits::default(), CircuitSettings::default(), ten());
    let came = crowd(&gates, "", 40).await;
    assert_eq!(came[..10], [Ok(0); 10]);
    assert_eq!(came[10..20], (1..=10).map(Ok).collect::<Vec<_>>());
    assert_eq!(came[20..], [Err(11); 20]);
    // They come again then, and the first of them go.
    sleep(Duration::from_secs(2)).await;
    assert_eq!(crowd(&gates, "", 20).await[..10], [Ok(0); 10]);
}

#[tokio::test(start_paused = true)]
async fn each_server_of_strangers_has_a_rate_of_its_own() {
    let gates = Gates::each(&Limits::default(), CircuitSettings::default(), ten());
    assert_eq!(crowd(&gates, "https://slow.example", 40).await[30], Err(11));
    assert_eq!(crowd(&gates, "https://other.example", 10).await, [Ok(0); 10]);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_turn_holds_no_place() {
    let limits = Limits { under_way: 1, ..Limits::default() };
    let gates = Gates::one(&limits, CircuitSettings::default(), ten());
    let came = crowd(&gates, "", 15).await;
    assert!(came.iter().all(Result::is_ok), "{came:?}");
    assert_eq!(gates.condition().0, 0);
}

#[tokio::test(start_paused = true)]
async fn without_a_rate_nobody_waits() {
    let gates = Gates::one(&Limits::default(), CircuitSettings::default(), None);
    assert_eq!(crowd(&gates, "", 1000).await, vec![Ok(0); 1000]);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_left_alone_costs_nobody_a_turn() {
    let circuit = CircuitSettings { fault_pause: Duration::from_secs(1), ..CircuitSettings::default() };
    let gates = Gates::one(&Limits::default(), circuit, ten());
    gates.enter("").await.expect("it is the first").leave(Health::Fault);
    assert!(crowd(&gates, "", 100).await.iter().all(Result::is_err));
    sleep(Duration::from_secs(3)).await;
    // One probe goes; all of the rate is there for those after it.
    assert_eq!(crowd(&gates, "", 1).await, [Ok(0)]);
    assert_eq!(crowd(&gates, "", 2).await, [Ok(0); 2]);
}
