//! The shape of `compile_commands.json`, and of a plain JSON list of paths.

use serde::Deserialize;

use crate::limits::FormatError;

#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Command {
        #[serde(default)]
        directory: String,
        file: String,
    },
    Path(String),
}

/// The source paths, absolute where the document tells.
pub(super) fn paths(text: &str, name: &str) -> Result<Vec<String>, FormatError> {
    let items: Vec<Item> = serde_json::from_str(text).map_err(|error| FormatError::json(name, &error))?;
    let path = |item: Item| match item {
        Item::Command { directory, file } if !file.starts_with('/') && !directory.is_empty() => {
            format!("{directory}/{file}")
        }
        Item::Command { file, .. } => file,
        Item::Path(path) => path,
    };
    Ok(items.into_iter().map(path).collect())
}
