//! `version compare`: how two versions stand to each other under a scheme.

use std::io::{BufRead, Write};

use clap::{Args, Subcommand};

use crate::exit::{Exit, Failure};

/// Compare versions under a scheme
#[derive(Args)]
pub struct Version {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand)]
enum Deed {
    Compare(Compare),
}

/// Print how A stands to B: <, =, >, edition, branch or incomparable
#[derive(Args)]
#[command(
    after_help = "Examples:\n  patchwright version compare openssl 1.0.2zb 1.0.2u\n  printf 'deb\\t1.0~rc1\\t1.0\\n' | patchwright version compare -\n\nSchemes: see docs/manual/versions.md; alpine, debian, redhat, pypi, rubygems and packagist are accepted too."
)]
struct Compare {
    /// The scheme, or - to read lines `scheme TAB a TAB b` from standard input
    #[arg(value_name = "SCHEME")]
    scheme: String,
    /// The first version
    #[arg(value_name = "A")]
    a: Option<String>,
    /// The second version
    #[arg(value_name = "B")]
    b: Option<String>,
}

impl Version {
    /// Runs the deed.
    pub fn run(self) -> Result<Exit, Failure> {
        let Deed::Compare(compare) = self.deed;
        compare.run()
    }
}

impl Compare {
    fn run(self) -> Result<Exit, Failure> {
        match (self.scheme.as_str(), self.a, self.b) {
            ("-", None, None) => compare_lines(),
            (scheme, Some(a), Some(b)) => {
                let word = service::version::relation(scheme, &a, &b).map_err(usage)?;
                writeln!(std::io::stdout(), "{word}")?;
                Ok(Exit::Done)
            }
            _ => Err(Failure::new(
                Exit::Usage,
                "give SCHEME A B, or - alone to read pairs from standard input",
            )),
        }
    }
}

fn usage(why: String) -> Failure {
    Failure::new(Exit::Usage, why).hint("the schemes are listed in docs/manual/versions.md")
}

/// A line that cannot be read does not stop the others; it costs exit code 3.
fn compare_lines() -> Result<Exit, Failure> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut exit = Exit::Done;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|error| {
            Failure::new(Exit::Unreadable, format!("cannot read standard input: {error}"))
        })?;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match compare_line(&line) {
            Ok(answer) => writeln!(out, "{answer}")?,
            Err(why) => {
                exit = Exit::Unreadable;
                eprintln!("line {}: {why}", number + 1);
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

fn compare_line(line: &str) -> Result<String, String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [scheme, a, b] = fields.as_slice() else {
        return Err("expected three fields separated by tabs: scheme, a, b".to_owned());
    };
    let word = service::version::relation(scheme, a, b)?;
    Ok(format!("{scheme}\t{a}\t{word}\t{b}"))
}
