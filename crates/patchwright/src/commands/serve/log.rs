//! The log: to standard error, as text at a terminal and as JSON elsewhere.

use std::io::IsTerminal;

use service::settings::{LogFormat, Settings};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::exit::{Exit, Failure};

/// What libraries say is theirs, unless somebody asks for it.
const LIBRARIES: &[&str] =
    &["sqlx", "hyper", "hyper_util", "reqwest", "rustls", "h2", "axum_server", "lettre"];

/// Starts the log.
pub(in crate::commands) fn start(settings: &Settings) -> Result<(), Failure> {
    let targets: Targets = settings.log_level.parse().map_err(|_| {
        Failure::new(Exit::Usage, format!("log.level: cannot read {:?}", settings.log_level))
            .hint("write error, warn, info, debug or trace, and parts as info,service=debug")
    })?;
    let is_asked = settings.log_level.contains(',');
    let targets = match is_asked || matches!(settings.log_level.as_str(), "debug" | "trace") {
        true => targets,
        false => LIBRARIES.iter().fold(targets, |targets, library| {
            targets.with_target(*library, tracing::level_filters::LevelFilter::WARN)
        }),
    };
    let is_terminal = std::io::stderr().is_terminal();
    let is_json = match settings.log {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !is_terminal,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = if is_json {
        lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed()
    } else {
        lines.with_ansi(is_terminal && std::env::var_os("NO_COLOR").is_none()).boxed()
    };
    // A second start in one process finds the first log in place, which is the same.
    let _ = tracing_subscriber::registry().with(layer.with_filter(targets)).try_init();
    Ok(())
}
