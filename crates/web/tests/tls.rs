//! TLS with a certificate of our own; a certificate that is missing is named.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use web::server::listen::{Tls, serve};
use web::server::{App, Options, shell};

use crate::sample::{Content, Sample};

fn served(tls: Tls) -> (u16, std::thread::JoinHandle<std::io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let router = shell::router(App::new(Arc::new(Sample::of(Content::Typical)), Options::default()));
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(serve(listener, router, Some(tls), std::future::pending()))
    });
    (port, thread)
}

#[test]
fn a_missing_certificate_is_named() {
    let tls = Tls { certificate: PathBuf::from("missing.pem"), key: PathBuf::from("missing.key") };
    let error = served(tls).1.join().expect("no panic").expect_err("no certificate");
    assert!(
        error.to_string().starts_with("cannot use certificate missing.pem with key missing.key"),
        "{error}"
    );
}

#[test]
fn a_client_is_answered_over_tls() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let tls = Tls { certificate: folder.join("own.pem"), key: folder.join("own.key") };
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout"])
        .arg(&tls.key)
        .arg("-out")
        .arg(&tls.certificate)
        .output();
    if !made.is_ok_and(|made| made.status.success())
        || Command::new("curl").arg("--version").output().is_err()
    {
        eprintln!("skipped: no openssl or curl");
        return;
    }
    let (port, _thread) = served(tls.clone());
    let asked = Command::new("curl")
        .args(["--silent", "--show-error", "--include", "--retry-connrefused", "--retry", "5", "--cacert"])
        .arg(&tls.certificate)
        .arg(format!("https://localhost:{port}/health"))
        .output()
        .expect("curl starts");
    let answer = String::from_utf8_lossy(&asked.stdout);
    assert!(answer.ends_with("{\"status\":\"ok\"}"), "{answer}{}", String::from_utf8_lossy(&asked.stderr));
    assert!(answer.contains("strict-transport-security"), "{answer}");
    std::fs::remove_dir_all(&folder).expect("removed");
}
