//! The process that holds it all together: a bound port, a node, its workers, the pages; and the way to the end.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use service::access::door::Door;
use service::access::oidc::Provider;
use service::house::Fault;
use service::maker::Moment;
use service::node::shelf::Starter;
use service::node::work::Workers;
use service::node::{Node, Opening};
use service::outside::http::HttpOptions;
use service::settings::{Role, Settings};
use web::house::{Clock, HouseBackend};
use web::server::listen::{self, Tls};
use web::server::{App, Options, shell};

use crate::exit::{Exit, Failure};
use crate::starter;

/// What is to be run.
pub struct Plan {
    /// The data directory.
    pub data: PathBuf,
    /// The settings.
    pub settings: Settings,
}

/// A server that is ready to answer.
pub struct Running {
    listener: TcpListener,
    settings: Settings,
    /// Where people reach it.
    pub base_url: String,
    /// Store, documents, knowledge.
    pub node: Arc<Node>,
    /// Where people come in.
    pub door: Arc<Door>,
    provider: Option<Arc<Provider>>,
    clock: Clock,
    // Heard from the start on: a signal that comes before anybody waits is not lost.
    told: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// How long what still runs in the background may hold up the end.
const LINGER: Duration = Duration::from_secs(2);

/// Runs on a runtime of its own; a visit to a feed that is still on its way does not hold up the end.
pub fn with_runtime<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::new(Exit::Fault, format!("cannot start threads: {error}")))?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(LINGER);
    done
}

impl Running {
    /// Binds the port, then opens store, documents and knowledge.
    pub async fn start(plan: Plan, clock: Clock) -> Result<Running, Failure> {
        let Plan { data, settings } = plan;
        let told = listen::told_to_stop()
            .map_err(|error| Failure::new(Exit::Fault, format!("cannot hear signals: {error}")))?;
        let told = Box::pin(told);
        let listener = bind(settings.listen)?;
        if let Some(tls) = settings.tls() {
            readable(&tls.certificate)?;
            readable(&tls.key)?;
        }
        let provider = provider(&settings)?;
        let address = listener.local_addr().unwrap_or(settings.listen);
        let base_url = base_url(&settings, address);
        let given = Arc::clone(&clock);
        let opening = Opening {
            data,
            database: database(&settings)?,
            documents: settings.documents.clone(),
            name: settings.node.clone(),
            base_url: base_url.clone(),
            outgoing: outgoing(&settings),
            starter: Starter { records: starter::RECORDS, kbuild: starter::KBUILD },
            every_hours: settings.every_hours,
            clock: Arc::new(move || Moment(given().as_millisecond())),
        };
        let node = Arc::new(Node::open(opening).await.map_err(failure)?);
        let door = Arc::new(Door::new(node.house.store.clone()).map_err(failure)?);
        Ok(Running { listener, settings, base_url, node, door, provider, clock, told })
    }

    /// Says where the server listens and, before anybody has signed in, how to begin. On standard output: the link is a
    /// secret and stays out of the log.
    pub async fn announce(&self) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        writeln!(out, "Patchwright {} listens on {}", env!("CARGO_PKG_VERSION"), self.base_url)?;
        let does_pages = self.settings.roles.contains(&Role::Pages);
        let link =
            if does_pages { self.door.set_up_link(self.node.now()).await.map_err(failure)? } else { None };
        if let Some(secret) = link {
            writeln!(
                out,
                "Nobody has an account yet. Set it up within a day:\n  {}/set-up/{}",
                self.base_url,
                secret.reveal()
            )?;
        }
        out.flush()?;
        let address = self.listener.local_addr().unwrap_or(self.settings.listen);
        tracing::info!(%address, node = self.node.name, "listening");
        Ok(())
    }

    /// Serves and works until the program is told to stop; then ends what was begun.
    pub async fn until_told(self) -> Result<Exit, Failure> {
        let does = |role| self.settings.roles.contains(&role);
        let workers = does(Role::Jobs).then(|| Workers::start(&self.node));
        let backend =
            HouseBackend::new(self.node.house.clone(), Arc::clone(&self.door), Arc::clone(&self.clock))
                .following()
                .knowing(self.provider.clone())
                .sending(self.node.outgoing.clone(), self.node.secrets.clone())
                .telling(self.settings.told());
        let app = App::new(Arc::new(backend), options(&self.settings, &self.base_url));
        let router = if does(Role::Pages) { shell::router(app) } else { shell::operators_router(app) };
        let tls = self.settings.tls().map(|tls| Tls { certificate: tls.certificate, key: tls.key });
        let (told, stop) = tokio::sync::oneshot::channel();
        let stopping = tokio::spawn(async move {
            self.told.await;
            let _ = told.send(());
            // Jobs and answers end side by side.
            if let Some(workers) = workers {
                workers.stop().await;
            }
        });
        let served = listen::serve(self.listener, router, tls, async {
            let _ = stop.await;
        });
        served.await.map_err(|error| Failure::new(Exit::Unreadable, error.to_string()).hint(TLS_HINT))?;
        let _ = stopping.await;
        self.node.house.store.close().await;
        tracing::info!("stopped");
        Ok(Exit::Done)
    }
}

const TLS_HINT: &str = "certificate and key are PEM files that belong together, the key without a password";

fn options(settings: &Settings, base_url: &str) -> Options {
    Options {
        secure: settings.is_secure(),
        behind_proxy: settings.behind_proxy,
        document: usize::from(settings.document_megabytes) << 20,
        base_url: base_url.to_owned(),
        ..Options::default()
    }
}

fn provider(settings: &Settings) -> Result<Option<Arc<Provider>>, Failure> {
    if settings.oidc.issuer.is_empty() {
        return Ok(None);
    }
    let provider = Provider::new(settings.oidc.clone(), outgoing(settings)).map_err(failure)?;
    Ok(Some(Arc::new(provider)))
}

fn outgoing(settings: &Settings) -> HttpOptions {
    HttpOptions { private_hosts: settings.private_hosts.clone(), proxy: settings.proxy.clone() }
}

fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program listens there: stop it, or name another port with --listen"
            }
            std::io::ErrorKind::PermissionDenied => {
                "ports below 1024 need a right of their own; name another one"
            }
            _ => "name an address of this machine with --listen",
        };
        Failure::new(Exit::Unreadable, format!("cannot listen on {address}: {error}")).hint(hint)
    })
}

/// Said before anything is opened; whether they belong together is said when they are used.
fn readable(path: &std::path::Path) -> Result<(), Failure> {
    std::fs::File::open(path).map(drop).map_err(|error| {
        Failure::new(Exit::Unreadable, format!("cannot read {}: {error}", path.display())).hint(TLS_HINT)
    })
}

fn database(settings: &Settings) -> Result<String, Failure> {
    if settings.database_file.is_empty() {
        return Ok(settings.database.clone());
    }
    let text = std::fs::read_to_string(&settings.database_file).map_err(|error| {
        Failure::new(
            Exit::Unreadable,
            format!("cannot read store.database_file {}: {error}", settings.database_file),
        )
    })?;
    Ok(text.trim().to_owned())
}

fn base_url(settings: &Settings, address: SocketAddr) -> String {
    if !settings.base_url.is_empty() {
        return settings.base_url.clone();
    }
    let scheme = if settings.tls().is_some() { "https" } else { "http" };
    // An address that stands for all of this machine is none that a browser opens.
    let host = if address.ip().is_unspecified() { "localhost".to_owned() } else { host(address) };
    format!("{scheme}://{host}:{}", address.port())
}

fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// A fault of the services as the end of a verb.
pub fn failure(fault: Fault) -> Failure {
    let exit = match &fault {
        Fault::Store(_) | Fault::Document(_) | Fault::Refused(_) | Fault::Denied(_) => Exit::Unreadable,
        Fault::Broken(_) => Exit::Fault,
    };
    Failure::new(exit, fault.to_string())
}
