//! Google's push service, HTTP v1, with the place where tokens come from.

mod oauth; // tokens

mod message; // what may stand in a message

use crate::authority::Authority;
use crate::exchange::{Heard, Said, Script};
use crate::server::{House, Port, Server};
use oauth::Tokens;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Google, with one project.
#[derive(Debug)]
pub struct Google {
    /// What it says to messages, where a test wants it to, and which it has heard.
    pub script: Script,
    /// The same for those who want a token.
    pub token_script: Script,
    server: Server,
    inside: Arc<Inside>,
}

#[derive(Debug)]
struct Inside {
    project: String,
    port: Port,
    script: Script,
    tokens: Tokens,
    token_script: Script,
    /// By registration token or installation id: whether it is still there.
    devices: Mutex<HashMap<String, Device>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Device {
    Here,
    Gone,
    /// Of another project.
    Others,
}

impl Google {
    /// One that knows no device yet.
    pub async fn start(authority: &Authority, project: &str) -> Google {
        let inside = Arc::new(Inside {
            project: project.to_owned(),
            port: Port(Mutex::new(0)),
            script: Script::default(),
            tokens: Tokens::new(),
            token_script: Script::default(),
            devices: Mutex::default(),
        });
        let server = Server::start(authority, &["h2", "http/1.1"], inside.clone()).await;
        *inside.port.0.lock() = server.port();
        let (script, token_script) = (inside.script.clone(), inside.token_script.clone());
        Google { script, token_script, server, inside }
    }

    /// Its address.
    #[must_use]
    pub fn base(&self) -> String {
        self.inside.port.origin()
    }

    /// The file of a service account.
    #[must_use]
    pub fn account(&self) -> String {
        self.inside.tokens.account(&self.inside.project, &format!("{}/token", self.base()))
    }

    /// A device with a registration token.
    #[must_use]
    pub fn device(&self) -> String {
        self.named(format!("{}:APA91b{}", Uuid::now_v7().simple(), Uuid::now_v7().simple()), Device::Here)
    }

    /// A device with an installation id.
    #[must_use]
    pub fn installation(&self) -> String {
        self.named(Uuid::now_v7().simple().to_string()[..22].to_owned(), Device::Here)
    }

    /// A device of another project.
    #[must_use]
    pub fn device_of_others(&self) -> String {
        self.named(format!("{}:APA91b", Uuid::now_v7().simple()), Device::Others)
    }

    fn named(&self, name: String, device: Device) -> String {
        self.inside.devices.lock().insert(name.clone(), device);
        name
    }

    /// The app was taken off the device.
    pub fn forget(&self, name: &str) {
        self.inside.devices.lock().insert(name.to_owned(), Device::Gone);
    }

    /// An error as Google says it: a status and its name, the code that push has for it, the field that is wrong.
    #[must_use]
    pub fn error(status: u16, name: &str, code: Option<&str>, field: Option<&str>) -> Said {
        let field = field.map(|field| violation(field, "as a test wants it"));
        let details: Vec<Value> = code.map(detail).into_iter().chain(field).collect();
        fault(status, name, "as a test wants it", &details)
    }

    /// All tokens that were given are good for nothing.
    pub fn revoke_tokens(&self) {
        self.inside.tokens.revoke();
    }

    /// Connections so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }
}

impl House for Inside {
    fn answer(&self, heard: &Heard) -> Said {
        if heard.path == "/token" {
            let aud = format!("{}/token", self.port.origin());
            return self.token_script.wanted().unwrap_or_else(|| self.tokens.grant(heard, &aud));
        }
        self.script.wanted().unwrap_or_else(|| self.message(heard).unwrap_or_else(|refusal| refusal))
    }

    fn answered(&self, heard: Heard) {
        let script = if heard.path == "/token" { &self.token_script } else { &self.script };
        script.hear(heard);
    }
}

impl Inside {
    fn message(&self, heard: &Heard) -> Result<Said, Said> {
        if heard.method != "POST" || heard.path != format!("/v1/projects/{}/messages:send", self.project) {
            return Err(fault(404, "NOT_FOUND", "Requested entity was not found.", &[]));
        }
        if !self.tokens.knows(heard.header("authorization")) {
            let words = "Request had invalid authentication credentials.";
            return Err(fault(401, "UNAUTHENTICATED", words, &[]));
        }
        let name = message::check(&heard.json())?;
        match self.devices.lock().get(&name) {
            Some(Device::Here) => {
                let id = Uuid::now_v7().simple();
                Ok(Said::json(200, &json!({ "name": format!("projects/{}/messages/{id}", self.project) })))
            }
            Some(Device::Gone) => {
                Err(fault(404, "NOT_FOUND", "Requested entity was not found.", &[detail("UNREGISTERED")]))
            }
            Some(Device::Others) => {
                Err(fault(403, "PERMISSION_DENIED", "SenderId mismatch", &[detail("SENDER_ID_MISMATCH")]))
            }
            None => {
                let words = "The registration token is not a valid FCM registration token";
                Err(fault(400, "INVALID_ARGUMENT", words, &[detail("INVALID_ARGUMENT")]))
            }
        }
    }
}

/// An error in the form that Google gives it.
fn fault(status: u16, name: &str, words: &str, details: &[Value]) -> Said {
    let mut error = json!({ "code": status, "message": words, "status": name });
    if !details.is_empty() {
        error["details"] = details.into();
    }
    Said::json(status, &json!({ "error": error }))
}

fn violation(field: &str, words: &str) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{ "field": field, "description": words }],
    })
}

fn detail(code: &str) -> Value {
    json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code })
}
