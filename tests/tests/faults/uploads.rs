//! kill -9 while somebody uploads: what was answered is whole, and of the rest nothing is in the way. Neither is it of who hangs
//! up; and where the bucket is away people chat on.

use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tests::{Settings, World, chance, is_long, within, within_time};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// From the end of an upload's grace until it is swept out: the server looks once a minute.
const SWEPT_WITHIN: Duration = Duration::from_secs(90);

/// A file of so many bytes which is told from every other by its first.
fn file(number: u64, len: usize) -> Vec<u8> {
    let mut dice = number;
    let mut next = || {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as u8
    };
    // No kind of file that is known begins like this.
    [vec![0xE7, 0xE7], number.to_be_bytes().to_vec(), (0..len).map(|_| next()).collect()].concat()
}

/// What was answered: the status and the body. `None` if the connection broke before.
async fn ask(world: &World, head: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut socket = TcpStream::connect(world.http).await.ok()?;
    let token = world.token("ann");
    let head = format!(
        "{head} HTTP/1.1\r\nHost: natter\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.ok()?;
    for part in body.chunks(100_000) {
        socket.write_all(part).await.ok()?;
    }
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let status = std::str::from_utf8(&answer[..end]).ok()?.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_off(end + 4)))
}

async fn upload(world: &World, bytes: &[u8]) -> Option<String> {
    let (status, body) = ask(world, "POST /v1/media", bytes).await?;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
    let media: Value = serde_json::from_slice(&body).expect("it is JSON");
    Some(media["id"].as_str().expect("it has a number").to_owned())
}

fn files(folder: &Path) -> usize {
    let Ok(inside) = std::fs::read_dir(folder) else { return 0 };
    inside
        .map(|one| one.expect("it is listed").path())
        .map(|path| if path.is_dir() { files(&path) } else { 1 })
        .sum()
}

#[tokio::test]
async fn an_upload_that_was_answered_survives_kill_9_and_another_leaves_nothing() {
    let mut chance = chance();
    let rounds = if is_long() { 100 } else { 10 };
    // Long enough that nothing goes which was answered: a round takes a second or two.
    let grace = Duration::from_secs(12 * rounds);
    let settings = Settings::default().set("media.grace", &format!("{}s", grace.as_secs()));
    let mut world = World::with(settings).await;
    world.users(["ann"]).await;
    let mut answered = Vec::new();
    for number in 0..rounds {
        let bytes = file(number, 3_000_000);
        let moment = Duration::from_micros(chance.u64(0..60_000));
        // The moment itself is what is tried, so it is not an event.
        let id = tokio::select! {
            id = upload(&world, &bytes) => id,
            () = tokio::time::sleep(moment) => None,
        };
        world.kill_9();
        answered.extend(id.map(|id| (id, number)));
        world.restart().await;
        assert_eq!(files(&world.data().join("media-incoming")), 0, "what waits has no name");
    }
    // One more is answered for certain.
    let id = upload(&world, &file(1_000, 3_000_000)).await.expect("nobody kills it");
    answered.push((id, 1_000));
    for (id, number) in &answered {
        let content = ask(&world, &format!("GET /v1/media/{id}/content"), b"").await;
        let (status, bytes) = content.expect("it is answered");
        assert!(status == 200 && bytes == file(*number, 3_000_000), "upload {number} is not what it was");
    }
    for (id, _) in &answered {
        let deleted = ask(&world, &format!("DELETE /v1/media/{id}"), b"").await;
        assert_eq!(deleted.expect("it is answered").0, 204);
    }
    // What was deleted goes, and so does what was never finished. An upload may also have been stored whole when its answer
    // was lost with the server: it is nobody's mistake, and goes like any other that no message names, after the grace.
    let kept = world.data().join("media");
    within_time(grace + SWEPT_WITHIN, "all bytes to be deleted", async {
        while files(&kept) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_of_an_upload_holds_nothing_of_their_allowance() {
    let mut world = World::with(Settings::default().set("media.uploads_per_user", "1")).await;
    world.users(["ann"]).await;
    let bytes = file(1, 300_000);
    let mut socket = TcpStream::connect(world.http).await.expect("the server takes connections");
    let head = format!(
        "POST /v1/media HTTP/1.1\r\nHost: natter\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\
         Expect: 100-continue\r\n\r\n",
        world.token("ann"),
        bytes.len()
    );
    socket.write_all(head.as_bytes()).await.expect("it reads");
    // The server asks for the bytes when the upload has its row.
    let mut goes_on = [0; 25];
    within("the upload to begin", socket.read_exact(&mut goes_on)).await.expect("it answers");
    assert_eq!(&goes_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    socket.write_all(&bytes[..200_000]).await.expect("it reads");
    let status = async || ask(&world, "POST /v1/media", &bytes).await.expect("it is answered").0;
    assert_eq!(status().await, 409, "the only place is taken");
    drop(socket);
    within("the place to be free", async {
        while status().await != 201 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn while_the_bucket_is_away_an_upload_is_answered_in_time_and_people_chat_on() {
    // Nobody listens where somebody did.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = gone.local_addr().expect("it has an address");
    drop(gone);
    let settings = Settings::default()
        .set("media.place", "s3://natter-media")
        .set("media.s3_endpoint", &format!("http://{address}"))
        .variable("AWS_ACCESS_KEY_ID", "natter")
        .variable("AWS_SECRET_ACCESS_KEY", "tea at four");
    let mut world = World::with(settings).await;
    world.room("tea", ["ann", "bo"]).await;
    let (status, body) = ask(&world, "POST /v1/media", &file(1, 3_000)).await.expect("it is answered");
    let problem: Value = serde_json::from_slice(&body).expect("it is JSON");
    assert_eq!((status, &problem["code"]), (503, &Value::from("unavailable")));
    assert!(problem["retry_after_ms"].is_number(), "{problem}");
    let mut ann = world.device("ann", "phone").connect().await;
    ann.is_taken(tests::say("tea", "then without a picture", &[])).await;
}
