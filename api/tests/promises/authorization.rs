//! Who may ask what: every method of the table, asked by everybody, held against `docs/authorization.md`.
//!
//! Each request is one that would be done for somebody who may: so what is refused is refused for who asks. Requests by
//! HTTP and by MQTT both come this way. `NATTER_WRITE_PAGES=1 cargo test -p api who_may` writes the page anew; what changed
//! on it is then for a person to look at.

use crate::house::{House, PASSWORD};
use crate::media::DOT;
use crate::prepared::needs_more;
use crate::standing::{Party, Scene};
use api::{Access, Admitted, Asker, Carries, Code, Method, Problem, Rate};
use reqwest::Method as HttpMethod;
use serde_json::{Map, Value, json};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/authorization.md");
const BEGIN: &str = "<!-- requests: written by a test -->\n";
const END: &str = "<!-- requests end -->";

/// What a key of a request says.
fn value(method: &Method, key: &str, scene: &Scene) -> Value {
    match (method.name, key) {
        ("me.end_credential", "id") => scene.credential.clone().into(),
        ("admin.end_key", "id") => scene.key.clone().into(),
        ("admin.end_ticket", "id") => scene.ticket.clone().into(),
        ("admin.report" | "admin.decide", "id") => scene.report.clone().into(),
        ("admin.connection" | "admin.disconnect", "id") => {
            scene.connection.as_ref().map_or(1, |one| one.number).to_string().into()
        }
        ("reports.message", "seq") => "2".into(),
        ("push.register", "app") => "natter".into(),
        (_, "provider") => "log".into(),
        (_, "address") => format!("address-of-{}", scene.number).into(),
        // The one client id that a device's own token is good for.
        (name, "device") if name.contains("push") => "sensor".into(),
        ("admin.end_grant", "app") => scene.app().into(),
        ("admin.grant", "app") => format!("fresh-{}", scene.number).into(),
        ("rooms.invite" | "rooms.uninvite", "user") => scene.outsider.as_str().into(),
        ("rooms.approve" | "rooms.turn_away" | "rooms.unban", "user") => scene.outsider.as_str().into(),
        ("rooms.end_link", "id") => scene.way.0.clone().into(),
        ("rooms.follow", "link") => scene.way.1.clone().into(),
        (_, "media") => scene.media.clone().into(),
        (_, "reason") => "unkind".into(),
        (_, "role") => "guest".into(),
        (_, "settings") => json!({"description": "what there is to drink"}),
        (_, "decision") => "dismissed".into(),
        (_, "room") => scene.room.as_str().into(),
        (_, "users") => json!([scene.bystander.as_str()]),
        (_, "user") => scene.bystander.as_str().into(),
        (_, "service") => scene.service.as_str().into(),
        (_, "seq") => 2.into(),
        (_, "handle") => format!("new-{}", scene.number).into(),
        (_, "password" | "current" | "new") => PASSWORD.into(),
        ("account.reset", "link") => scene.link.clone().into(),
        (_, "device" | "label" | "refresh_token") => "x".into(),
        (_, "admin") => true.into(),
        (_, "scopes") => json!(["mqtt"]),
        (_, "text") => "so far".into(),
        (name, key) => panic!("what is `{key}` of {name}? Say it here"),
    }
}

fn input(method: &Method, scene: &Scene) -> Value {
    let must = method.required().map(|key| (key.to_owned(), value(method, key, scene)));
    let mut input: Map<String, Value> = must.collect();
    // What none of its keys must say alone, but some of them together.
    match method.name {
        "messages.say" => drop(input.insert("body".into(), "hello".into())),
        "admin.grant" => drop(input.insert("read".into(), json!(["#"]))),
        "presence.set" => drop(input.insert("text".into(), "at tea".into())),
        "rooms.set_own" => drop(input.insert("pinned".into(), true.into())),
        // Nobody pushes anything here, so there is nothing to wait for.
        "push.test" | "admin.test_push" => drop(input.insert("wait".into(), 0.into())),
        _ => {}
    }
    input.into()
}

fn admitted<'a>(house: &House, method: &'a Method, scene: &Scene) -> Result<Admitted<'a>, Problem> {
    house.api.admit(method, Asker { caller: scene.caller.clone(), address: None })
}

/// One cell of the table. `looker` was there before; what changes something, or is about something of its own, has a scene
/// of its own, so that nothing is changed for the next one.
async fn asked(house: &House, method: &Method, (party, looker): (Party, &Scene)) -> &'static str {
    let own_scene = method.rate != Rate::Read || needs_more(method.name);
    if let Err(problem) = admitted(house, method, looker) {
        return word(method, Err(problem.code));
    }
    let own = match own_scene {
        true => Some(Scene::for_request(house, party, method.name).await),
        false => None,
    };
    let scene = own.as_ref().unwrap_or(looker);
    if method.carries() != Carries::Nothing {
        let verb = if method.carries() == Carries::FileIn { HttpMethod::POST } else { HttpMethod::GET };
        let path = method.path.replace("{media}", &scene.media);
        return by_http(house, (verb, &path), scene).await;
    }
    let admitted = admitted(house, method, scene).unwrap();
    let done = house.api.perform(admitted, input(method, scene), None).await;
    word(method, done.map(drop).map_err(|problem| problem.code))
}

fn word(method: &Method, done: Result<(), Code>) -> &'static str {
    match done {
        Err(Code::NoCredentials) => "who?",
        Err(Code::NotAllowed) => "no",
        Err(Code::NotFound) => "–",
        // Refused, but for what was asked, not for who asked.
        Ok(()) | Err(Code::WrongCredentials | Code::Invalid | Code::HandleTaken | Code::DeviceTaken) => "yes",
        Err(other) => panic!("{} is a bad example: {}", method.name, other.word()),
    }
}

/// A file, or what is no method of the table.
async fn by_http(house: &House, (verb, path): (HttpMethod, &str), scene: &Scene) -> &'static str {
    let is_upload = verb == HttpMethod::POST;
    let mut request = house.request(verb, path);
    if let Some(proof) = &scene.proof {
        request = request.bearer_auth(proof);
    }
    if is_upload {
        request = request.body(DOT);
    }
    match request.send().await.unwrap().status().as_u16() {
        200 | 201 => "yes",
        401 => "who?",
        403 => "no",
        404 => "–",
        other => panic!("{path} is a bad example: {other}"),
    }
}

/// What HTTP answers beside the methods.
const PAGES: [&str; 6] = [
    "/openapi.json",
    "/docs",
    "/docs/docs.js",
    "/docs/docs.css",
    "/.well-known/jwks.json",
    "/v1/admin/counters/stream",
];

async fn table(house: &House) -> String {
    let parties = Party::ALL.map(Party::word).join(" | ");
    let mut table = format!("| | {parties} |\n|---|{}\n", "---|".repeat(Party::ALL.len()));
    let mut lookers = Vec::new();
    for party in Party::ALL {
        lookers.push(Scene::set(house, party).await);
    }
    for method in house.api.methods() {
        let mut row = format!("| `{}` |", method.name);
        for (party, looker) in Party::ALL.into_iter().zip(&lookers) {
            row += &format!(" {} |", asked(house, method, (party, looker)).await);
        }
        table += &row;
        table.push('\n');
    }
    for path in PAGES {
        let mut row = format!("| `GET {path}` |");
        for looker in &lookers {
            row += &format!(" {} |", by_http(house, (HttpMethod::GET, path), looker).await);
        }
        table += &(row + "\n");
    }
    table
}

#[tokio::test]
async fn who_may_ask_what_is_as_the_page_says_for_everybody_and_every_method() {
    let house = House::unhurried().await;
    let table = table(&house).await;
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for requests");
    let (written, after) = rest.split_once(END).expect("and the end of it");
    if std::env::var_os("NATTER_WRITE_PAGES").is_some() {
        std::fs::write(PAGE, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    for (known, found) in written.lines().zip(table.lines()) {
        assert_eq!(known, found, "docs/authorization.md says otherwise");
    }
    assert_eq!(written.lines().count(), table.lines().count(), "a method has no row: {table}");
}

#[tokio::test]
async fn who_may_not_is_refused_before_anything_of_the_request_is_read() {
    let house = House::unhurried().await;
    let nobody = Scene::set(&house, Party::Nobody).await;
    let member = Scene::set(&house, Party::Member).await;
    let service = Scene::set(&house, Party::Service).await;
    let reader = Scene::set(&house, Party::Reader).await;
    for method in house.api.methods() {
        let admit = |scene: &Scene| admitted(&house, method, scene).map(drop).map_err(|problem| problem.code);
        let (of_nobody, of_others) = match method.access {
            Access::Anybody | Access::Link(_) => (Ok(()), Ok(())),
            Access::Scope(_) => (Err(Code::NoCredentials), Ok(())),
            Access::Admin => (Err(Code::NoCredentials), Err(Code::NotAllowed)),
        };
        assert_eq!(admit(&nobody), of_nobody, "{method:?}");
        assert_eq!((admit(&member), admit(&service)), (of_others, of_others), "{method:?}");
        let of_reader = match method.access {
            Access::Scope(scope) if !Party::Reader.key().unwrap().contains(&scope) => Err(Code::NotAllowed),
            _ => of_others,
        };
        assert_eq!(admit(&reader), of_reader, "{method:?}");
    }
}
