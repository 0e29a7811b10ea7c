//! Randomness that can be replayed.

/// A generator whose seed stands in the output of a failing test; `NATTER_SEED` gives it again.
///
/// # Panics
/// When `NATTER_SEED` is no number.
#[must_use]
pub fn chance() -> fastrand::Rng {
    let given = std::env::var("NATTER_SEED").ok();
    let seed = given.map_or_else(|| fastrand::u64(..), |seed| seed.parse().expect("NATTER_SEED is a number"));
    println!("to replay: NATTER_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}
