//! stub
use std::path::Path;
/// stub
pub fn run(_: &Path, _: &[String]) -> Result<(), String> { Err("later".into()) }
