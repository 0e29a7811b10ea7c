//! A database that fails: what was answered is there, once, whatever happened to it; and nobody writes into it who may not.

#![expect(clippy::unwrap_used, reason = "where a helper of a test can't go on, the test has failed")]

mod away; // killed, paused

mod cut; // a way to the database that loses the answer to a COMMIT

mod lost; // what became of it is found out

mod owners; // one server at a time, and only in a database of its own

mod rows; // what is in them

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::sync::Arc;
use store::contract::bench::{ANN, BO, TEA, account, room, words};
use store::{Error, MasterKey, Store};
use store_postgres::{Options, PostgresStore};

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const NOW: chat::Timestamp = chat::Timestamp(1);

fn options(url: &str) -> Options {
    Options::new(url, MasterKey::from_text(KEY).unwrap()).unwrap()
}

async fn opened(url: &str) -> Result<Arc<PostgresStore>, Error> {
    PostgresStore::open(options(url)).await
}

/// Ann and bo in their room.
async fn begun(url: &str) -> Arc<PostgresStore> {
    furnished(opened(url).await.unwrap()).await
}

async fn furnished(store: Arc<PostgresStore>) -> Arc<PostgresStore> {
    for user in [ANN, BO] {
        store.add_account(&account(user)).await.unwrap();
    }
    store.make_room(&room(TEA, "tea", &[ANN, BO])).await.unwrap();
    store
}

/// Everything that was said in the room, with its numbers.
async fn said(store: &dyn Store) -> Vec<(u64, String)> {
    let (mut all, mut after) = (Vec::new(), chat::Seq(1));
    loop {
        let page = store.read(TEA, after, chat::Seq(u64::MAX), 500, NOW).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = last.seq;
        all.extend(page.iter().map(|entry| (entry.seq.0, words(entry))));
    }
}

/// A statement of somebody who is not the store.
async fn directly(url: &str, sql: &str) {
    let mut conn = PgConnection::connect(url).await.unwrap();
    conn.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
    conn.close().await.unwrap();
}

/// Numbers that somebody who is not the store reads.
async fn numbers(url: &str, sql: &str) -> Vec<i64> {
    let mut conn = PgConnection::connect(url).await.unwrap();
    let found = sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    found
}
