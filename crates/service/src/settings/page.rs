//! The settings as a page of the manual, drawn from their list.

use std::fmt::Write;

use super::list::SETTINGS;

/// The text of `docs/manual/settings.md`.
pub fn page() -> String {
    let mut text = String::from(BEGIN);
    let mut section = "";
    for setting in SETTINGS {
        if setting.section() != section {
            section = setting.section();
            // Writing to a String does not fail.
            let _ = write!(
                text,
                "\n## [{section}]\n\n| key | default | environment | option | what it decides |\n|---|---|---|---|---|\n"
            );
        }
        let option = if setting.option.is_empty() { String::new() } else { format!("`{}`", setting.option) };
        let secret = if setting.is_secret { " Never shown." } else { "" };
        let _ = writeln!(
            text,
            "| `{}` | `{}` | `{}` | {option} | {}{secret} |",
            setting.key(),
            setting.default,
            setting.variable(),
            setting.about
        );
    }
    text.push_str(END);
    text
}

const BEGIN: &str = "# Settings of the server

This page is generated from the program (`PATCHWRIGHT_REFRESH=1 cargo test -p service settings`).

`patchwright serve` needs no setting. What you want otherwise is written into `patchwright.toml` in the data directory, or
into a file that `--config` names. The command line goes before the environment, that before the file, that before the
default. A section, key or variable that does not exist is an error that names its place; nothing starts then.
";

const END: &str = "
Lists are written with commas in the environment and on the command line: `PATCHWRIGHT_SERVER_ROLES=pages,jobs`.

An example:

```toml
[server]
listen = \"0.0.0.0:8080\"
base_url = \"https://patchwright.example\"
behind_proxy = true

[store]
database_file = \"/run/secrets/patchwright-database\"
documents = \"/srv/patchwright/documents\"
```

Feeds have a file of their own, `feeds.toml` ([feeds.md](feeds.md)); channels and subscriptions of alerts are set on the
settings page and lie in the store ([channels.md](channels.md)).
";
