//! `serve` and the demo's server as processes: from an empty directory to the end by a signal.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::binary::run;

/// A folder of a test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("patchwright-serve-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn text(&self, below: &str) -> String {
        self.0.join(below).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running server. Dropped, it is killed.
struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    address: String,
    set_up: Option<String>,
}

impl Server {
    /// Starts it and reads what it says until it is ready.
    fn start(words: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_patchwright"))
            .args(words)
            .env_remove("PATCHWRIGHT_INDEX")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let mut server = Server { child, out, address: String::new(), set_up: None };
        server.ready();
        server
    }

    fn ready(&mut self) {
        let first = self.line();
        let url =
            first.split("http://").nth(1).unwrap_or_else(|| panic!("no address: {first}{}", self.rest()));
        self.address = url.trim().to_owned();
        // The log's line comes after all that is said: nobody waits for a set-up link that does not come.
        let mut log = BufReader::new(self.child.stderr.take().expect("piped"));
        loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).expect("the log"), 0, "the log ends");
            if line.contains("\"listening\"") {
                break;
            }
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("standard output");
        line
    }

    fn with_set_up(mut self) -> Server {
        assert!(self.line().contains("Nobody has an account yet"));
        self.set_up = Some(self.line().trim().to_owned());
        self
    }

    fn rest(&mut self) -> String {
        let mut rest = String::new();
        if let Some(mut err) = self.child.stderr.take() {
            let _ = err.read_to_string(&mut rest);
        }
        rest
    }

    fn get(&self, path: &str) -> (u16, String) {
        get(&self.address, path)
    }

    /// Told to stop as systems do it; what it said meanwhile, and its exit code.
    fn stop(mut self, signal: &str) -> (String, Option<i32>) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill").success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("standard output");
        (rest, self.child.wait().expect("the end").code())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("the server answers");
    let question = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), answer)
}

fn serve(folder: &Folder, more: &[&str]) -> Server {
    let data = folder.text("data");
    let words = [&["serve", "--data", &data, "--listen", "127.0.0.1:0"], more].concat();
    Server::start(&words)
}

#[test]
fn from_an_empty_directory_to_the_end_and_again() {
    let folder = Folder::new("empty");
    let server = serve(&folder, &[]).with_set_up();
    let link = server.set_up.clone().expect("a link");
    let path = link.strip_prefix(&format!("http://{}", server.address)).expect("below the address");
    assert!(path.starts_with("/set-up/") && path.len() == "/set-up/".len() + 64, "{path}");
    assert_eq!(server.get("/health").0, 200);
    let (status, openapi) = server.get("/api/v1/openapi.json");
    assert!(status == 200 && openapi.contains("\"openapi\": \"3.1"), "{openapi}");
    // Numbers are for the operator: nobody reads them without signing in.
    assert!(matches!(server.get("/metrics").0, 303 | 401), "{}", server.get("/metrics").0);
    assert_eq!(server.get("/").0, 303);
    let (rest, code) = server.stop("-TERM");
    assert_eq!((rest.as_str(), code), ("", Some(0)));
    let before = std::fs::metadata(folder.0.join("data/patchwright.db")).expect("the database").len();
    assert!(before > 0);
    // Nobody has used the link: the next start makes another one.
    let again = serve(&folder, &[]).with_set_up();
    assert_ne!(again.set_up.clone().expect("a link").rsplit('/').next(), link.rsplit('/').next());
    assert_eq!(again.stop("-INT").1, Some(0));
}

#[test]
fn a_node_for_jobs_answers_its_operator_only() {
    let folder = Folder::new("jobs");
    let server = serve(&folder, &["--roles", "jobs"]);
    assert_eq!(server.get("/health").0, 200);
    assert_eq!(server.get("/").0, 404);
    assert_eq!(server.get("/sign-in").0, 404);
    assert_eq!(server.stop("-TERM"), (String::new(), Some(0)));
}

#[test]
fn what_cannot_be_is_said_before_anything_starts() {
    let folder = Folder::new("refused");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let missing = folder.text("none.pem");
    let config = folder.text("patchwright.toml");
    std::fs::write(&config, "[server]\nlisten = \"127.0.0.1:0\"\nlistn = \"x\"\n").expect("written");
    std::fs::write(folder.0.join("latin.toml"), b"[server]\n# \xe4\n").expect("written");
    std::fs::write(folder.0.join("file"), "no directory").expect("written");
    let (data, latin, file) = (folder.text("data"), folder.text("latin.toml"), folder.text("file"));
    for (words, code, says) in [
        (vec!["--listen", &address], 3, "another program listens there"),
        (vec!["--listen", "somewhere"], 2, "--listen: \"somewhere\" is no address and port"),
        (vec!["--config", &config], 2, "patchwright.toml:3:1: there is no setting server.listn"),
        (vec!["--config", &missing], 3, "cannot read the settings"),
        (vec!["--config", &latin], 3, "is not UTF-8"),
        (vec!["--tls-certificate", &missing], 2, "give both or none"),
        (
            vec!["--listen", "127.0.0.1:0", "--tls-certificate", &missing, "--tls-key", &missing],
            3,
            "cannot read",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--tls-certificate", &config, "--tls-key", &config],
            3,
            "cannot use certificate",
        ),
        (vec!["--listen", "127.0.0.1:0", "--database", "mysql://x"], 2, "a database is named by a URL"),
        (vec!["--listen", "127.0.0.1:0", "--database", "postgres://a:b@c/d"], 2, "holds a password"),
        (vec!["--listen", "127.0.0.1:0", "--database", "postgres://a@127.0.0.1:1/d"], 3, ""),
        (vec!["--roles", "cook"], 2, "there is no role \"cook\""),
        (vec!["--log", "xml"], 2, "there is no log format"),
        (vec!["--base-url", "patchwright.example"], 2, "is no base URL"),
        (vec!["--listen", "127.0.0.1:0", "--data", &file], 3, "cannot use"),
    ] {
        let mut all = vec!["serve"];
        if !words.contains(&"--data") {
            all.extend(["--data", data.as_str()]);
        }
        all.extend(words);
        let ran = run(&all);
        assert_eq!(ran.code, code, "{all:?}\n{}", ran.err);
        assert!(ran.err.contains(says) && ran.err.contains("error:"), "{all:?}\n{}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }
}

#[test]
fn a_second_server_in_a_directory_is_refused() {
    let folder = Folder::new("twice");
    let server = serve(&folder, &[]);
    let ran = run(&["serve", "--data", &folder.text("data"), "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("another server uses"), "{}", ran.err);
    drop(server);
}

#[test]
fn the_demo_serves_judged_products_and_leaves_nothing_behind() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_patchwright"))
        .args(["demo", "--serve", "--no-open", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        assert_ne!(out.read_line(&mut said).expect("standard output"), 0, "{said}");
    }
    let address =
        said.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("address");
    assert!(said.contains("password demo-"), "{said}");
    assert_eq!(get(address, "/sign-in").0, 200);
    let folder = std::env::temp_dir().join(format!("patchwright-demo-{}", child.id()));
    assert!(folder.is_dir());
    let stop = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(stop.expect("kill").success());
    assert_eq!(child.wait().expect("the end").code(), Some(0));
    assert!(!Path::new(&folder).exists(), "{} is left", folder.display());
}
