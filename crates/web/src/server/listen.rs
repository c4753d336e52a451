//! Listening: plain or with TLS, until told to stop; then what is being answered is answered.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;

/// How long answers that are on their way may take after the word to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Certificate and key, as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate, and those between it and the root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Serves until `stop` is done. The listener is bound by the caller, who knows what to say where a port is taken.
///
/// # Errors
/// When the certificate cannot be read, or listening fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let handle = Handle::<SocketAddr>::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        stop.await;
        tracing::info!("stopping");
        stopping.graceful_shutdown(Some(GRACE));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await,
        Some(tls) => {
            let config = configured(&tls).await?;
            axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(service).await
        }
    }
}

async fn configured(tls: &Tls) -> io::Result<RustlsConfig> {
    // One provider for the whole program; a second call finds the first one in place, which is the same.
    let _ = rustls::crypto::CryptoProvider::install_default(rustls::crypto::ring::default_provider());
    let named = |error: io::Error| {
        let says = format!(
            "cannot use certificate {} with key {}: {error}",
            tls.certificate.display(),
            tls.key.display()
        );
        io::Error::new(error.kind(), says)
    };
    RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await.map_err(named)
}

/// Done when the program is told to stop: the terminal's interrupt, or the system's request to end. It hears from the moment
/// of the call, so that nobody who was told that the server listens can end it without this.
///
/// # Errors
/// When the system gives no signals.
pub fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut end) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        futures_util::future::select(Box::pin(interrupt.recv()), Box::pin(end.recv())).await;
    })
}

/// Serves on a runtime of its own: for callers that have none.
///
/// # Errors
/// As [`serve`], and when the runtime cannot be made.
pub fn run(listener: TcpListener, router: Router, tls: Option<Tls>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async { serve(listener, router, tls, told_to_stop()?).await })
}
