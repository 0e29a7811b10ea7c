//! No log says a word of a message, a whole token, or a key, however much it says.

use crate::house::{House, alert, large};
use providers::Said;
use push_worker::{Notification, Sealed};
use secrecy::ExposeSecret;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<u8>>>);

impl Write for Book {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Book {
    type Writer = Book;

    fn make_writer(&'a self) -> Book {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_at_any_level_says_what_is_secret() {
    let house = House::open().await;
    let book = Book::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(book.clone()).finish();
    // All of it runs on this thread.
    let guard = tracing::subscriber::set_default(subscriber);

    let providers = house.providers();
    let mut planted = vec!["kettle", "b64ciphertext"].into_iter().map(str::to_owned).collect::<Vec<_>>();
    planted.push(house.vapid.private.expose_secret().to_owned());
    planted.extend(house.team.pem.lines().filter(|line| line.len() > 40).map(str::to_owned));
    for to in [house.iphone(), house.android(), house.page()] {
        let sealed = Some(Sealed::new("b64ciphertext".to_owned()));
        for what in [alert(), large(), Notification { sealed, ..alert() }] {
            providers.send(&to, &what).await;
        }
        let failed = || Said::status(400).body("what is this");
        house.apple.script.next(failed());
        house.google.script.next(failed());
        house.browser.script.next(failed());
        providers.send(&to, &alert()).await;
        planted.push(to.target.value().expose_secret().to_owned());
        write!(book.clone(), "{to:?} {providers:?} {:?} {:?}", alert(), house.settings)
            .expect("it is written");
    }
    drop(guard);

    let heard =
        [house.apple.script.heard(), house.google.script.heard(), house.browser.script.heard()].concat();
    for heard in &heard {
        let proof = heard.header("authorization").rsplit(['.', ' ']).next().unwrap_or_default();
        planted.push(proof.to_owned());
        planted.push(heard.path.rsplit('/').next().unwrap_or_default().to_owned());
    }
    planted.retain(|secret| secret != "messages:send" && !secret.is_empty());
    let said = String::from_utf8_lossy(&book.0.lock().expect("nobody panicked")).into_owned();
    assert!(said.contains("a push was refused") && said.contains("TRACE"), "it was written down");
    for secret in planted {
        let line = said.lines().find(|line| line.contains(&secret));
        assert!(line.is_none(), "{secret} stands in {line:?}");
    }
}
