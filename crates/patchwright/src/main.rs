//! Patchwright, the binary: arguments in, service called, answer printed, exit code out.
//!
//! Each verb is one file in `commands`; every form of output is one file in `output`.

mod client;
mod commands;
mod exit;
mod output;
mod starter;

use std::io::Write;
use std::process::ExitCode;

/// Reading is bound by allocation (docs/decisions/0015).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let exit = match commands::run() {
        Ok(exit) => exit,
        Err(failure) => {
            report(&failure);
            failure.exit
        }
    };
    exit.into()
}

fn report(failure: &exit::Failure) {
    if failure.message.is_empty() {
        return;
    }
    let mut stream = anstream::stderr();
    // Nothing is left to do when standard error is gone too.
    let _ = writeln!(stream, "\x1b[1;31merror:\x1b[0m {}", failure.message);
    if !failure.hint.is_empty() {
        let _ = writeln!(stream, "\x1b[1mhint:\x1b[0m  {}", failure.hint);
    }
}
