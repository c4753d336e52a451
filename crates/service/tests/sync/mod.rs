//! Feeds over a real server in this process, with its faults, and from folders. No network, no waiting.

mod documents;
mod server;
mod site;

mod bundles;
mod delta;
mod mirror;
mod faults;
mod sanity;
mod sources;
