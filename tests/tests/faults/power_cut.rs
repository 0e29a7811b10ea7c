//! The power goes: what was not synced is gone.
//!
//! kill -9 does not show it, since the system keeps what a dead process wrote. `power_cut.c` does: preloaded into the
//! server, it keeps a second folder with what a disk would hold, and the server is started again on that one.

use crate::load::Load;
use crate::verdict::complaints;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::{Settings, World, chance, is_long};

/// Compiles the shim, once for each test that needs it.
fn shim(name: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/power_cut.c");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.so"));
    let mut cc = Command::new("cc");
    cc.args(["-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"]).arg(&built).arg(&source);
    let made = cc.args(["-ldl", "-lpthread"]).status();
    assert!(made.is_ok_and(|status| status.success()), "cc cannot compile {}", source.display());
    built
}

/// What the server is started with, so that `shadow` is what the disk would hold of `data`.
fn under_the_shim(settings: Settings, shim: &Path, data: &Path, shadow: &Path, seed: u64) -> Settings {
    let text = |path: &Path| path.to_str().expect("the path is a text").to_owned();
    settings
        .data(data)
        .variable("LD_PRELOAD", &text(shim))
        .variable("POWER_CUT_DATA", &text(data))
        .variable("POWER_CUT_SHADOW", &text(shadow))
        .variable("POWER_CUT_SEED", &seed.to_string())
}

#[tokio::test]
async fn a_message_whose_puback_arrived_survives_a_power_cut() {
    let mut chance = chance();
    let shim = shim("power_cut");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = |number: usize| folder.path().canonicalize().expect("it is there").join(number.to_string());
    let settings = under_the_shim(Settings::default(), &shim, &disk(0), &disk(1), chance.u64(..));
    let mut world = World::with(settings).await;
    Load::people(&mut world).await;
    let mut load = Load::start(&world);

    for cut in 1..=if is_long() { 60 } else { 6 } {
        load.more(chance.usize(50..600)).await;
        world.kill_9();
        world.set(|settings| under_the_shim(settings, &shim, &disk(cut), &disk(cut + 1), chance.u64(..)));
        world.restart_on(&disk(cut)).await;
        load.is_started();
    }
    let acknowledged = load.finish().await;

    let reader = world.device("listener", "reader");
    assert_eq!(complaints(&reader, &acknowledged).await, [""; 0], "of {} messages", acknowledged.len());
}

/// A test that cannot fail shows nothing: without syncing the same power cut loses messages, and the same verdict
/// says so.
#[tokio::test]
async fn without_syncing_the_same_power_cut_loses_messages() {
    let shim = shim("power_cut_without_sync");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = |number: usize| folder.path().canonicalize().expect("it is there").join(number.to_string());
    let mut world = World::with(Settings::default().data(disk(0))).await;
    Load::people(&mut world).await;
    assert!(world.terminate().await.success());
    world.set(|settings| {
        under_the_shim(settings, &shim, &disk(0), &disk(1), 1).variable("POWER_CUT_NO_SYNC", "1")
    });
    world.restart_on(&disk(0)).await;
    let mut wire = world.device("ann", "phone").connect().await;
    let mut acknowledged = Vec::new();
    for number in 1..=100 {
        let (room, body) = ("tea".to_owned(), format!("ann {number}"));
        let puback = wire.is_taken(tests::say(&room, &body, &[])).await;
        let seq = puback
            .user_properties
            .iter()
            .find(|(name, _)| name == "seq")
            .map(|(_, seq)| seq.parse().unwrap());
        acknowledged.push(crate::sender::Acknowledged { room, body, seq });
    }
    world.kill_9();
    world.set(|settings| under_the_shim(settings, &shim, &disk(1), &disk(2), 1));
    world.restart_on(&disk(1)).await;

    let complaints = complaints(&world.device("listener", "reader"), &acknowledged).await;
    assert!(
        complaints.iter().any(|complaint| complaint.starts_with("lost")),
        "nothing was lost: {complaints:?}"
    );
}
