//! The examples of `topics.md`, sent through a running server.
//!
//! In the order of the page, one world for all. What only the server can know differs from run to run.

use crate::tutorial::{configure, is_shown};
use mqtt::ReasonCode;
use serde_json::{Value, json};
use tests::{Entry, Settings, Wire, World, properties, publish, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use topics::Format;
use topics::page::{Commands, Direction, Example, commands, examples, in_json};

/// What only the server can know.
const ITS_OWN: [&str; 5] = ["seq", "at", "n", "prev", "last_seen"];

/// The world of the page: ann and bo in `tea`, ann publishes, both listen.
struct Page {
    world: World,
    ann: Wire,
    bo: Wire,
    /// Where bo hears what nobody keeps.
    now: Wire,
    /// What bo heard and no example asked for yet.
    heard: Vec<Entry>,
    /// What tells ann's commands where the server is.
    shell: tempfile::TempDir,
    /// Where ann's last link leads.
    url: String,
    /// What uploads are called on the page, and what the server calls them.
    uploads: Vec<(String, String)>,
}

impl Page {
    async fn open() -> Page {
        // Ann has more devices than the page shows; those that are gone shall not count for long.
        let settings = Settings::default().set("mqtt.presence_grace", "1s");
        let mut world = World::with(settings).await;
        world.room("tea", ["ann", "bo"]).await;
        world.room("cellar", ["bo"]).await;
        world.users(["cy"]).await;
        let mut ann = world.device("ann", "phone").connect().await;
        ann.listens("me/replies").await;
        ann.listens("cbor/me/replies").await;
        let mut bo = world.device("bo", "phone").connect().await;
        bo.listens("rooms/tea/said").await;
        bo.listens("plain/rooms/tea/said").await;
        bo.listens("cbor/rooms/tea/said").await;
        let mut now = world.device("bo", "now").connect().await;
        for topic in ["rooms/tea/typing", "rooms/tea/signal", "users/ann/presence"] {
            for format in ["", "plain/", "cbor/"] {
                now.listens(&format!("{format}{topic}")).await;
            }
        }
        world.administrator("root").await;
        world.natter(&["grant", "add", "meter", "--everybody", "--read", "#", "--write", "{user}/#"]).await;
        bo.listens("apps/meter/#").await;
        let shell = tempfile::tempdir().expect("a temporary folder can be made");
        configure(shell.path(), &world);
        Page { world, ann, bo, now, heard: Vec::new(), shell, url: String::new(), uploads: Vec::new() }
    }

    /// Ann runs it, and it prints what the page shows.
    async fn runs(&mut self, commands: &Commands) {
        let Commands { line, typed, printed } = commands;
        let mut bash = tokio::process::Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", typed]).kill_on_drop(true);
        bash.env("CURL_HOME", self.shell.path()).env("url", &self.url).env("token", self.world.token("ann"));
        let output = within(format!("the commands of line {line}"), bash.output()).await.expect("bash runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "line {line}: {output:?}");
        let Ok(mut shown) = serde_json::from_str::<Value>(printed) else {
            return assert_eq!(said.trim_end(), printed, "line {line}");
        };
        let said: Value = serde_json::from_str(&said).expect("it prints JSON");
        if let (Some(there), Some(here)) = (shown["id"].as_str(), said["id"].as_str()) {
            self.uploads.push((there.to_owned(), here.to_owned()));
            shown["id"] = here.into();
        }
        assert!(is_shown(&shown, &said), "line {line}: {said}");
    }

    /// The example with uploads called as the server calls them.
    fn called(&self, example: &Example) -> Example {
        let mut example = example.clone();
        if let Ok(text) = std::str::from_utf8(&example.payload) {
            let text =
                self.uploads.iter().fold(text.to_owned(), |text, (there, here)| text.replace(there, here));
            example.payload = text.into();
        }
        example
    }

    /// Each entry comes once in each format.
    async fn hears_from_all(&mut self) {
        self.heard.extend(self.bo.hear_all(Format::ALL.len()).await);
    }

    async fn publish(&mut self, example: &Example) -> mqtt::packet::Acknowledge {
        let mut message = publish(example.topic, &example.payload);
        message.properties.user_properties = properties(&example.properties);
        self.ann.publish(message).await
    }

    async fn sends(&mut self, example: &Example) {
        let puback = self.publish(example).await;
        assert_eq!(puback.code, ReasonCode::Success, "line {}: {puback:?}", example.line);
        self.heard.clear();
        if !example.is_of_chat() {
            self.heard = vec![self.bo.hear().await];
        }
        if example.topic.contains("rooms/") && example.topic.ends_with("/say") {
            self.hears_from_all().await;
        }
        if is_of_now(example.topic) {
            self.hears_now(example).await;
        }
        if example.topic.contains("rpc/") {
            let answer = self.ann.hear().await;
            if let Some(url) = answer.json["result"]["url"].as_str() {
                url.clone_into(&mut self.url);
            }
            self.heard = vec![answer];
        }
    }

    /// What becomes of something that nobody keeps: each comes once in each format.
    async fn hears_now(&mut self, sent: &Example) {
        let last = sent.topic.rsplit('/').next().unwrap_or_default();
        let word = ["away", "busy", "online"].into_iter().find(|word| has(&sent.payload, word));
        let is_meant = |entry: &Entry| {
            let is_state = word.is_none_or(|word| has(&entry.publish.payload, word));
            entry.publish.topic.ends_with(last) && is_state
        };
        self.heard = self.hears_where(is_meant).await;
    }

    /// What bo hears next that is so, in each format; what was there before he listened, and others, are passed over.
    async fn hears_where(&mut self, is_so: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        let mut heard = Vec::new();
        while heard.len() < Format::ALL.len() {
            heard.push(self.now.hear().await);
            heard.retain(|entry| !entry.publish.retain && is_so(entry));
        }
        heard
    }

    /// Ann's devices go, and bo hears that she has; then she is back.
    async fn is_gone(&mut self) {
        // Connecting again takes the place of the connection that ann has.
        self.world.device("ann", "phone").connect().await.leave().await;
        let gone = self.hears_where(|entry| has(&entry.publish.payload, "offline")).await;
        self.ann = self.world.device("ann", "phone").connect().await;
        self.hears_where(|entry| has(&entry.publish.payload, "online")).await;
        self.ann.listens("me/replies").await;
        self.ann.listens("cbor/me/replies").await;
        self.heard = gone;
    }

    /// Makes happen what no example on the page makes happen.
    async fn lets_happen(&mut self, example: &Example) {
        if example.topic.ends_with("me/replies") {
            return self.is_refused_something(example).await;
        }
        if example.topic.ends_with("users/ann/presence") {
            return self.is_gone().await;
        }
        if example.topic.ends_with("/receipts") {
            return self.is_told_how_far(example).await;
        }
        if example.topic.ends_with("me/events") {
            return self.is_told_something(example).await;
        }
        match example_kind(example).as_str() {
            kind @ ("created" | "recalled") => {
                return self.reads_from_the_beginning(example, &[("since", "0")], kind).await;
            }
            "gap" => {
                let wishes = [("since", "0"), ("replay", "1")];
                return self.reads_from_the_beginning(example, &wishes, "gap").await;
            }
            "joined" => self.world.join("tea", ["cy"]).await,
            "left" => self.world.leave("tea", ["cy"]).await,
            "role" | "muted" | "unmuted" | "banned" | "unbanned" | "settings" => {
                self.somebody_sees_to(&told_in(example)).await;
            }
            "invited" | "uninvited" | "requested" | "declined" | "link_made" | "link_ended" => {
                self.somebody_opens_or_shuts(&told_in(example)).await;
            }
            kind => panic!("line {}: nobody knows how to make {kind} happen", example.line),
        }
        self.hears_from_all().await;
    }

    /// Asked for over HTTP, as the example tells it.
    async fn somebody_sees_to(&self, told: &Value) {
        let user = told["user"].as_str().unwrap_or_default();
        let member = format!("/v1/rooms/tea/members/{user}");
        let (verb, path, body) = match told["kind"].as_str().unwrap_or_default() {
            "role" => ("PUT", format!("{member}/role"), json!({ "role": told["role"] })),
            "muted" => ("PUT", format!("{member}/mute"), json!({ "until": told["until"] })),
            "unmuted" => ("DELETE", format!("{member}/mute"), json!({})),
            "banned" => ("PUT", format!("/v1/rooms/tea/bans/{user}"), json!({})),
            "unbanned" => ("DELETE", format!("/v1/rooms/tea/bans/{user}"), json!({})),
            _ => ("POST", "/v1/rooms/tea/settings".to_owned(), json!({ "settings": told["settings"] })),
        };
        self.world.asks(told["from"].as_str().unwrap_or_default(), verb, &path, body).await;
    }

    /// A way into the room.
    async fn somebody_opens_or_shuts(&self, told: &Value) {
        let [from, user] = ["from", "user"].map(|key| told[key].as_str().unwrap_or_default());
        let (invitation, request) =
            (format!("/v1/rooms/tea/invitations/{user}"), format!("/v1/rooms/tea/requests/{user}"));
        let (verb, path, body) = match told["kind"].as_str().unwrap_or_default() {
            "invited" => ("PUT", invitation, json!({ "role": told["role"] })),
            "uninvited" => ("POST", "/v1/rooms/tea/decline".to_owned(), json!({})),
            "requested" => ("POST", "/v1/rooms/tea/requests".to_owned(), json!({})),
            "declined" => ("DELETE", request, json!({})),
            "link_made" => {
                let link = json!({ "role": told["role"], "uses": told["uses"], "expires_in": 3_600 });
                ("POST", "/v1/rooms/tea/links".to_owned(), link)
            }
            _ => {
                let links = self.world.asks(from, "GET", "/v1/rooms/tea/links", json!({})).await;
                let id = links["links"][0]["id"].as_str().expect("there is a link").to_owned();
                ("DELETE", format!("/v1/rooms/tea/links/{id}"), json!({}))
            }
        };
        self.world.asks(from, verb, &path, body).await;
    }

    async fn reads_from_the_beginning(&mut self, example: &Example, wishes: &[(&str, &str)], kind: &str) {
        let mut late = self.world.device("bo", "late").connect().await;
        late.subscribes_with(example.topic, wishes).await;
        let mut heard = late.hear().await;
        while heard.kind() != kind {
            heard = late.hear().await;
        }
        self.heard = vec![heard];
    }

    /// Bo looks at his watch how far the others are.
    async fn is_told_how_far(&mut self, example: &Example) {
        let mut watch = self.world.device("bo", "watch").connect().await;
        assert_eq!(watch.subscribes_with(example.topic, &[]).await, ReasonCode::Success);
        let mut heard = watch.hear().await;
        while heard.word("user") != told_in(example)["user"] {
            heard = watch.hear().await;
        }
        self.heard = vec![heard];
    }

    /// Ann logs in at her desk, and again; her phone hears of it.
    async fn is_told_something(&mut self, example: &Example) {
        let mut listener = self.world.device("ann", "listener").connect().await;
        listener.listens(example.topic).await;
        for _ in 0..2 {
            log_in(&self.world, "ann", "desk").await;
        }
        let mut heard = listener.hear().await;
        while heard.kind() != example_kind(example) {
            heard = listener.hear().await;
        }
        self.heard = vec![heard];
    }

    /// In JSON and CBOR by a client of 3.1.1 that is not a member; under `plain/` by one at QoS 0 of MQTT 5.
    async fn is_refused_something(&mut self, example: &Example) {
        let is_plain = example.topic.starts_with("plain/");
        let device = self.world.device("ann", "other");
        let mut other = if is_plain { device.connect().await } else { device.v3().connect().await };
        other.listens(example.topic).await;
        if is_plain {
            for body in ["one", "two"] {
                let mut message = publish("plain/rooms/tea/say", body);
                message.properties.user_properties = properties(&[("draft", "kettle-1")]);
                message.qos = mqtt::packet::Qos::AtMostOnce;
                other.send(mqtt::packet::Packet::Publish(Box::new(message))).await;
            }
        } else if example.topic.starts_with("cbor/") {
            other.publish(publish("cbor/rooms/cellar/say", b"\xA2\x0A\x68kettle-1\x06\x65hello")).await;
        } else {
            other.publish(publish("rooms/cellar/say", r#"{"draft": "kettle-1", "body": "hello"}"#)).await;
        }
        self.heard = vec![other.hear().await];
        if is_plain {
            self.hears_from_all().await;
        }
    }
}

#[tokio::test]
async fn every_example_of_the_page_is_what_happens() {
    let mut page = Page::open().await;
    let examples = examples();
    let mut commands = commands().into_iter().peekable();
    let mut is_below_a_send = false;
    for example in &examples {
        while let Some(before) = commands.next_if(|commands| commands.line < example.line) {
            page.runs(&before).await;
        }
        let example = &page.called(example);
        let became_of_a_send = is_below_a_send && example.right_below;
        is_below_a_send = example.direction == Direction::Send;
        match example.direction {
            Direction::Send => page.sends(example).await,
            Direction::Refuse(code) => {
                let puback = page.publish(example).await;
                assert_eq!(puback.code as u8, code, "line {}: {puback:?}", example.line);
            }
            Direction::Hear => {
                if !became_of_a_send {
                    page.heard.clear();
                    page.lets_happen(example).await;
                }
                assert_heard(example, &page.heard);
            }
        }
    }
    assert!(commands.next().is_none(), "what is run has an example after it");
    assert!(examples.len() >= 20 && page.uploads.len() == 1, "the page has lost its examples");
}

/// Whether this word stands in a payload.
fn has(payload: &[u8], word: &str) -> bool {
    String::from_utf8_lossy(payload).contains(word)
}

/// Whether nobody keeps what is published there.
fn is_of_now(topic: &str) -> bool {
    ["/typing", "/signal", "/presence"].iter().any(|last| topic.ends_with(last))
}

/// One of the messages is that of the example.
fn assert_heard(example: &Example, heard: &[Entry]) {
    let on_topic: Vec<&Entry> = heard.iter().filter(|entry| entry.publish.topic == example.topic).collect();
    let [entry] = on_topic[..] else {
        panic!("line {}: {} messages on {}: {heard:?}", example.line, on_topic.len(), example.topic);
    };
    if entry.json.is_null() {
        assert_eq!(entry.publish.payload, example.payload, "line {}", example.line);
        assert_eq!(
            told(&entry.publish.properties.user_properties),
            expected_properties(example),
            "line {}",
            example.line
        );
    } else {
        let told = told_in(example);
        assert_eq!(without_its_own(&entry.json), without_its_own(&told), "line {}", example.line);
    }
}

/// Somebody logs in by HTTP.
async fn log_in(world: &World, user: &str, device: &str) {
    let body = serde_json::json!({
        "user": user, "password": World::password(user), "device": device, "label": format!("the {device}"),
    })
    .to_string();
    let request = format!(
        "POST /v1/login HTTP/1.1\r\nHost: natter\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let mut socket = tokio::net::TcpStream::connect(world.http).await.expect("the server takes connections");
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The object without the values that only the server can know; that they are there counts.
fn without_its_own(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(id) = object.get_mut("problem").and_then(|problem| problem.get_mut("request_id")) {
        *id = Value::from("the server's own");
    }
    let is_gap = object["kind"] == "gap";
    let is_way = matches!(object["kind"].as_str(), Some("invited" | "link_made" | "link_ended"));
    let more: &[&str] = if is_gap {
        &["from", "to"]
    } else if is_way {
        &["until", "link"]
    } else if object.get("delivered").is_some() {
        &["delivered", "read"]
    } else {
        &["packet"]
    };
    for key in ITS_OWN.iter().chain(more) {
        if let Some(value) = object.get_mut(*key) {
            *value = Value::from("the server's own");
        }
    }
    for place in ["/data/id", "/result/url", "/result/expires_at"] {
        if let Some(value) = object.pointer_mut(place) {
            *value = Value::from("the server's own");
        }
    }
    object
}

fn expected_properties(example: &Example) -> Vec<(String, String)> {
    let words: Vec<_> =
        example.properties.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    told(&words)
}

fn told(words: &[(String, String)]) -> Vec<(String, String)> {
    let own = |name: &str| ITS_OWN.contains(&name) || name == "packet";
    let told = |(name, value): &(String, String)| {
        (name.clone(), if own(name) { String::new() } else { value.clone() })
    };
    // A publish at QoS 0 has no packet id to tell.
    let mut told: Vec<_> = words.iter().filter(|(name, _)| name != "packet").map(told).collect();
    told.sort();
    told
}

fn example_kind(example: &Example) -> String {
    let json = as_json(example).unwrap_or_default();
    json["kind"].as_str().unwrap_or_default().to_owned()
}

/// What the example tells.
fn told_in(example: &Example) -> Value {
    as_json(example).expect("the page's JSON is JSON, and its CBOR is CBOR")
}

fn as_json(example: &Example) -> Option<Value> {
    match example.topic.starts_with("cbor/") {
        true => in_json(&example.payload).ok(),
        false => serde_json::from_slice(&example.payload).ok(),
    }
}
