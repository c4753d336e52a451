//! The demo as a server: a temporary store with sample products already judged, one person, and what to look at.

use std::io::{IsTerminal, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use service::maker::Moment;
use service::samples::{self, LOGIN, SampleRelease};
use service::settings::Settings;

use super::super::Global;
use super::super::serve::log;
use super::super::serve::running::{Plan, Running, failure, with_runtime};
use crate::exit::{Exit, Failure};
use crate::output::words::colour;
use crate::starter::{self, RELEASES};

/// The usual address; where it is taken, any free port does for a demo.
const USUAL: &str = "127.0.0.1:8080";

/// Serves until told to stop; then removes everything.
pub(super) fn run(global: &Global, listen: Option<&str>, no_open: bool) -> Result<Exit, Failure> {
    let listen = listen.map_or_else(free, str::to_owned);
    let given = [
        ("server.listen", listen),
        // What is said below is enough; what goes wrong is still said.
        ("log.level", "warn".to_owned()),
        ("knowledge.every_hours", "0".to_owned()),
    ];
    let settings = Settings::of(None, std::iter::empty(), &given)
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    log::start(&settings)?;
    let folder = Folder::new()?;
    let data = folder.0.clone();
    let quiet = global.quiet;
    with_runtime(async move {
        let running = Running::start(Plan { data, settings }, Arc::new(jiff::Timestamp::now)).await?;
        let password = password()?;
        furnish(&running, &password, quiet).await?;
        introduction(&running, &password)?;
        if !no_open && has_display() {
            open(&running.base_url);
        }
        running.until_told().await
    })
}

fn free() -> String {
    let is_free = TcpListener::bind(USUAL).is_ok();
    if is_free { USUAL.to_owned() } else { "127.0.0.1:0".to_owned() }
}

/// A folder that goes away with us.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Folder, Failure> {
        let path = std::env::temp_dir().join(format!("patchwright-demo-{}", std::process::id()));
        let unusable = |error: std::io::Error| {
            Failure::new(Exit::Unreadable, format!("cannot make {}: {error}", path.display()))
        };
        // One of a demo that was killed, of the same process number.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(unusable)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies in the system's temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Others on this machine reach the port, too: the password is a new one each time.
fn password() -> Result<String, Failure> {
    let secret = service::access::secret::Secret::new().map_err(failure)?;
    let text = secret.reveal();
    let part = |from: usize| text.get(from..from + 4).unwrap_or_default();
    Ok(format!("demo-{}-{}-{}", part(0), part(4), part(8)))
}

const HOUR: i64 = 3_600_000;

async fn furnish(running: &Running, password: &str, quiet: bool) -> Result<(), Failure> {
    let now = running.node.now();
    let release = |one: &starter::SampleRelease| SampleRelease {
        product: one.product.to_owned(),
        name: one.name.to_owned(),
        version: one.version.to_owned(),
        at: Moment(now.0 - one.hours_ago * HOUR),
        documents: one.documents(),
    };
    let is_shown = !quiet && std::io::stderr().is_terminal();
    let progress = |release: &SampleRelease| {
        if is_shown {
            eprintln!("judging {} {} …", release.name, release.version);
        }
    };
    let releases = RELEASES.iter().map(release).collect();
    samples::furnish(&running.node.house, &running.door, password, releases, now, &progress)
        .await
        .map_err(failure)
}

fn introduction(running: &Running, password: &str) -> Result<(), Failure> {
    let (bold, end, url) = (colour::BOLD, colour::END, &running.base_url);
    let mut out = anstream::stdout().lock();
    writeln!(
        out,
        "{bold}Patchwright shows three sample products, judged on starter knowledge.{end}
It shows how Patchwright works; the knowledge is small, and no answer below is a clean bill.

  {bold}{url}{end}      sign in as {bold}{LOGIN}{end} with password {bold}{password}{end}

Look at
  {url}/              Today: what needs action, and what changed when Gateway 4.2.0 came three hours ago
  {url}/products      the products and their releases; a release shows why so few of its matches matter
  {url}/compare       Gateway 4.1.0 beside 4.2.0: what the upgrade removes
  {url}/queue         the queue: open a finding, press «Explain», decide
  {url}/vulnerabilities/CVE-2024-6387    where do we have it?

The same on the command line: patchwright demo --print. Your own: patchwright serve. Ctrl-C ends the demo; nothing is kept."
    )?;
    out.flush()?;
    Ok(())
}

fn has_display() -> bool {
    cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
}

/// Opens the browser, where there is a way to; the address is printed in any case.
fn open(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Ok(mut child) = quiet {
        std::thread::spawn(move || child.wait());
    }
}
