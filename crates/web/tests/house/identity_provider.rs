//! A small OpenID provider on this machine: real HTTP, real signatures (ES256), and lies on demand.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as BASE64};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as ALGORITHM, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// What this server is to the provider.
pub const CLIENT: &str = "patchwright";
/// And its secret; a colon and a blank show that both are encoded.
pub const SECRET: &str = "s3cr:t +";

/// Changes head and body of a token before it is signed.
pub type Lie = Box<dyn Fn(&mut Value, &mut Value) + Send>;

/// The provider.
pub struct IdentityProvider {
    pub issuer: String,
    state: Arc<Mutex<State>>,
}

struct State {
    issuer: String,
    key: EcdsaKeyPair,
    key_id: String,
    /// Codes that were given and not used, with what belongs to them.
    codes: HashMap<String, Granted>,
    given: u32,
    lie: Option<Lie>,
    keys_read: u32,
    is_broken: bool,
}

struct Granted {
    challenge: String,
    nonce: String,
    back: String,
    claims: Value,
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ALGORITHM, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ALGORITHM, document.as_ref(), &random).unwrap()
}

impl IdentityProvider {
    pub fn new() -> IdentityProvider {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}/realms/acme", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            issuer: issuer.clone(),
            key: new_key(),
            key_id: "first".to_owned(),
            codes: HashMap::new(),
            given: 0,
            lie: None,
            keys_read: 0,
            is_broken: false,
        }));
        let of_thread = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &of_thread);
            }
        });
        IdentityProvider { issuer, state }
    }

    /// The person signs in there: a code for the address to which the browser was sent. Returns the way back.
    pub fn lets_in(&self, to: &str, claims: Value) -> String {
        let (place, words) = to.split_once('?').expect("words");
        assert_eq!(place, format!("{}/auth", self.issuer));
        let words = pairs(words);
        let word = |name: &str| words.get(name).cloned().unwrap_or_else(|| panic!("no {name} in {to}"));
        assert_eq!((&*word("response_type"), &*word("client_id")), ("code", CLIENT));
        assert_eq!(word("code_challenge_method"), "S256");
        assert!(word("scope").split(' ').any(|scope| scope == "openid"));
        let mut state = self.state.lock().unwrap();
        state.given += 1;
        let code = format!("code-{}", state.given);
        let granted = Granted {
            challenge: word("code_challenge"),
            nonce: word("nonce"),
            back: word("redirect_uri"),
            claims,
        };
        assert_eq!(granted.back, "https://pw.example/sign-in/oidc/back");
        state.codes.insert(code.clone(), granted);
        format!("/sign-in/oidc/back?state={}&session_state=x&code={code}", word("state"))
    }

    /// From now on tokens are changed so.
    pub fn lies(&self, lie: impl Fn(&mut Value, &mut Value) + Send + 'static) {
        self.state.lock().unwrap().lie = Some(Box::new(lie));
    }

    pub fn is_honest_again(&self) {
        self.state.lock().unwrap().lie = None;
    }

    /// A new key takes the place of the old one.
    pub fn changes_its_key(&self, id: &str) {
        let mut state = self.state.lock().unwrap();
        state.key = new_key();
        state.key_id = id.to_owned();
    }

    /// How often the keys were read.
    pub fn keys_read(&self) -> u32 {
        self.state.lock().unwrap().keys_read
    }

    /// Answers every question with 500, or not any more.
    pub fn is_broken(&self, is_broken: bool) {
        self.state.lock().unwrap().is_broken = is_broken;
    }
}

/// Pairs of an address or a form.
pub fn pairs(text: &str) -> HashMap<String, String> {
    web::server::guard::pairs(text.as_bytes()).into_iter().collect()
}

fn answer(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length, mut login) = (String::new(), 0, String::new());
    reader.read_line(&mut line).unwrap();
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').unwrap();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "authorization" => login = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (status, said) = said(&line, &login, &String::from_utf8(body).unwrap(), &mut state.lock().unwrap());
    let said = said.to_string();
    let head = format!("HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nconnection: close\r\n");
    let mut stream = stream;
    let _ = write!(stream, "{head}content-length: {}\r\n\r\n{said}", said.len());
}

fn said(line: &str, login: &str, body: &str, state: &mut State) -> (u16, Value) {
    let path = line.split(' ').nth(1).unwrap_or_default();
    let at = |name: &str| format!("{}/{name}", state.issuer);
    match path.strip_prefix("/realms/acme/") {
        _ if state.is_broken => (500, json!({})),
        Some(".well-known/openid-configuration") => (
            200,
            json!({ "issuer": state.issuer, "authorization_endpoint": at("auth"), "token_endpoint": at("token"),
                "jwks_uri": at("keys") }),
        ),
        Some("keys") => {
            state.keys_read += 1;
            let point = state.key.public_key().as_ref();
            let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
            let key =
                json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": state.key_id, "x": x, "y": y });
            (200, json!({ "keys": [{ "kty": "oct", "k": "AA" }, key] }))
        }
        Some("token") => token(login, &pairs(body), state),
        _ => (404, json!({})),
    }
}

fn token(login: &str, form: &HashMap<String, String>, state: &mut State) -> (u16, Value) {
    let wanted = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:s3cr%3At+%2B")));
    if login != wanted {
        return (401, json!({ "error": "invalid_client" }));
    }
    let refused = (400, json!({ "error": "invalid_grant" }));
    // A code opens once.
    let Some(granted) = state.codes.remove(form["code"].as_str()) else { return refused };
    let challenge =
        BASE64.encode(ring::digest::digest(&ring::digest::SHA256, form["code_verifier"].as_bytes()));
    if challenge != granted.challenge || form["redirect_uri"] != granted.back {
        return refused;
    }
    let mut head = json!({ "alg": "ES256", "kid": state.key_id });
    let now = super::NOW / 1000;
    let mut claims =
        json!({ "iss": state.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": granted.nonce });
    claims.as_object_mut().unwrap().extend(granted.claims.as_object().unwrap().clone());
    if let Some(lie) = &state.lie {
        lie(&mut head, &mut claims);
    }
    let message = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(claims.to_string()));
    let signature = match head["alg"].as_str() {
        Some("none") => String::new(),
        _ => BASE64.encode(state.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap()),
    };
    (
        200,
        json!({ "access_token": "x", "token_type": "Bearer", "id_token": format!("{message}.{signature}") }),
    )
}
