//! `cargo xtask api-check URL [WORDS]`: schemathesis asks a running server everything that its own description allows, and
//! much that it does not, and complains about every answer that the description does not have.

use std::path::Path;

use crate::shell;

/// The version this was last tried with; another one finds other things.
const VERSION: &str = "4.32.5";

/// Runs it. The token is taken from `PATCHWRIGHT_TOKEN`; give one of a server that may be filled with nonsense.
pub fn run(root: &Path, words: &[String]) -> Result<(), String> {
    let Some((url, more)) = words.split_first() else {
        return Err(
            "cargo xtask api-check URL: name a running server, see docs/how-to/check-the-api.md".to_owned()
        );
    };
    let folder = root.join("target/schemathesis");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let program = program(root, &folder)?;
    let token = std::env::var("PATCHWRIGHT_TOKEN").map_err(|_| {
        "PATCHWRIGHT_TOKEN is not set; a token is made on the server, on the page of your account".to_owned()
    })?;
    let description = format!("{}/api/v1/openapi.json", url.trim_end_matches('/'));
    let header = format!("Authorization: Bearer {token}");
    let mut all =
        vec!["run", &description, "--url", url.trim_end_matches('/'), "--header", &header, "--checks", "all"];
    // A key of a page, a preview or a rule is a text that no schema tells from another: what looks right may be refused.
    all.extend(["--exclude-checks", "positive_data_acceptance"]);
    all.extend(["--max-examples", "50", "--seed", "1", "--workers", "1"]);
    all.extend(more.iter().map(String::as_str));
    // It keeps what it met where it is started: not in the checkout.
    shell::run_quiet_words(&folder, &program, &all)
}

/// The program on the path, else one in its folder.
fn program(root: &Path, folder: &Path) -> Result<String, String> {
    if shell::has("schemathesis") {
        return Ok("schemathesis".to_owned());
    }
    let program = folder.join("bin/schemathesis").display().to_string();
    if !Path::new(&program).exists() {
        let folder = folder.display().to_string();
        shell::run(root, "python3", &["-m", "venv", &folder])?;
        let pip = format!("{folder}/bin/pip");
        shell::run(root, &pip, &["install", "--quiet", &format!("schemathesis=={VERSION}")])?;
    }
    Ok(program)
}
