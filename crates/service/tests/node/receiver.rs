//! A webhook receiver: takes every message and remembers its key.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A receiver on a port of its own. It ends with the test process.
pub struct Receiver {
    pub url: String,
    seen: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
}

impl Receiver {
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let seen: Arc<Mutex<BTreeMap<String, Vec<String>>>> = Arc::default();
        let kept = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A sender that was killed in the middle has said nothing.
                let Some((key, body)) = take(stream) else { continue };
                kept.lock().unwrap().entry(key).or_default().push(body);
            }
        });
        Receiver { url, seen }
    }

    /// What came, by its key: equal bodies under one key are one message to a receiver.
    pub fn messages(&self) -> BTreeMap<String, Vec<String>> {
        self.seen.lock().unwrap().clone()
    }
}

fn take(mut stream: TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let (head, length) = loop {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            break (head.to_owned(), value(head, "content-length")?.parse::<usize>().ok()?);
        }
    };
    while bytes.len() < head.len() + 4 + length {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
    }
    let body = String::from_utf8_lossy(&bytes[head.len() + 4..]).into_owned();
    let key = value(&head, "idempotency-key")?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").ok()?;
    Some((key, body))
}

fn value(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
