//! One server at a time, and only in a database of its own.

use super::*;
use std::sync::Mutex;
use store::contract::bench::say;
use tests::Postgres;
use tokio::sync::oneshot;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_in_use_is_not_opened_twice() {
    let postgres = Postgres::start();
    let store = begun(&postgres.url).await;
    let second = opened(&postgres.url).await.map(drop);
    assert!(matches!(&second, Err(Error::Locked(place)) if !place.contains('@')), "{second:?}");
    store.commit(&[say(ANN, "still here")]).await.unwrap();
    store.close().await.unwrap();
    opened(&postgres.url).await.unwrap().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_database_was_taken_writes_nothing_more_and_ends() {
    let postgres = Postgres::start();
    let (ends, ended) = oneshot::channel();
    let ends = Mutex::new(Some(ends));
    let on_fatal = Arc::new(move |error: Error| {
        if let Some(ends) = ends.lock().unwrap().take() {
            ends.send(error).unwrap();
        }
    });
    let mut options = options(&postgres.url);
    options.on_fatal = on_fatal;
    let store = furnished(PostgresStore::open(options).await.unwrap()).await;
    store.commit(&[say(ANN, "mine")]).await.unwrap();
    // What another server does when it comes up.
    directly(&postgres.url, "update writer set epoch = epoch + 1, batch = 0").await;
    let late = store.commit(&[say(ANN, "mine too")]).await;
    assert!(late.is_err(), "{late:?}");
    assert!(matches!(ended.await.unwrap(), Error::Locked(_)));
    assert_eq!(said(&*store).await, [(2, "mine".into())]);
    assert_eq!(numbers(&postgres.url, "select batch from writer").await, [0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_not_ours_or_of_a_newer_natter_is_refused_and_left_as_it_was() {
    let postgres = Postgres::start();
    let tables =
        "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')";
    directly(&postgres.url, "create table recipes (name text)").await;
    let others = opened(&postgres.url).await.map(drop);
    assert!(matches!(others, Err(Error::Unusable { .. })), "{others:?}");
    assert_eq!(numbers(&postgres.url, tables).await, [1]);
    directly(&postgres.url, "drop table recipes").await;
    begun(&postgres.url).await.close().await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'of tomorrow', true, '', 1)";
    directly(&postgres.url, newer).await;
    let opened = opened(&postgres.url).await.map(drop);
    assert!(matches!(opened, Err(Error::NewerVersion { found: 9_999, .. })), "{opened:?}");
    assert_eq!(numbers(&postgres.url, "select epoch from writer").await, [1]);
}

#[tokio::test]
async fn where_no_database_answers_the_place_is_told_and_no_password() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = opened(&format!("postgres://ann:hunter2@{free}/natter")).await.unwrap_err();
    let told = error.to_string();
    assert!(matches!(error, Error::Unusable { .. }), "{error:?}");
    assert!(told.contains(&format!("postgres://{free}/natter")) && !told.contains("hunter2"), "{told}");
}
