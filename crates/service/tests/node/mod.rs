//! A node as a process: killed at every step, two on one database, and its settings.

mod child;
mod cluster;
mod kill;
mod knowledge;
mod receiver;
mod settings;
