//! A web server inside the test: it replays what it is told, faults included, and remembers what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Says the whole length, sends only so many bytes.
    cut_after: Option<usize>,
    /// Sends byte by byte.
    drips: bool,
}

impl Reply {
    pub fn ok(body: impl Into<Vec<u8>>) -> Reply {
        Reply { status: 200, body: body.into(), ..Reply::default() }
    }

    pub fn status(status: u16) -> Reply {
        Reply { status, body: b"no".to_vec(), ..Reply::default() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn cut(mut self, after: usize) -> Reply {
        self.cut_after = Some(after);
        self
    }

    pub fn dripping(mut self) -> Reply {
        self.drips = true;
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

type Routes = Arc<Mutex<BTreeMap<String, VecDeque<Reply>>>>;

pub struct Server {
    address: SocketAddr,
    routes: Routes,
    asked: Arc<Mutex<Vec<Asked>>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (routes, asked, ends) = (Routes::default(), Arc::<Mutex<Vec<Asked>>>::default(), Arc::default());
        let (of, log, stop): (Routes, _, Arc<AtomicBool>) =
            (Arc::clone(&routes), Arc::clone(&asked), Arc::clone(&ends));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away in the middle is part of the tests.
                let _ = answer(stream.unwrap(), &of, &log);
            }
        });
        Server { address, routes, asked, ends, thread: Some(thread) }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers a path (with or without its query) with these replies, one after another; the last again and again.
    pub fn on(&self, path: &str, replies: Vec<Reply>) {
        self.routes.lock().unwrap().insert(path.to_owned(), replies.into());
    }

    /// What was asked so far; forgets it.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, routes: &Routes, log: &Mutex<Vec<Asked>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    log.lock().unwrap().push(Asked { path: path.clone(), headers: headers.clone() });
    let reply = next(routes, &path).unwrap_or_else(|| Reply::status(404));
    let is_known =
        reply.header("etag").is_some_and(|tag| headers.get("if-none-match").is_some_and(|own| own == tag));
    let reply = if is_known { Reply { body: Vec::new(), status: 304, ..reply } } else { reply };
    let mut head = format!("HTTP/1.1 {} x\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", reply.body.len()));
    stream.write_all(head.as_bytes())?;
    let body = &reply.body[..reply.cut_after.unwrap_or(reply.body.len())];
    if reply.drips {
        for byte in body {
            stream.write_all(&[*byte])?;
            stream.flush()?;
        }
        return Ok(());
    }
    stream.write_all(body)
}

fn next(routes: &Routes, path: &str) -> Option<Reply> {
    let mut routes = routes.lock().unwrap();
    let bare = path.split('?').next().unwrap_or_default();
    let key = if routes.contains_key(path) { path } else { bare };
    let replies = routes.get_mut(key)?;
    if replies.len() > 1 { replies.pop_front() } else { replies.front().cloned() }
}
