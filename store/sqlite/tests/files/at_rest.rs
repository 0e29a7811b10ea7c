//! Nobody says anything, and what looks after things goes on.

use super::{begun, options};
use chat::Timestamp;
use std::time::Duration;
use store::Store as _;
use store::contract::bench::{ANN, say};

#[tokio::test]
async fn the_write_ahead_log_is_cut_to_nothing_where_nothing_more_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = begun(options(folder.path())).await;
    store.commit(&[say(ANN, "one")]).await.unwrap();
    let log = folder.path().join("natter.db-wal");
    assert!(log.metadata().unwrap().len() > 0, "or this test shows nothing");
    let cut = async {
        while log.metadata().unwrap().len() > 0 {
            // A job that finds nothing to do does not put it off.
            store.expire_sessions(Timestamp(0), 10).await.unwrap();
            // Nobody is told when it is cut.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), cut).await.unwrap();
    store.close().await.unwrap();
}
