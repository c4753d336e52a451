//! A real browser for tests of pages: Chromium without a window, driven over a pipe (DevTools protocol). No port is
//! opened. Absent: the test says *skipped*; `cargo xtask test` installs it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use serde_json::{Value, json};

/// Names under which the browser is installed.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Tests run side by side, each with a browser of its own.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A running browser with one page.
pub struct Browser {
    child: Child,
    folder: PathBuf,
    to: std::fs::File,
    from: BufReader<std::fs::File>,
    session: String,
    next: u64,
    /// Everything the page reported so far: (method, parameters).
    pub events: Vec<(String, Value)>,
}

impl Browser {
    /// Starts one with its files in `folder`; `None`, after printing "skipped: no browser", where none is installed.
    ///
    /// # Panics
    /// When an installed browser does not answer: that is a failure, never a skip.
    pub fn start(folder: &Path) -> Option<Browser> {
        let Some(program) = NAMES.into_iter().find(|name| is_there(name)) else {
            eprintln!("skipped: no browser ({})", NAMES.join(", "));
            return None;
        };
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = folder.join(format!("browser-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the browser");
        let (to, from) = (folder.join("to"), folder.join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status().expect("mkfifo starts");
        assert!(made.success(), "mkfifo makes the pipes");
        // The sandbox of the browser needs rights that containers lack; the pages are our own.
        let line = format!(
            "exec {program} --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
             --remote-debugging-pipe --user-data-dir=\"$1/profile\" about:blank 3<\"$1/to\" 4>\"$1/from\""
        );
        let child = Command::new("sh")
            .args(["-c", &line, "sh"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the shell starts");
        // The order in which the shell opens them: each side waits for the other.
        let to = std::fs::File::options().write(true).open(to).expect("the pipe to the browser");
        let from = BufReader::new(std::fs::File::open(from).expect("the pipe from the browser"));
        let mut browser =
            Browser { child, folder, to, from, session: String::new(), next: 1, events: Vec::new() };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", &target);
        attached["sessionId"].as_str().expect("a session").clone_into(&mut browser.session);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            browser.call(domain, &json!({}));
        }
        Some(browser)
    }

    /// Calls a method of the protocol and returns its result; events on the way are kept.
    ///
    /// # Panics
    /// When the browser answers with an error or goes away.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let id = self.next;
        self.next += 1;
        let mut message = json!({"id": id, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        write!(self.to, "{message}\0").expect("the browser listens");
        loop {
            let answer = self.read();
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("the browser answers");
        assert_eq!(bytes.pop(), Some(0), "the browser went away");
        let message: Value = serde_json::from_slice(&bytes).expect("JSON");
        if let Some(method) = message["method"].as_str() {
            self.events.push((method.to_owned(), message["params"].clone()));
        }
        message
    }

    /// Opens a file and waits until it is loaded.
    ///
    /// # Panics
    /// When the browser cannot open it.
    pub fn open(&mut self, file: &Path) {
        self.visit(&format!("file://{}", file.display()));
    }

    /// Opens an address and waits until it is loaded.
    ///
    /// # Panics
    /// When the browser cannot open it.
    pub fn visit(&mut self, address: &str) {
        let seen = self.events.len();
        let opened = self.call("Page.navigate", &json!({ "url": address }));
        assert!(opened["errorText"].is_null(), "{opened}");
        let is_loaded = |events: &[(String, Value)]| {
            events.iter().skip(seen).any(|(method, _)| method == "Page.loadEventFired")
        };
        while !is_loaded(&self.events) {
            self.read();
        }
    }

    /// Sets the width and height of the page in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        );
    }

    /// Sets the colour scheme that the person prefers: `light` or `dark`.
    pub fn prefer(&mut self, scheme: &str) {
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": feature }));
    }

    /// Evaluates an expression in the page, waiting for a promise.
    ///
    /// # Panics
    /// When it throws.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", &parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Takes a picture of what is seen, PNG, without scroll bars.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    pub fn picture(&mut self, file: &Path) {
        self.call("Emulation.setScrollbarsHidden", &json!({"hidden": true}));
        let taken = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        save(&taken["data"], file);
    }

    /// Prints the page, PDF, A4.
    ///
    /// # Panics
    /// When it cannot be printed or written.
    pub fn print(&mut self, file: &Path) {
        let paper = json!({"printBackground": false, "paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": true});
        let printed = self.call("Page.printToPDF", &paper);
        save(&printed["data"], file);
    }
}

fn save(data: &Value, file: &Path) {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(data.as_str().expect("data"))
        .expect("the browser's bytes are base64");
    std::fs::write(file, bytes).expect("the picture is written");
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Nothing to be done about a browser that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn is_there(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|output| output.status.success())
}
